// SPDX-License-Identifier: Apache-2.0
// Works with Git folders in a real VS Code: clones a repository of this machine, checks out, pulls, and meets a conflict.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { eventually } from "./page.mjs";
import { scenario, user } from "./scenario.mjs";

const identity = ["-c", "user.name=Dora", "-c", "user.email=dora@shop.example", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"];

/** A bare repository, and a clone of it in which somebody else works. */
class Origin {
  constructor(folder) {
    this.bare = path.join(folder, "shop.git");
    this.work = path.join(folder, "work");
    fs.mkdirSync(this.work);
    this.git("init", "--quiet");
    this.commit("prices.py", "# Databricks notebook source\nprint(1)\n");
    this.git("branch", "discounts");
    execFileSync("git", ["clone", "--quiet", "--bare", this.work, this.bare]);
    this.git("remote", "add", "origin", this.bare);
    this.git("checkout", "--quiet", "discounts");
    this.commit("discounts.csv", "ten,10\n");
    this.git("tag", "v1");
    this.push("discounts", "v1");
  }

  git(...command) {
    execFileSync("git", ["-C", this.work, ...identity, ...command]);
  }

  commit(file, content) {
    fs.writeFileSync(path.join(this.work, file), content);
    this.git("add", "-A");
    this.git("commit", "--quiet", "-m", `Change ${file}`);
  }

  push(...references) {
    this.git("push", "--quiet", "origin", ...references);
  }
}

const failed = await scenario("repos", { seed: { workspace: [{ path: "/Shared/", content: "" }] } }, async ({ step, workbench, workspace, editor }) => {
  const origin = new Origin(editor.directory("origin"));
  const folder = `/Users/${user}/shop`;
  const row = (name) => workbench.row("Git Folders", name);

  await step("a workspace without Git folders", async () => {
    await workbench.onlyView("Git Folders");
    await row(/^Git Credentials/).waitFor();
  });

  await step("clone a repository", async () => {
    await workbench.titleButton("Git Folders", "Add Git Folder");
    await workbench.answer("The address to clone from.", origin.bare);
    await workbench.choose("GitHub");
    await workbench.answer("Where it goes in the workspace.", folder);
    await workbench.choose("All of it");
    await row(/^shop.*main/).waitFor();
    assert.match(await workspace.read(`${folder}/prices`), /print\(1\)/);
  });

  await step("check out a branch from the remote's list", async () => {
    await workbench.menu(row(/^shop/), "Check Out Branch or Tag…");
    await workbench.choice("discounts").waitFor();
    await workbench.choice("v1").waitFor();
    await workbench.screenshot("branches and tags");
    await workbench.choose("discounts");
    await row(/^shop.*discounts/).waitFor();
    assert.equal(await workspace.read(`${folder}/discounts.csv`), "ten,10\n");
  });

  await step("see the Git folder in the workspace as it is now", async () => {
    await workbench.showView("Workspace");
    await workbench.expand("Workspace", /^Users/);
    await workbench.expand("Workspace", new RegExp(`^${user}`));
    await workbench.expand("Workspace", /^shop/);
    await workbench.find("Workspace", /^discounts\.csv/);
  });

  await step("pull what somebody else has pushed", async () => {
    await workbench.onlyView("Git Folders");
    origin.commit("discounts.csv", "ten,10\nhalf,50\n");
    origin.push("discounts");
    await workbench.menu(row(/^shop/), "Pull Git Folder");
    await eventually("the new commit", async () => (await workspace.read(`${folder}/discounts.csv`)) === "ten,10\nhalf,50\n");
    await eventually("the pull to end", async () => (await workbench.toast("Pulling").count()) === 0);
    await workbench.inBothThemes("a git folder");
  });

  await step("changes that are in the way are explained before anything is lost", async () => {
    origin.commit("discounts.csv", "none,0\n");
    origin.push("discounts");
    await workspace.write(`${folder}/discounts.csv`, "mine\n");
    await workbench.menu(row(/^shop/), "Pull Git Folder");
    await workbench.dialog().getByText("has changes that are in the way").waitFor();
    await workbench.screenshot("the conflict");
    await workbench.dialog().getByRole("button", { name: "Cancel" }).click();
    assert.equal(await workspace.read(`${folder}/discounts.csv`), "mine\n");
  });

  await step("discard them, after a second question", async () => {
    await workbench.menu(row(/^shop/), "Pull Git Folder");
    await workbench.dialog().getByRole("button", { name: "Discard Changes…" }).click();
    await workbench.dialog().getByText("Discard all changes in").waitFor();
    await workbench.dialog().getByRole("button", { name: "Discard", exact: true }).click();
    await eventually("the commit of the others", async () => (await workspace.read(`${folder}/discounts.csv`)) === "none,0\n");
  });

  await step("a tag, from the palette with nothing selected", async () => {
    await workbench.command("Trowel: Check Out Branch or Tag…");
    await workbench.choice(folder).waitFor();
    await workbench.page.keyboard.press("Escape");
    await workbench.menu(row(/^shop/), "Check Out Branch or Tag…");
    await workbench.choose("v1");
    await row(/^shop.*at [0-9a-f]{7}/).waitFor();
  });

  await step("add a Git credential, whose token is typed unseen", async () => {
    await workbench.command("Trowel: Add Git Credential…");
    await workbench.choose("GitHub");
    await workbench.answer("", "dora");
    const input = workbench.quickInput().locator("input[type=password]");
    await input.fill("ghp_0fD0ra");
    await workbench.page.keyboard.press("Enter");
    await workbench.expand("Git Folders", /^Git Credentials/);
    await row(/^GitHub.*dora/).waitFor();
  });

  await step("delete asks first, and names the folder", async () => {
    await workbench.menu(row(/^shop/), "Delete Git Folder…");
    await workbench.dialog().getByText(`Delete the Git folder ${folder}?`).waitFor();
    await workbench.dialog().getByRole("button", { name: "Delete" }).click();
    await eventually("the row to go", async () => (await row(/^shop/).count()) === 0);
    assert.deepEqual(await workbench.notifications(), []);
  });
});
process.exit(failed ? 1 : 0);
