// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, refused, sdk, startEmulator } from "./workspace.mjs";

const emulator = await startEmulator();
const workspace = sdk(emulator).workspace;
const home = "/Users/demo@example.com";
const base64 = (text) => Buffer.from(text).toString("base64");

test("create, read, list, change, delete", async () => {
  await workspace.mkdirs({ path: `${home}/a/b` });
  await workspace.import({ path: `${home}/a/nb`, format: "SOURCE", language: "PYTHON", content: base64("print(1)") });
  const [folder, notebook] = await all(workspace.list({ path: `${home}/a` }));
  assert.equal(folder.object_type, "DIRECTORY");
  assert.equal(notebook.language, "PYTHON");
  const exported = await workspace.export({ path: `${home}/a/nb`, format: "SOURCE" });
  assert.match(Buffer.from(exported.content, "base64").toString(), /^# Databricks notebook source\nprint\(1\)/);
  await workspace.import({ path: `${home}/a/nb`, format: "SOURCE", language: "PYTHON", content: base64("2"), overwrite: true });
  assert.equal((await workspace.getStatus({ path: `${home}/a/nb` })).object_id, notebook.object_id);
  await workspace.delete({ path: `${home}/a`, recursive: true });
  await refused(workspace.getStatus({ path: `${home}/a` }), 404, "RESOURCE_DOES_NOT_EXIST");
});
