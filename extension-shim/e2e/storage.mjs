// SPDX-License-Identifier: Apache-2.0
// Works with files of DBFS and of a volume in a real VS Code: looks, opens, previews, downloads, changes, deletes.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { eventually } from "./page.mjs";
import { scenario } from "./scenario.mjs";

const seed = {
  dbfs: [
    { path: "/tmp/sales/2026.csv", content: "region,revenue\nnorth,1200\nsouth,90\n" },
    { path: "/tmp/sales/q1/january.csv", content: "region,revenue\nnorth,400\n" },
    { path: "/mnt/lake/readme.txt", content: "In a storage account of its own.\n" },
  ],
  volumes: [{ name: "main.default.raw", files: [{ path: "config.json", content: '{"name":"shop","ids":[1,2]}' }] }],
};

const failed = await scenario("storage", { seed }, async ({ step, workbench, workspace, editor }) => {
  const row = (view, name) => workbench.row(view, name);
  const isThere = async (file) => {
    try {
      return !(await workspace.get(`/api/2.0/dbfs/get-status?path=${encodeURIComponent(file)}`)).error_code;
    } catch {
      return false;
    }
  };

  await step("browse DBFS with its mounts, sizes and times", async () => {
    await workbench.onlyView("DBFS");
    await workbench.expand("DBFS", /^mnt/);
    await row("DBFS", /^lake.*mount/).waitFor();
    await workbench.expand("DBFS", /^tmp/);
    await workbench.expand("DBFS", /^sales/);
    await workbench.find("DBFS", /^2026\.csv.*bytes/);
    await workbench.inBothThemes("DBFS");
  });

  await step("a click opens a copy", async () => {
    await (await workbench.find("DBFS", /^2026\.csv/)).click();
    await workbench.page.locator(".tab.active", { hasText: "2026.csv" }).waitFor();
  });

  await step("preview a table", async () => {
    await workbench.menu(await workbench.find("DBFS", /^2026\.csv/), "Preview File of DBFS or Volumes…");
    await workbench.page.locator(".view-line", { hasText: "region │ revenue" }).first().waitFor();
    await workbench.screenshot("a table");
  });

  await step("download a folder, after a question", async () => {
    await workbench.menu(await workbench.find("DBFS", /^sales/), "Download from DBFS or Volumes…");
    await workbench.dialog().getByText("Download 2 files").waitFor();
    await workbench.dialog().getByRole("button", { name: "Download" }).click();
    const here = path.join(editor.home, "Databricks-VSCode/SHOP/DBFS/tmp/sales/q1/january.csv");
    await eventually("the files to come", async () => fs.existsSync(here));
  });

  await step("make and rename a folder", async () => {
    await workbench.menu(await workbench.find("DBFS", /^sales/), "New Folder in DBFS or Volumes…");
    await workbench.answer("Its name", "q2");
    await workbench.menu(await workbench.find("DBFS", /^q2/), "Rename File or Folder of DBFS or Volumes…");
    await workbench.answer("Its new name", "q3");
    await workbench.find("DBFS", /^q3/);
    assert.ok(await isThere("/tmp/sales/q3"));
  });

  await step("deleting says how much", async () => {
    await workbench.menu(await workbench.find("DBFS", /^q1/), "Delete Files of DBFS or Volumes…");
    await workbench.dialog().getByText("Delete the folder dbfs:/tmp/sales/q1 with 1 file").waitFor();
    await workbench.screenshot("the question");
    await workbench.dialog().getByRole("button", { name: "Delete" }).click();
    await eventually("the folder to go", async () => !(await isThere("/tmp/sales/q1")));
  });

  await step("from the palette, in a volume: it walks to the file", async () => {
    await workbench.command("Trowel: Preview File of DBFS or Volumes…");
    for (const name of ["Volumes", "main", "default", "raw", "config.json"]) {
      await workbench.choice(name).waitFor();
      await workbench.choose(name);
    }
    await workbench.page.locator(".view-line", { hasText: '"name": "shop"' }).first().waitFor();
  });

  await step("browse volumes", async () => {
    await workbench.onlyView("Volumes");
    for (const name of [/^main/, /^default/, /^raw/]) await workbench.expand("Volumes", name);
    await workbench.find("Volumes", /^config\.json/);
    await workbench.inBothThemes("Volumes");
    assert.deepEqual((await workbench.notifications()).filter((text) => !/downloaded/i.test(text)), []);
  });
});
process.exit(failed ? 1 : 0);
