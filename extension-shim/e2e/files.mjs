// SPDX-License-Identifier: Apache-2.0
// Works on files of the workspace, DBFS and volumes in a real VS Code, as if they lay on this machine: mounts, edits, saves,
// meets conflicts, copies and moves among all of them; and once more beside an extension that holds all four schemes
// (`files.mjs held` does the latter only).
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { eventually } from "./page.mjs";
import { scenario, token, user, Workspace } from "./scenario.mjs";

const boss = "dapi0e5t4boss0rita0rita0rita0rita0002";
const seed = {
  users: [
    { name: "rita@shop.example", token: boss, admin: true },
    { name: user, token, admin: false },
  ],
  workspace: [
    { path: `/Users/${user}/shop/prices.csv`, content: "apple,1\npear,2\n" },
    { path: `/Users/${user}/shop/etl.py`, content: "# Databricks notebook source\nprint(1)\n" },
    { path: "/Rules/rules.csv", content: "do,not\ntouch,this\n" },
  ],
  dbfs: [{ path: "/tmp/seed.csv", content: "1\n" }],
  volumes: [{ name: "main.default.data", files: [{ path: "seed.csv", content: "1\n" }] }],
  sql: ["GRANT ALL PRIVILEGES ON CATALOG main TO `account users`"],
};
const extension = fileURLToPath(new URL("files_extension", import.meta.url));

const line = (workbench, text) => workbench.page.locator(".editor-instance .view-line", { hasText: text }).first();
const inExplorer = (workbench, name) => workbench.page.locator(".explorer-folders-view").getByRole("treeitem", { name }).first();

async function mounted(workbench, root) {
  await workbench.command("File: Focus on Files Explorer");
  await inExplorer(workbench, root).waitFor();
}

async function type(workbench, text) {
  await workbench.page.locator(".editor-instance .view-lines").first().click();
  await workbench.page.keyboard.press("Control+End");
  await workbench.page.keyboard.insertText(text);
}

/** The explorer's own way to open: by the list's focus and the name. */
async function openFromExplorer(workbench, ...names) {
  for (const name of names.slice(0, -1)) {
    const folder = inExplorer(workbench, name);
    await folder.waitFor();
    if ((await folder.getAttribute("aria-expanded")) === "false") await folder.click();
  }
  const file = inExplorer(workbench, names.at(-1));
  await file.waitFor();
  await file.dblclick();
  await workbench.page.locator(".tab.active", { hasText: names.at(-1) }).waitFor();
}

/** Lets the other extension do something, and returns what came of each step. */
async function runTask(workbench, folder, steps) {
  const result = path.join(folder, "result.json");
  fs.rmSync(result, { force: true });
  fs.writeFileSync(path.join(folder, "task.json"), JSON.stringify(steps));
  await workbench.command("Files Check: Run");
  await eventually("the other extension to be done", () => fs.existsSync(result), 120_000);
  return JSON.parse(fs.readFileSync(result, "utf8"));
}

const task = fs.mkdtempSync(path.join(process.env.TMPDIR ?? "/tmp", "trowel-files-check-"));
const options = (holds) => ({ seed, manyFolders: true, extensions: [extension], userSettings: { "filesCheck.holds": holds, "filesCheck.folder": task, "explorer.compactFolders": false } });

const only = process.argv[2];
const first = only === "held" ? false : await scenario("files", options(false), async ({ step, workbench, emulator, workspace, editor }) => {
  const rita = new Workspace(emulator, boss);
  const prices = `/Users/${user}/shop/prices.csv`;
  const { object_id: rules } = await rita.get("/api/2.0/workspace/get-status?path=/Rules");
  await rita.call("PUT", `/api/2.0/permissions/directories/${rules}`, { access_control_list: [{ user_name: user, permission_level: "CAN_READ" }] });

  await step("add the workspace's files to the window, from the palette", async () => {
    await workbench.command("Trowel: Add Databricks Files to this VS Code Workspace…");
    await workbench.choice("Volumes").waitFor();
    await workbench.screenshot("which files");
    await workbench.choose("Workspace");
    await mounted(workbench, /^Workspace/);
  });

  await step("open a file", async () => {
    await openFromExplorer(workbench, /^Workspace/, /^Users/, user, /^shop/, "prices.csv");
    await line(workbench, "apple,1").waitFor();
  });

  await step("edit and save it: it is in the workspace", async () => {
    await type(workbench, "plum,3\n");
    await workbench.save();
    assert.equal(await workspace.read(prices), "apple,1\npear,2\nplum,3\n");
    await workbench.inBothThemes("a file of the workspace");
  });

  await step("what somebody else has saved meanwhile is not overwritten unseen", async () => {
    await rita.write(prices, "apple,9\npear,2\nplum,3\n"); // of the same size
    await type(workbench, "fig,4\n");
    await workbench.page.keyboard.press("Control+S");
    await workbench.dialog().getByText("was changed by somebody else").waitFor();
    await workbench.screenshot("a conflict");
    await workbench.dialog().getByRole("button", { name: "Cancel" }).click();
    await workbench.activeTab(".dirty").waitFor();
    assert.equal(await workspace.read(prices), "apple,9\npear,2\nplum,3\n");
  });

  await step("and is where the user says so", async () => {
    await workbench.page.keyboard.press("Control+S");
    await workbench.dialog().getByRole("button", { name: "Overwrite" }).click();
    await workbench.activeTab(":not(.dirty)").waitFor();
    assert.equal(await workspace.read(prices), "apple,1\npear,2\nplum,3\nfig,4\n");
  });

  await step("a save that the workspace refuses is a failed save", async () => {
    await workbench.clearNotifications();
    await rita.post("/emulator/faults", {
      pattern: "POST /api/2.0/workspace-files/import-file/*",
      status: 400,
      body: '{"error_code": "BAD_REQUEST", "message": "The disk is full."}',
    });
    await type(workbench, "kiwi,5\n");
    await workbench.page.keyboard.press("Control+S");
    await workbench.toast("The disk is full.").waitFor();
    await workbench.activeTab(".dirty").waitFor();
    await workbench.screenshot("a failed save");
    await workbench.save();
    assert.match(await workspace.read(prices), /kiwi,5\n$/);
    await workbench.clearNotifications();
  });

  await step("a file that the user may not write is read-only", async () => {
    await openFromExplorer(workbench, /^Rules/, "rules.csv");
    await line(workbench, "do,not").waitFor();
    await workbench.page.locator(".editor-instance .view-lines").first().click();
    await workbench.page.keyboard.type("m");
    await workbench.page.locator(".monaco-editor-overlaymessage", { hasText: /read-only/i }).first().waitFor();
    await workbench.inBothThemes("a read-only file");
    assert.equal(await workbench.activeTab(".dirty").count(), 0);
  });

  await step("a notebook is a file with the extension of its language", async () => {
    await openFromExplorer(workbench, /^Users/, user, /^shop/, "etl.py");
    await line(workbench, "print(1)").waitFor();
    await type(workbench, "\nprint(2)\n");
    await workbench.save();
    assert.match(await workspace.read(`/Users/${user}/shop/etl`), /print\(2\)/);
  });

  await step("a rename asks before the original goes", async () => {
    await inExplorer(workbench, "prices.csv").click();
    await workbench.page.keyboard.press("F2");
    const box = workbench.page.locator(".explorer-folders-view .monaco-inputbox input");
    await box.fill("costs.csv");
    await workbench.page.keyboard.press("Enter");
    await workbench.dialog().getByText("Rename or move").waitFor();
    await workbench.screenshot("the question before a rename");
    await workbench.dialog().getByRole("button", { name: "Copy and Delete Original" }).click();
    await inExplorer(workbench, "costs.csv").waitFor();
    assert.match(await workspace.read(`/Users/${user}/shop/costs.csv`), /kiwi,5\n$/);
    await assert.rejects(workspace.read(prices));
  });

  await step("files and folders are copied and moved among all file systems and local folders", async () => {
    const places = {
      wsfs: `wsfs:/Users/${user}/matrix`,
      dbfs: "dbfs:/tmp/matrix",
      volumes: "volumes:/main/default/data/matrix",
      local: pathToFileURL(editor.directory("demo-project/matrix")).href,
    };
    const source = "# Databricks notebook source\nprint(1)\n";
    const content = { "deep/": null, "deep/a b ü.csv": "1,2\n", "deep/etl.py": source, "large.txt": "x".repeat(1_500_000), "plain.py": "print(1)\n" };
    const make = Object.values(places).flatMap((place) => [
      ["mkdir", place],
      ["mkdir", `${place}/from`],
      ["mkdir", `${place}/from/deep`],
      ...Object.entries(content).flatMap(([name, text]) => (text === null ? [] : [["write", `${place}/from/${encodeURI(name)}`, text]])),
    ]);
    const pairs = Object.keys(places).flatMap((from) => Object.keys(places).map((to) => [from, to]));
    const copies = pairs.flatMap(([from, to]) => [
      ["copy", `${places[from]}/from/plain.py`, `${places[to]}/file-of-${from}.py`],
      ["copy", `${places[from]}/from/deep/etl.py`, `${places[to]}/notebook-of-${from}.py`],
      ["copy", `${places[from]}/from`, `${places[to]}/of-${from}`],
    ]);
    // Within the workspace a move asks the user, which the step before has shown.
    const moves = pairs.filter(([from, to]) => from !== "wsfs" || to !== "wsfs").map(([from, to]) => ["move", `${places[from]}/of-${to}`, `${places[to]}/moved-of-${from}`]);
    const look = Object.values(places).map((place) => ["tree", place]);
    const said = await runTask(workbench, task, [...make, ...copies, ...look, ...moves, ...look]);
    assert.deepEqual(said.flatMap(({ error }) => error ?? []), []);
    const trees = (results) => Object.fromEntries(Object.keys(places).map((place, i) => [place, results[i].value]));
    const below = (prefix) => Object.fromEntries([[`${prefix}/`, null], ...Object.entries(content).map(([name, text]) => [`${prefix}/${name}`, text])]);
    const copied = trees(said.slice(make.length + copies.length, make.length + copies.length + look.length));
    const moved = trees(said.slice(-look.length));
    for (const to of Object.keys(places)) {
      let wanted = below("from");
      let after = below("from");
      for (const from of Object.keys(places)) {
        const single = { [`file-of-${from}.py`]: content["plain.py"], [`notebook-of-${from}.py`]: source };
        wanted = { ...wanted, ...below(`of-${from}`), ...single };
        after = { ...after, ...single, ...(from === "wsfs" && to === "wsfs" ? below("of-wsfs") : below(`moved-of-${from}`)) };
      }
      assert.deepEqual(Object.keys(copied[to]).sort(), Object.keys(wanted).sort(), `what ${to} has after the copies`);
      assert.deepEqual(copied[to], wanted, `contents that ${to} has after the copies`);
      assert.deepEqual(Object.keys(moved[to]).sort(), Object.keys(after).sort(), `what ${to} has after the moves`);
      assert.deepEqual(moved[to], after, `contents that ${to} has after the moves`);
    }
    assert.deepEqual(await workbench.notifications(), []);
  });
});

const second = first
  ? true
  : await scenario("files-held", options(true), async ({ step, workbench, workspace }) => {
      await step("another extension holds all four schemes: ours have other names, and Trowel says so", async () => {
        await eventually("the notice", async () => (await workbench.notifications()).some((text) => text.includes("trowel-wsfs:/ instead of wsfs:/, trowel-dbfs:/ instead of dbfs:/, trowel-volumes:/ instead of volumes:/")));
        await workbench.command("Notifications: Show Notifications");
        await workbench.screenshot("the notice");
        await workbench.page.keyboard.press("Escape");
        await workbench.clearNotifications();
      });

      await step("and work as well", async () => {
        await workbench.showView("Workspace");
        await workbench.expand("Workspace", /^Users/);
        await workbench.menu(await workbench.find("Workspace", new RegExp(`^${user}`)), "Add Databricks Files to this VS Code Workspace…");
        await mounted(workbench, new RegExp(`^${user}`));
        await openFromExplorer(workbench, new RegExp(`^${user}`), /^shop/, "prices.csv");
        await type(workbench, "plum,3\n");
        await workbench.save();
        assert.equal(await workspace.read(`/Users/${user}/shop/prices.csv`), "apple,1\npear,2\nplum,3\n");
        await workbench.inBothThemes("a file under the other name");
      });
    });
fs.rmSync(task, { recursive: true, force: true });
process.exit(first || second ? 1 : 0);
