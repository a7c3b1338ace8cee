// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, raw, refused, sdk, startEmulator, until } from "./workspace.mjs";

const emulator = await startEmulator();
const { catalogs, schemas, tables, volumes, functions, grants, metastores, registeredModels, modelVersions, connections, externalLocations, storageCredentials, clusters, commandExecution } = sdk(emulator);
const call = raw(emulator);

test("catalogs and schemas", async () => {
  assert.ok((await all(catalogs.list({ max_results: 0 }))).some((one) => one.name === "main"));
  const created = await catalogs.create({ name: "Mine", comment: "c" });
  assert.equal(created.name, "mine");
  await schemas.create({ name: "s", catalog_name: "mine" });
  assert.ok((await all(schemas.list({ catalog_name: "mine", max_results: 0 }))).some((one) => one.full_name === "mine.s"));
  await schemas.get({ full_name: "mine.s" });
  await refused(catalogs.create({ name: "mine" }), 400);
  await refused(catalogs.create({ name: "a b" }), 400, "INVALID_PARAMETER_VALUE");
  assert.equal((await call("PATCH", "/api/2.1/unity-catalog/catalogs/mine", { comment: "d" })).json.comment, "d");
  await refused(catalogs.delete({ name: "mine" }), 400);
  await schemas.delete({ full_name: "mine.s" });
  await catalogs.delete({ name: "mine", force: true });
  await refused(catalogs.get({ name: "mine" }), 404, "CATALOG_DOES_NOT_EXIST");
});

test("tables that SQL made", async () => {
  const { cluster_id: clusterId } = await clusters.create({ cluster_name: "c", spark_version: "15.4.x-scala2.12", node_type_id: "Standard_DS3_v2", num_workers: 0 });
  const { id: contextId } = await (await commandExecution.create({ clusterId, language: "sql" })).wait();
  const { id } = await commandExecution.execute({ clusterId, contextId, language: "sql", command: "CREATE TABLE main.default.made (id BIGINT, name STRING)" });
  await until(() => commandExecution.commandStatus({ clusterId, contextId, commandId: id }), (one) => one.status === "Finished");
  assert.ok((await all(tables.list({ catalog_name: "main", schema_name: "default", max_results: 0 }))).some((one) => one.name === "made"));
  const made = await tables.get({ full_name: "main.default.made" });
  assert.deepEqual(made.columns.map((one) => [one.name, one.type_text, one.type_name]), [["id", "bigint", "LONG"], ["name", "string", "STRING"]]);
  assert.equal(JSON.parse(made.columns[0].type_json).type, "long");
  assert.equal((await tables.exists({ full_name: "main.default.made" })).table_exists, true);
  assert.ok((await all(tables.listSummaries({ catalog_name: "main" }))).some((one) => one.full_name === "main.default.made"));
  await tables.delete({ full_name: "main.default.made" });
  await refused(tables.get({ full_name: "main.default.made" }), 404);
});

test("tables that the API made, and those of information_schema", async () => {
  const made = await tables.create({ catalog_name: "main", schema_name: "default", name: "outside", table_type: "EXTERNAL", data_source_format: "DELTA", storage_location: "abfss://files@account.dfs.core.windows.net/outside", columns: [{ name: "id", type_text: "bigint", type_name: "LONG", position: 0 }] });
  assert.equal(made.table_type, "EXTERNAL");
  assert.equal(made.columns[0].type_name, "LONG");
  await tables.delete({ full_name: "main.default.outside" });
  assert.ok((await all(tables.list({ catalog_name: "main", schema_name: "information_schema", max_results: 0 }))).some((one) => one.name === "tables"));
  assert.equal((await tables.get({ full_name: "main.information_schema.tables" })).table_type, "VIEW");
});

test("models, their versions and aliases", async () => {
  const full_name = "main.default.churn";
  await registeredModels.create({ catalog_name: "main", schema_name: "default", name: "churn" });
  const made = await call("POST", "/api/2.0/mlflow/unity-catalog/model-versions/create", { name: full_name, source: "dbfs:/model" });
  assert.equal(made.json.model_version.version, "1");
  assert.equal((await modelVersions.get({ full_name, version: 1 })).status, "PENDING_REGISTRATION");
  await call("POST", "/api/2.0/mlflow/unity-catalog/model-versions/finalize", { name: full_name, version: "1" });
  assert.equal((await registeredModels.setAlias({ full_name, alias: "champion", version_num: 1 })).version_num, 1);
  assert.equal((await modelVersions.getByAlias({ full_name, alias: "champion", include_aliases: true })).aliases[0].alias_name, "champion");
  assert.equal((await registeredModels.get({ full_name, include_aliases: true })).aliases.length, 1);
  assert.deepEqual((await all(modelVersions.list({ full_name }))).map((one) => one.status), ["READY"]);
  await registeredModels.deleteAlias({ full_name, alias: "champion" });
  await modelVersions.delete({ full_name, version: 1 });
  await refused(modelVersions.get({ full_name, version: 1 }), 404, "RESOURCE_DOES_NOT_EXIST");
  await registeredModels.delete({ full_name });
});

test("volumes, functions, grants and the rest", async () => {
  const volume = await volumes.create({ catalog_name: "main", schema_name: "default", name: "vol", volume_type: "MANAGED" });
  assert.equal(volume.full_name, "main.default.vol");
  await volumes.read({ name: "main.default.vol" });
  assert.ok((await all(volumes.list({ catalog_name: "main", schema_name: "default" }))).some((one) => one.name === "vol"));
  await volumes.delete({ name: "main.default.vol" });
  await all(functions.list({ catalog_name: "main", schema_name: "default" }));
  await grants.get({ securable_type: "catalog", full_name: "main" });
  const changed = await call("PATCH", "/api/2.1/unity-catalog/permissions/catalog/main", { changes: [{ principal: "users", add: ["USE_CATALOG"] }] });
  assert.equal(changed.status, 200);
  await grants.getEffective({ securable_type: "catalog", full_name: "main" });
  await metastores.current();
  await metastores.summary();
  await all(registeredModels.list({ catalog_name: "main", schema_name: "default" }));
  await all(connections.list({}));
  await all(externalLocations.list({}));
  await all(storageCredentials.list({}));
});

test("pages may be empty and still have a token", async () => {
  const capped = raw(await startEmulator("--page-cap", "1"));
  const names = [];
  let empty = 0;
  for (let token = ""; token !== undefined; ) {
    const page = (await capped("GET", `/api/2.1/unity-catalog/catalogs?max_results=0&page_token=${encodeURIComponent(token)}`)).json;
    if (!page.catalogs) empty += 1;
    names.push(...(page.catalogs ?? []).map((one) => one.name));
    token = page.next_page_token;
  }
  assert.ok(empty >= 1, "the SDK for JavaScript stops at such a page, so it is asked for here only");
  assert.ok(names.includes("main") && names.includes("hive_metastore"));
});
