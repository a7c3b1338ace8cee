// SPDX-License-Identifier: Apache-2.0
// Works with secrets in a real VS Code: a scope, a value that nobody sees, and the code that reads it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { eventually } from "./page.mjs";
import { scenario } from "./scenario.mjs";

const value = "s3cr3t-0f-the-sh0p";
const seed = { secrets: [{ scope: "warehouse", values: { "jdbc-password": "planted" }, acls: { users: "READ" } }] };

const failed = await scenario("secrets", { seed, files: { "read.py": "password = \n" } }, async ({ step, workbench, workspace, editor }) => {
  const row = (name) => workbench.row("Secrets", name);

  await step("see scopes, keys and who may use them", async () => {
    await workbench.onlyView("Secrets");
    await row(/^warehouse/).waitFor();
    await workbench.expand("Secrets", /^warehouse/);
    await row(/^jdbc-password/).waitFor();
    await workbench.expand("Secrets", /^Access/);
    await row(/^users.*read/).waitFor();
  });

  await step("create a scope", async () => {
    await workbench.titleButton("Secrets", "Add Secret Scope");
    await workbench.answer("Its name", "shop");
    await workbench.choose("Only me");
    await row(/^shop/).waitFor();
  });

  await step("put a secret whose value is typed unseen", async () => {
    await workbench.menu(row(/^shop/), "Add or Update Secret…");
    await workbench.answer("The key by which the secret is read.", "api-key");
    await workbench.choose("Type it");
    const input = workbench.quickInput().locator("input").first();
    await eventually("a masked box", async () => (await input.getAttribute("type")) === "password");
    await input.fill(value);
    await workbench.screenshot("the value is masked");
    await workbench.page.keyboard.press("Enter");
    await workbench.expand("Secrets", /^shop/);
    await row(/^api-key/).waitFor();
    await workbench.inBothThemes("scopes and keys");
    const { value: kept } = await workspace.get("/api/2.0/secrets/get?scope=shop&key=api-key");
    assert.equal(Buffer.from(kept, "base64").toString(), value);
  });

  await step("insert the code that reads it", async () => {
    await workbench.openFile("read.py");
    await workbench.page.locator(".editor-instance .view-lines").first().click();
    await workbench.page.keyboard.press("Control+Home");
    await workbench.page.keyboard.press("End");
    await workbench.menu(row(/^api-key/), "Insert Code That Reads the Secret");
    await workbench.save();
    assert.match(fs.readFileSync(path.join(editor.project, "read.py"), "utf8"), /^password = dbutils\.secrets\.get\(scope="shop", key="api-key"\)$/m);
  });

  await step("from the palette, with nothing selected: it asks", async () => {
    await workbench.command("Trowel: Delete Secret…");
    await workbench.choice("shop").waitFor();
    await workbench.choose("shop");
    await workbench.choice("api-key").waitFor();
    await workbench.page.keyboard.press("Escape");
  });

  await step("delete a scope asks first, and names it", async () => {
    await workbench.menu(row(/^shop/), "Delete Secret Scope…");
    await workbench.dialog().getByText("Delete the scope shop with 1 secret?").waitFor();
    await workbench.screenshot("the question");
    await workbench.dialog().getByRole("button", { name: "Delete" }).click();
    await eventually("the row to go", async () => (await row(/^shop/).count()) === 0);
  });

  await step("the value is nowhere but in its call", async () => {
    const found = [];
    const look = (folder) => {
      for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const file = path.join(folder, entry.name);
        if (entry.isDirectory()) look(file);
        else if (entry.isFile() && fs.readFileSync(file).includes(value)) found.push(file);
      }
    };
    for (const folder of ["state", "config", "cache", "home", "run", "editor", "demo-project"]) look(editor.directory(folder));
    assert.deepEqual(found, []);
    assert.deepEqual(await workbench.notifications(), []);
  });
});
process.exit(failed ? 1 : 0);
