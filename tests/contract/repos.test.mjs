// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { all, raw, refused, sdk, startEmulator } from "./workspace.mjs";

const emulator = await startEmulator("--small-ids");
const { repos, gitCredentials, workspace } = sdk(emulator);
const call = raw(emulator);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trowel-contract-"));
after(() => fs.rmSync(folder, { recursive: true }));
const git = (...words) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...words], { cwd: folder, stdio: "pipe" }).toString().trim();
const commit = (file, text) => {
  fs.writeFileSync(path.join(folder, file), text);
  git("add", ".");
  git("commit", "-qm", file);
};

git("init", "-qb", "main");
commit("nb.py", "# Databricks notebook source\nprint(1)\n");
commit("lib.py", "x = 1\n");
git("tag", "v1");

test("clone, look, pull, switch, delete", async () => {
  await workspace.mkdirs({ path: "/Repos/demo@example.com" });
  const repo = await repos.create({ url: `file://${folder}`, provider: "gitHub", path: "/Repos/demo@example.com/proj" });
  assert.equal(repo.branch, "main");
  assert.equal(repo.head_commit_id, git("rev-parse", "HEAD"));
  const objects = await all(workspace.list({ path: "/Repos/demo@example.com/proj" }));
  assert.deepEqual(objects.map((one) => [one.path.split("/").at(-1), one.object_type]).sort(), [["lib.py", "FILE"], ["nb", "NOTEBOOK"]]);
  commit("more.txt", "more");
  assert.equal((await call("PATCH", `/api/2.0/repos/${repo.id}`, { branch: "main" })).status, 200);
  assert.equal((await repos.get({ repo_id: repo.id })).head_commit_id, git("rev-parse", "HEAD"));
  assert.equal((await call("PATCH", `/api/2.0/repos/${repo.id}`, { tag: "v1" })).status, 200);
  assert.equal((await repos.get({ repo_id: repo.id })).branch, undefined);
  const unknown = await call("PATCH", `/api/2.0/repos/${repo.id}`, { branch: "nope" });
  assert.equal(unknown.json.error_code, "GIT_UNKNOWN_REF");
  assert.equal((await all(repos.list({ path_prefix: "/Repos/demo@example.com" }))).length, 1);
  await repos.getPermissions({ repo_id: String(repo.id) });
  await repos.getPermissionLevels({ repo_id: String(repo.id) });
  await repos.delete({ repo_id: repo.id });
  await refused(repos.get({ repo_id: repo.id }), 404);
});

test("credentials never show their token", async () => {
  const created = await gitCredentials.create({ git_provider: "gitHub", git_username: "ada", personal_access_token: "ghp_secret" });
  assert.equal(created.git_username, "ada");
  assert.ok(!JSON.stringify(await all(gitCredentials.list())).includes("ghp_secret"));
  await gitCredentials.get({ credential_id: created.credential_id });
  assert.equal((await call("PATCH", `/api/2.0/git-credentials/${created.credential_id}`, { git_provider: "gitHub", git_username: "eve" })).status, 200);
  await gitCredentials.delete({ credential_id: created.credential_id });
  await refused(gitCredentials.get({ credential_id: created.credential_id }), 404, "RESOURCE_DOES_NOT_EXIST");
});
