// SPDX-License-Identifier: Apache-2.0
// Lives with several connections in a real VS Code: switches a project from one workspace to another, lets tokens and
// workspaces fail, signs in with the browser. One line per step, a screenshot each, exit 0 or 1.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Editor, top } from "./editor.mjs";
import { Emulator } from "./emulator.mjs";
import { eventually, Workbench } from "./page.mjs";
import { Steps, withScreenshots } from "./steps.mjs";

const binary = path.join(top, "extension-shim/bin/trowel");
const editor = new Editor();
const configFile = path.join(editor.home, ".databrickscfg");
let workbench, dev, test;
const steps = new Steps({ dependent: true, after: withScreenshots(() => workbench) });
const step = steps.step.bind(steps);

// Secrets that must end up nowhere where anybody can read them.
const tokens = { dev: "dapi0e5t4dev0dora0dora0dora0dora0001", test: "dapi0e5t4test0tess0tess0tess0tess002", old: "dapi0e5t4test0olaf0olaf0olaf0olaf003" };

const cluster = (id, name, state) => ({
  cluster_id: id,
  cluster_name: name,
  state,
  spark_version: "15.4.x-scala2.12",
  node_type_id: "Standard_DS3_v2",
  num_workers: 1,
  autotermination_minutes: 60,
});
const devSeed = {
  users: [{ name: "dora@dev.example", token: tokens.dev, admin: true }],
  workspace: [{ path: "/Dev experiments/Draft.py", content: "# Databricks notebook source\nprint('dev')\n" }],
  clusters: [cluster("0101-090000-dev00001", "Dev playground", "RUNNING"), cluster("0101-090000-dev00002", "Dev nightly", "TERMINATED")],
};
const testSeed = {
  users: [
    { name: "tess@test.example", token: tokens.test, admin: true },
    { name: "olaf@test.example", token: tokens.old, admin: true },
  ],
  workspace: [{ path: "/Test plans/Release.py", content: "# Databricks notebook source\nprint('test')\n" }],
  clusters: [cluster("0202-100000-test0001", "Test regression", "TERMINATED")],
};

function writeProfiles(testToken) {
  const profiles = `[DEV]\nhost = ${dev.host}\ntoken = ${tokens.dev}\n\n; the team's own\n[TEST]\nhost = ${test.host}\ntoken = ${testToken}\n`;
  fs.writeFileSync(configFile, profiles, { mode: 0o600 });
}

const row = (name) => workbench.row("Connections", name);
const textOf = async (view) => (await workbench.tree(view).getByRole("treeitem").allTextContents()).join("\n");
/** The user's, and those of the machine, which a window on another machine keeps there. */
const userSettings = () => [editor.userSettings, path.join(editor.root, "editor/Machine/settings.json")].map((file) => fs.readFileSync(file, "utf8")).join("\n");

/** An icon that the editor does not know is a gap. */
async function everyIconIsDrawn() {
  const blank = await workbench.page.evaluate(() =>
    [...document.querySelectorAll(".sidebar .codicon, .statusbar .codicon")]
      .filter((icon) => icon.checkVisibility() && ["none", "normal"].includes(getComputedStyle(icon, "::before").content))
      .map((icon) => icon.className),
  );
  assert.deepEqual(blank, []);
}

/** A selected row's icon is white, so another view is looked at first. */
async function isGreen(name) {
  await workbench.showView("Clusters");
  const icon = row(name).locator(".custom-view-tree-node-item-icon");
  assert.match((await icon.getAttribute("class")) ?? "", /codicon-pass-filled/);
  const [red, green, blue] = (await icon.evaluate((element) => getComputedStyle(element).color)).match(/\d+/g).map(Number);
  assert.ok(green > red && green > blue, `the icon is not green but rgb(${red}, ${green}, ${blue})`);
}

/**
 * A page of this machine is opened through code-server's proxy, under another path, where its own links lead nowhere. So the
 * browser is sent on to where the page is.
 */
async function withoutProxy() {
  await workbench.page.context().route(/\/proxy\/\d+\//, (route) => {
    const { pathname, search } = new URL(route.request().url());
    const [, port, rest] = /^\/proxy\/(\d+)(\/.*)$/.exec(pathname);
    return route.fulfill({ status: 302, headers: { Location: `http://127.0.0.1:${port}${rest}${search}` } });
  });
}

/** Presses what opens a page outside of the editor, and returns that page. */
async function pageOpenedBy(press) {
  const opened = workbench.page.context().waitForEvent("page");
  await press();
  const leave = workbench.dialog().getByRole("button", { name: /^(Open|Retry)$/ });
  leave.click().catch(() => undefined); // The editor asks before it opens another site, unless it trusts that.
  return opened;
}

async function main() {
  dev = await Emulator.start(binary, editor.directory("dev"), devSeed);
  test = await Emulator.start(binary, editor.directory("test"), testSeed);
  writeProfiles(tokens.test);
  fs.writeFileSync(path.join(editor.directory("demo-project"), "README.md"), "A project without settings.\n");
  const none = Object.fromEntries(Object.keys(process.env).filter((name) => /^(DATABRICKS|AZURE|ARM)_/.test(name)).map((name) => [name, undefined]));
  const address = await editor.start({
    reconnectionGraceSeconds: 3,
    environment: { ...none, DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" }, // of a session that has ended: there is no keyring
    userSettings: { "databricks.connections": [{ displayName: "Old team", apiRootUrl: test.host, personalAccessToken: tokens.old }] },
  });

  await step("open the project in VS Code and trust it", async () => {
    workbench = await Workbench.open(address, path.join(top, "build/screenshots/connections"));
    await workbench.trust();
    await workbench.showView("Connections");
    for (const name of [/^DEV/, /^TEST/, /^Old team/, /^Demo workspace/]) await row(name).waitFor();
  });

  await step("a token in the user's settings is moved to a safe place", async () => {
    await workbench.toast("Moved the token of 'Old team' out of your settings").waitFor();
    await eventually("the token to go from settings.json", () => !userSettings().includes(tokens.old));
    assert.match(userSettings(), /"displayName": "Old team"/);
  });

  await step("connect with that token", async () => {
    await workbench.clearNotifications();
    await row(/^Old team/).click();
    await row(/^Old team.*olaf@test\.example/).waitFor();
  });

  await step("choose DEV", async () => {
    await row(/^DEV/).click();
    await row(/^DEV.*dora@dev\.example · pat/).waitFor();
    await isGreen(/^DEV/);
    await workbench.status("DEV").waitFor();
  });

  await step("see the workspace and the clusters of DEV", async () => {
    await workbench.row("Workspace", /^Dev experiments/).waitFor();
    await workbench.expand("Workspace", /^Dev experiments/);
    await workbench.find("Workspace", /^Draft/);
    await workbench.row("Clusters", /^Dev playground.*running/).waitFor();
    await workbench.row("Clusters", /^Dev nightly/).waitFor();
    await everyIconIsDrawn();
  });

  await step("switch to TEST: every view changes, and nothing of DEV is left", async () => {
    await row(/^TEST/).click();
    await row(/^TEST.*tess@test\.example · pat/).waitFor();
    await isGreen(/^TEST/);
    await workbench.status("TEST").waitFor();
    await workbench.row("Workspace", /^Test plans/).waitFor();
    await workbench.row("Clusters", /^Test regression.*terminated/).waitFor();
    for (const view of ["Workspace", "Clusters"]) assert.doesNotMatch(await textOf(view), /dev|dora/i, `${view} still shows DEV`);
    assert.doesNotMatch(await row(/^DEV/).textContent(), /dora/);
    assert.equal(await workbench.status("DEV").count(), 0);
  });

  await step("a token that the file has wrong needs a sign-in", async () => {
    writeProfiles("dapi00000000000000000000000000000000");
    await row(/^TEST.*needs a sign-in/).waitFor();
    await workbench.status("Sign in to TEST").waitFor();
    await everyIconIsDrawn();
  });

  await step("the right token in the file is enough", async () => {
    writeProfiles(tokens.test);
    await row(/^TEST.*tess@test\.example · pat/).waitFor();
    await workbench.row("Workspace", /^Test plans/).waitFor();
    await eventually("the status bar", async () => (await workbench.status("Sign in to TEST").count()) === 0);
  });

  await step("a workspace that stops answers is offline", async () => {
    await test.stop();
    await workbench.titleButton("Connections", "Refresh");
    await row(/^TEST.*offline/).waitFor();
    await everyIconIsDrawn();
  });

  await step("it is back by itself", async () => {
    await test.start();
    await row(/^TEST.*tess@test\.example · pat/).waitFor({ timeout: 60_000 });
    await workbench.row("Workspace", /^Test plans/).waitFor();
  });

  await step("add a connection: a wrong address is told where it is asked for", async () => {
    await workbench.command("Trowel: Add Connection");
    await workbench.answer("Address of the workspace", "http://adb-1234.5.azuredatabricks.net");
    await workbench.quickInput().locator(".quick-input-message", { hasText: "your token would travel unencrypted" }).waitFor();
  });

  await step("and the right one leads to a name and a way to sign in", async () => {
    await workbench.answer("your token would travel unencrypted", dev.host);
    await workbench.answer("A name for this connection", "My workspace");
    await workbench.choice("With the browser").waitFor();
  });

  await step("sign in with the browser", async () => {
    await withoutProxy();
    const page = await pageOpenedBy(() => workbench.choose("With the browser"));
    await page.getByRole("radio", { name: /dora@dev\.example/ }).check();
    await page.screenshot({ path: path.join(workbench.screenshots, "sign-in.png") });
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByRole("heading", { name: "Signed in" }).waitFor();
    await page.screenshot({ path: path.join(workbench.screenshots, "signed-in.png") });
    await page.close();
    await row(/^My workspace.*dora@dev\.example · databricks-cli/).waitFor();
    assert.equal(await workbench.toast("Moved the token").count(), 0, "the token in the settings was found once more");
    await isGreen(/^My workspace/);
    await workbench.row("Workspace", /^Dev experiments/).waitFor();
  });

  await step("copy the host", async () => {
    await workbench.menu(row(/^My workspace/), "Copy Host");
    await eventually("the host on the clipboard", async () => (await workbench.clipboard()) === dev.host);
  });

  await step("test a connection without choosing it", async () => {
    await workbench.clearNotifications();
    await workbench.menu(row(/^TEST/), "Test Connection");
    await workbench.toast("TEST answers: you are tess@test.example.").waitFor();
    await isGreen(/^My workspace/);
  });

  await step("remove a connection asks first", async () => {
    await workbench.menu(row(/^My workspace/), "Remove Connection…");
    await workbench.dialog().getByText("Remove the connection My workspace?").waitFor();
  });

  await step("and then it is gone", async () => {
    await workbench.dialog().getByRole("button", { name: "Remove" }).click();
    await eventually("the row to go", async () => (await row(/^My workspace/).count()) === 0);
    await workbench.status("Trowel").waitFor();
    for (const view of ["Workspace", "Clusters"]) await eventually(`${view} to be empty`, async () => (await workbench.tree(view).getByRole("treeitem").count()) === 0);
    await eventually("the setting to be empty", () => !/My workspace/.test(userSettings()));
  });

  await step("nothing was written where it does not belong", async () => {
    assert.deepEqual(fs.readdirSync(editor.project), ["README.md"]);
    for (const token of Object.values(tokens)) assert.ok(!userSettings().includes(token), "a token is in settings.json");
    assert.doesNotMatch(userSettings(), /dapi|refresh_token|access_token/);
  });
}

try {
  await main();
} catch (error) {
  steps.broke(error);
} finally {
  await workbench?.close().catch(() => undefined);
  workbench = undefined;
  await step("end everything that was started", async () => {
    await dev?.stop();
    await test?.stop();
    assert.deepEqual(await editor.stop(), [], "these processes had to be killed");
  }, true);
}
console.log(`connections: ${steps.failed ? "failed" : "all steps passed"}; screenshots are in build/screenshots/connections/`);
process.exit(steps.failed ? 1 : 0);
