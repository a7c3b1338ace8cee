// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { raw, refused, sdk, startEmulator } from "./workspace.mjs";

const emulator = await startEmulator();
const { clusters, commandExecution } = sdk(emulator);
const call = raw(emulator);
const { cluster_id: clusterId } = await clusters.create({ cluster_name: "c", spark_version: "15.4.x-scala2.12", node_type_id: "Standard_DS3_v2", num_workers: 0 });

async function context(language = "python") {
  const created = await commandExecution.create({ clusterId, language });
  return (await created.wait()).id;
}

async function run(contextId, command, language = "python") {
  const executing = await commandExecution.execute({ clusterId, contextId, language, command });
  return executing.wait();
}

test("variables live as long as their context", async () => {
  const contextId = await context();
  await run(contextId, "x = 20");
  const { status, results } = await run(contextId, "print(x + 1)\nx + 2");
  assert.equal(status, "Finished");
  assert.equal(results.resultType, "text");
  assert.equal(results.data, "21\n22");
  assert.equal((await commandExecution.contextStatus({ clusterId, contextId })).status, "Running");
  await commandExecution.destroy({ clusterId, contextId });
  await refused(commandExecution.contextStatus({ clusterId, contextId }), 500);
});

test("tables come typed", async () => {
  const contextId = await context("sql");
  const { results } = await run(contextId, "SELECT 1 AS id, 'a' AS s, CAST(1.50 AS DECIMAL(12,2)) AS d, true AS b", "sql");
  assert.equal(results.resultType, "table");
  assert.deepEqual(results.data, [[1, "a", "1.50", true]]);
  assert.deepEqual(results.schema.map((one) => one.type), ['"integer"', '"string"', '"decimal(12,2)"', '"boolean"']);
});

test("an error of the code is a finished command", async () => {
  const contextId = await context();
  const { status, results } = await run(contextId, "1 / 0");
  assert.equal(status, "Finished");
  assert.equal(results.resultType, "error");
  assert.match(results.summary, /ZeroDivisionError/);
  assert.match(results.cause, /division by zero/);
});

test("a cancelled command ends", async () => {
  const contextId = await context();
  const executing = await commandExecution.execute({ clusterId, contextId, language: "python", command: "import time\ntime.sleep(600)" });
  await commandExecution.cancel({ clusterId, contextId, commandId: executing.id });
  // The SDK's own wait reads results.cause, which is null until the command has ended: so we ask ourselves.
  let status;
  do {
    ({ status } = await commandExecution.commandStatus({ clusterId, contextId, commandId: executing.id }));
  } while (status === "Running" || status === "Cancelling");
  assert.equal(status, "Cancelled");
});

test("old spellings", async () => {
  const contextId = await context();
  const status = await call("GET", `/api/1.2/contexts/status?clusterId=${clusterId}&contextId=${contextId}`);
  assert.equal(status.json.status, "Running");
  const form = new FormData();
  for (const [name, value] of Object.entries({ clusterId, contextId, language: "python" })) form.set(name, value);
  form.set("command", new Blob(["print('from a file')"]), "command.py");
  const response = await fetch(`${emulator.host}/api/1.2/commands/execute`, { method: "POST", body: form, headers: { Authorization: `Bearer ${emulator.token}` } });
  assert.equal(response.status, 200);
  const listed = await call("GET", "/api/1.2/clusters/list");
  assert.ok(listed.json.some((one) => one.id === clusterId));
});
