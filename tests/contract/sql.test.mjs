// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, raw, refused, sdk, startEmulator, until } from "./workspace.mjs";

const emulator = await startEmulator();
const { warehouses, statementExecution, queries, alerts, queryHistory, dataSources } = sdk(emulator);
const call = raw(emulator);

async function warehouse() {
  return (await warehouses.create({ name: `w${Math.random()}`, cluster_size: "Small", warehouse_type: "PRO", auto_stop_mins: 10 })).id;
}

test("warehouses", async () => {
  const id = await warehouse();
  assert.match(id, /^[0-9a-f]{16}$/);
  assert.equal((await warehouses.get({ id })).cluster_size, "Small");
  await warehouses.stop({ id });
  await warehouses.start({ id });
  await warehouses.start({ id }); // idempotent
  await warehouses.edit({ id, name: "edited", cluster_size: "Medium" });
  assert.ok((await all(warehouses.list({}))).some((one) => one.id === id && one.name === "edited"));
  assert.ok(Array.isArray((await call("GET", "/api/2.0/preview/sql/data_sources")).json));
  assert.equal((await call("GET", "/api/2.0/sql/endpoints")).status, 200);
  await warehouses.getPermissions({ warehouse_id: id });
  await warehouses.delete({ id });
  await refused(warehouses.get({ id }), 404);
});

test("statements", async () => {
  const id = await warehouse();
  const first = await statementExecution.executeStatement({ warehouse_id: id, statement: "SELECT 1 AS id, 'x' AS s, CAST(NULL AS STRING) AS n", wait_timeout: "30s" });
  const answer = await until(() => statementExecution.getStatement({ statement_id: first.statement_id }), (one) => !["PENDING", "RUNNING"].includes(one.status.state));
  assert.equal(answer.status.state, "SUCCEEDED");
  assert.deepEqual(answer.result.data_array, [["1", "x", null]]);
  assert.deepEqual(answer.manifest.schema.columns.map((one) => one.name), ["id", "s", "n"]);
  await statementExecution.getStatementResultChunkN({ statement_id: first.statement_id, chunk_index: 0 });
  const failed = await statementExecution.executeStatement({ warehouse_id: id, statement: "SELECT * FROM nowhere", wait_timeout: "30s" });
  const why = await until(() => statementExecution.getStatement({ statement_id: failed.statement_id }), (one) => !["PENDING", "RUNNING"].includes(one.status.state));
  assert.equal(why.status.state, "FAILED");
  assert.match(why.status.error.message, /TABLE_OR_VIEW_NOT_FOUND/);
  await statementExecution.cancelExecution({ statement_id: failed.statement_id });
  await refused(statementExecution.executeStatement({ warehouse_id: id, statement: "SELECT 1", wait_timeout: "3s" }), 400, "INVALID_PARAMETER_VALUE");
  await refused(statementExecution.getStatement({ statement_id: "01ef0000-0000-0000-0000-000000000000" }), 404);
});

test("queries and alerts", async () => {
  const id = await warehouse();
  const query = await queries.create({ query: { display_name: "q", query_text: "SELECT 1", warehouse_id: id } });
  assert.equal((await queries.get({ id: query.id })).query_text, "SELECT 1");
  assert.ok((await all(queries.list({}))).some((one) => one.id === query.id));
  await queries.delete({ id: query.id });
  await all(alerts.list({}));
  await queryHistory.list({});
});
