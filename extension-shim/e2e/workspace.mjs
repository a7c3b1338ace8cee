// SPDX-License-Identifier: Apache-2.0
// Works with the workspace and the local sync folder in a real VS Code: states of both sides, transfers, comparison,
// changes.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { eventually } from "./page.mjs";
import { scenario, user } from "./scenario.mjs";

const home = `/Users/${user}`;
const header = "# Databricks notebook source\n";

const failed = await scenario("workspace", { userSettings: { "trowel.workspace.root": "/Users/{user}" } }, async ({ step, workbench, workspace, editor }) => {
  const row = (name) => workbench.row("Workspace", name);
  const local = (name) => path.join(editor.home, "Databricks-VSCode/SHOP/Workspace", name);
  const gone = (name) => eventually(`the row ${name} to go`, async () => (await row(name).count()) === 0);
  const press = async (question, button) => {
    await workbench.dialog().getByText(question).waitFor();
    await workbench.screenshot(`the question ${button}`);
    await workbench.dialog().getByRole("button", { name: button, exact: true }).click();
  };

  await step("see what the workspace has: folders first, notebooks by language", async () => {
    await workspace.post("/api/2.0/workspace/mkdirs", { path: `${home}/etl` });
    await workspace.write(`${home}/etl/load.py`, `${header}print(1)\n`);
    await workspace.write(`${home}/etl/orders.csv`, "id\n1\n");
    await workspace.write(`${home}/report.sql`, "-- Databricks notebook source\nSELECT 1\n");
    await workspace.write(`${home}/notes.md`, "# Notes\n");
    await workbench.showView("Workspace");
    await workbench.command("Trowel: Refresh");
    await row(/^etl, Folder/).waitFor();
    await row(/^report, SQL notebook, only in the workspace/).waitFor();
    await workbench.expand("Workspace", /^etl/);
    await row(/^load, Python notebook/).waitFor();
  });

  await step("download a folder, after a question with counts", async () => {
    await workbench.menu(row(/^etl/), "Download from Workspace…");
    await press(/Download 2 files/, "Download");
    await eventually("the files to be here", () => fs.existsSync(local("etl/load.py")) && fs.existsSync(local("etl/orders.csv")));
    await row(/^load, Python notebook, in sync/).waitFor();
    await row(/^etl, Folder, in sync/).waitFor();
  });

  await step("states of both sides", async () => {
    fs.appendFileSync(local("etl/load.py"), "print(2)\n");
    await workspace.write(`${home}/etl/orders.csv`, "id\n1\n2\n");
    fs.writeFileSync(local("new.txt"), "new\n");
    await workbench.command("Trowel: Refresh");
    await row(/^load, .*newer here/).waitFor();
    await row(/^orders.csv, .*newer in the workspace/).waitFor();
    await row(/^new.txt, .*only here/).waitFor();
    for (const [name, badge] of [[/^load/, "↑"], [/^orders.csv/, "↓"], [/^new.txt/, "+"], [/^etl/, "!"]])
      await eventually(`the badge ${badge}`, async () => (await row(name).locator(".monaco-icon-label").first().evaluate((label) => getComputedStyle(label, "::after").content)).includes(badge));
    await workbench.inBothThemes("states of both sides");
  });

  await step("compare a notebook with the local file", async () => {
    await workbench.menu(row(/^load/), "Compare with Local File…");
    await workbench.activeTab().filter({ hasText: "workspace ↔ here" }).waitFor();
    await workbench.screenshot("the comparison");
  });

  await step("upload what is only here", async () => {
    await workbench.menu(row(/^new.txt/), "Upload to Workspace…");
    await row(/^new.txt, .*in sync/).waitFor();
    assert.equal(await workspace.read(`${home}/new.txt`), "new\n");
  });

  await step("rename: there and here", async () => {
    await workbench.menu(row(/^notes.md/), "Rename in Workspace…");
    await workbench.answer("Its new name", "read me.md");
    await press(/Move .*notes.md/, "Copy and Delete Original");
    await row(/^read me.md/).waitFor();
    await gone(/^notes.md/);
  });

  await step("delete: the question names the counts", async () => {
    await workbench.menu(row(/^etl/), "Delete from Workspace…");
    await workbench.choose("In Both Places");
    await press(/with 2 objects in it from the workspace, and 2 files of the local sync folder/, "Delete");
    await gone(/^etl/);
    assert(!fs.existsSync(local("etl")));
  });

  await step("from the palette, with nothing selected: it asks", async () => {
    await workbench.command("Trowel: Download from Workspace…");
    await workbench.choice("report").waitFor();
    await workbench.choose("report");
    await eventually("the notebook to be here", () => fs.existsSync(local("report.sql")));
  });
});
process.exit(failed ? 1 : 0);
