// SPDX-License-Identifier: Apache-2.0
// Runs every command of the manifest from the palette in a real VS Code, with nothing selected: each acts, asks or explains.
// And goes through the walkthrough in a light and a dark theme. One line a command, exit 0 or 1.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { DemoWorkspace } from "./demo_workspace.mjs";
import { Editor, top } from "./editor.mjs";
import { keyOf, Observer, writeKeys } from "./observed.mjs";
import { eventually, Workbench } from "./page.mjs";
import { Steps, withScreenshots } from "./steps.mjs";

const manifest = JSON.parse(fs.readFileSync(path.join(top, "extension-shim/package.json"), "utf8")).contributes;
const editor = new Editor();
let workbench, remote;
const steps = new Steps({ dependent: false, after: withScreenshots(() => workbench) });
const step = steps.step.bind(steps);

// What ends the connection or the daemon comes after the others, which are to find a workspace; at the very end stands what
// makes another window of this one.
const last = ["sync.start", "sync.stop", "connection.signOut", "connection.disconnect", "connection.demo", "daemon.restart", "workspace.addLocalFolder"].map(
  (name) => `trowel.${name}`,
);
const place = ({ command }) => last.indexOf(command);
const commands = manifest.commands.toSorted((one, other) => place(one) - place(other));

const serving = () => editor.processes().filter(({ command }) => /bin\/trowel serve$/.test(command)).map(({ pid }) => pid).join();
const status = async (text) => (await workbench.status(text).count()) > 0;

/** How one sees that a command has acted that asks and shows nothing. */
function proofOf(command) {
  const before = serving();
  return {
    "trowel.connection.demo": () => status("Demo workspace"),
    "trowel.sync.start": () => status("Synced"),
    "trowel.sync.stop": async () => !(await status("Synced")),
    "trowel.connection.disconnect": async () => !(await status("Demo workspace")),
    "trowel.daemon.restart": async () => serving() !== before && serving() !== "" && (await status("Demo workspace")),
    // The calls of a daemon that has just started are none of it. Mostly the editor asks whether the folder is trusted; where it
    // does not, it makes a window of several folders, with a new extension host.
    "trowel.workspace.addLocalFolder": () => serving() !== before && serving() !== "",
  }[command];
}

async function walkthrough() {
  const [{ id, title, steps: chapters }] = manifest.walkthroughs;
  const chapter = (name) => workbench.page.locator(`.gettingStartedContainer [data-step-id$="#${name}"]`).first();

  await step("open the walkthrough", async () => {
    await workbench.command("Welcome: Open Walkthrough");
    await workbench.choose(title);
    await chapter(chapters[0].id).waitFor();
    assert.equal(await workbench.page.locator('.gettingStartedContainer .getting-started-step').count(), chapters.length, id);
  });

  await step("its first button makes the first connection, and the step is done", async () => {
    assert.equal(await chapter("connect").getAttribute("aria-checked"), "false");
    await chapter("connect").getByRole("button", { name: "Open Demo Workspace" }).click();
    await workbench.status("Demo workspace").waitFor();
    await eventually("the step to be done", async () => (await chapter("connect").getAttribute("aria-checked")) === "true");
    remote = new DemoWorkspace(editor.root);
  });

  for (const [name, style] of [["dark", "vs-dark"], ["light", "vs"]]) {
    await step(`walkthrough in a ${name} theme`, async () => {
      if (style === "vs") await workbench.page.keyboard.press(keyOf("workbench.action.toggleLightDarkThemes"));
      await workbench.page.locator(`.monaco-workbench.${style}`).waitFor();
      for (const { id: each } of chapters) {
        if ((await chapter(each).getAttribute("aria-expanded")) !== "true") await chapter(each).click();
        await workbench.page.locator(`.gettingStartedContainer .getting-started-step.expanded[data-step-id$="#${each}"]`).waitFor();
        const picture = async () => {
          for (const frame of workbench.page.frames()) if (await frame.locator("svg, table").count().catch(() => 0)) return true;
          return false;
        };
        await eventually(`the picture of ${each}`, picture);
        await workbench.page.waitForTimeout(300); // The picture fades in.
        await workbench.screenshot(`walkthrough ${each} ${name}`);
      }
    });
  }
}

async function palette() {
  const observer = new Observer(workbench, () => remote.requests());
  const results = new Map();
  await observer.clear();
  for (const { command, title } of commands) {
    try {
      results.set(command, await observer.run(title, proofOf(command)));
    } catch (error) {
      results.set(command, ["FAILS", error.message.split("\n")[0]]);
      await workbench.screenshot(`failed ${command}`);
    }
    const [kind, what] = results.get(command);
    console.log(`     ${command.padEnd(36)} ${kind.padEnd(9)} ${what.slice(0, 150)}`);
    if (command !== commands.at(-1).command) await observer.clear();
  }
  return results;
}

async function main() {
  writeKeys(editor);
  fs.writeFileSync(path.join(editor.directory("demo-project"), "hello.py"), "# Databricks notebook source\nprint('hello')\n");
  const address = await editor.start({ reconnectionGraceSeconds: 3 });

  await step("open a project without a connection and trust it", async () => {
    workbench = await Workbench.open(address, path.join(top, "build/screenshots/palette"));
    await workbench.trust();
    await workbench.showView("Connections");
    await workbench.row("Connections", /^Demo workspace/).waitFor();
  });
  if (steps.failed) return;

  await walkthrough();

  await step(`every command of the manifest acts, asks or explains: ${commands.length}`, async () => {
    const results = await palette();
    assert.equal(results.size, manifest.commands.length);
    assert.deepEqual([...results].filter(([, [kind]]) => kind === "FAILS"), []);
    for (const [command, [, what]] of results) assert.doesNotMatch(what, /inside Trowel|undefined|\[object|TypeError/, command);
  });
}

try {
  await main();
} catch (error) {
  steps.broke(error);
} finally {
  await workbench?.close().catch(() => undefined);
  workbench = undefined;
  await step("end everything that was started", async () => assert.deepEqual(await editor.stop(), [], "these processes had to be killed"), true);
}
console.log(`palette: ${steps.failed ? "failed" : "all steps passed"}; screenshots are in build/screenshots/palette/`);
process.exit(steps.failed ? 1 : 0);
