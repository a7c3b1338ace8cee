// SPDX-License-Identifier: Apache-2.0
// Works with clusters in a real VS Code: their life, libraries, definitions, and which ones the project uses.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { eventually } from "./page.mjs";
import { scenario, user } from "./scenario.mjs";

const cluster = (id, name, state, more = {}) => ({
  cluster_id: id,
  cluster_name: name,
  state,
  spark_version: "15.4.x-scala2.12",
  node_type_id: "Standard_DS3_v2",
  num_workers: 2,
  autotermination_minutes: 60,
  ...more,
});
const seed = {
  clusters: [
    cluster("0301-090000-shared01", "Shared analytics", "RUNNING"),
    cluster("0301-090000-nightly1", "Nightly", "TERMINATED", { num_workers: 0 }),
    cluster("0301-090000-oldetl01", "Old ETL", "TERMINATED", { num_workers: 8 }),
  ],
};

const failed = await scenario("clusters", { seed }, async ({ step, workbench, workspace, editor }) => {
  const row = (name) => workbench.row("Clusters", name);
  const stateOf = async (id) => (await workspace.get(`/api/2.1/clusters/get?cluster_id=${id}`)).state;

  await step("see clusters and their states", async () => {
    await workbench.showView("Clusters");
    await row(/^Shared analytics.*running · for SQL · 2 workers/).waitFor();
    await row(/^Nightly.*terminated · single node/).waitFor();
    await row(/^Old ETL.*terminated · 8 workers/).waitFor();
  });

  await step("start one, and see it run", async () => {
    await workbench.menu(row(/^Nightly/), "Start Cluster…");
    await row(/^Nightly.*running/).waitFor();
  });

  await step("pin it, and make it this project's", async () => {
    await workbench.menu(row(/^Nightly/), "Pin Cluster…");
    await eventually("the pin", async () => (await workspace.get("/api/2.1/clusters/get?cluster_id=0301-090000-nightly1")).pinned_by_user_name === user);
    await workbench.menu(row(/^Nightly/), "Attach Cluster…");
    await row(/^Nightly.*this project's · for SQL/).waitFor();
  });

  await step("install a library, and see it below its cluster", async () => {
    await workbench.menu(row(/^Nightly/), "Install Library on Cluster…");
    await workbench.choose("PyPI");
    await workbench.answer("A package, and its version where it matters", "pandas");
    await workbench.expand("Clusters", /^Nightly/);
    await row(/^pandas.*pypi · installed/).waitFor();
    await workbench.inBothThemes("clusters with a library");
  });

  await step("read its events", async () => {
    await workbench.menu(row(/^Nightly/), "Show Cluster Events…");
    await workbench.activeTab().getByText("Events of Nightly").waitFor();
    await workbench.page.locator(".editor-instance .view-line", { hasText: "PINNED" }).first().waitFor();
  });

  await step("clone one: its definition opens, and becomes a cluster when it is sent", async () => {
    await workbench.menu(row(/^Shared analytics/), "Clone Cluster…");
    await workbench.page.locator(".editor-instance .view-line", { hasText: '"cluster_name": "Copy of Shared analytics"' }).waitFor();
    await workbench.inBothThemes("the definition of a clone");
    await workbench.command("Trowel: Send Cluster JSON");
    await workbench.dialog().getByText("Create the cluster Copy of Shared analytics?").waitFor();
    await workbench.dialog().getByRole("button", { name: "Create" }).click();
    await row(/^Copy of Shared analytics.*running/).waitFor();
  });

  await step("keep a definition in the local sync folder", async () => {
    await workbench.menu(row(/^Old ETL/), "Save Cluster Definition…");
    await workbench.activeTab().getByText("Old ETL.json").waitFor();
    const file = path.join(editor.home, "Databricks-VSCode/SHOP/Clusters/Old ETL.json");
    assert.equal(JSON.parse(fs.readFileSync(file, "utf8")).num_workers, 8);
  });

  await step("stop one, after a question", async () => {
    await workbench.menu(row(/^Copy of Shared/), "Stop Cluster…");
    await workbench.dialog().getByText("Stop the cluster Copy of Shared analytics?").waitFor();
    await workbench.dialog().getByRole("button", { name: "Stop" }).click();
    await row(/^Copy of Shared analytics.*terminated/).waitFor();
  });

  await step("from the palette, with nothing selected: delete two, after a question with their number", async () => {
    await workbench.command("Trowel: Delete Cluster…");
    await workbench.choose("Copy of Shared analytics");
    await workbench.choose("Old ETL");
    await workbench.page.keyboard.press("Enter");
    await workbench.dialog().getByText("Delete 2 clusters for good?").waitFor();
    await workbench.dialog().getByRole("button", { name: "Delete" }).click();
    await eventually("the rows to go", async () => (await row(/Copy of|Old ETL/).count()) === 0);
    assert.equal((await workspace.get("/api/2.1/clusters/list")).clusters.length, 2);
  });

  await step("filter by state, and say so", async () => {
    await workbench.menu(row(/^Shared analytics/), "Stop Cluster…");
    await workbench.dialog().getByRole("button", { name: "Stop" }).click();
    await row(/^Shared analytics.*terminated/).waitFor();
    await workbench.command("Trowel: Filter Clusters…");
    await workbench.choose("State: running");
    await eventually("one row to be left", async () => (await row(/^Shared analytics/).count()) === 0);
    await workbench.page.locator(".pane-header", { hasText: "state: running" }).waitFor();
    await workbench.command("Trowel: Filter Clusters…");
    await workbench.choose("All clusters");
    await row(/^Shared analytics/).waitFor();
    assert.equal(await stateOf("0301-090000-shared01"), "TERMINATED");
  });

  await step("a command with nothing to act on says why", async () => {
    await workbench.clearNotifications();
    await workbench.command("Trowel: Restart Kernels of Cluster…");
    await workbench.choose("Nightly");
    await workbench.toast("No notebook of this window has a kernel on Nightly, so there is nothing to restart.").waitFor();
  });
});
process.exit(failed ? 1 : 0);
