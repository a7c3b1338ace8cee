// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, raw, refused, sdk, startEmulator } from "./workspace.mjs";

const emulator = await startEmulator("--small-ids");
const { clusters, libraries, permissions } = sdk(emulator);
const call = raw(emulator);

async function create(fields = {}) {
  const spec = { cluster_name: "c", spark_version: "15.4.x-scala2.12", node_type_id: "Standard_DS3_v2", num_workers: 1 };
  return (await clusters.create({ ...spec, ...fields })).cluster_id;
}

test("what clusters can be made of", async () => {
  const { versions } = await clusters.sparkVersions();
  assert.ok(versions.some((one) => one.key === "15.4.x-scala2.12"));
  const { node_types: types } = await clusters.listNodeTypes();
  assert.ok(types.every((one) => one.memory_mb > 0 && one.num_cores > 0));
  await clusters.listZones();
  assert.match(await clusters.selectSparkVersion({ longTermSupport: true }), /^\d+\.\d+\.x-scala2\.1\d$/);
  assert.match(await clusters.selectNodeType({ minMemoryGb: 8 }), /\S/);
});

test("the life of a cluster", async () => {
  const id = await create({ cluster_name: "life", autotermination_minutes: 30, custom_tags: { team: "x" } });
  assert.match(id, /^\d{4}-\d{6}-[a-z0-9]{8}$/);
  const details = await clusters.get({ cluster_id: id });
  assert.equal(details.cluster_name, "life");
  assert.equal(details.creator_user_name, "demo@example.com");
  const waiting = await clusters.restart({ cluster_id: id });
  assert.equal((await waiting.wait()).state, "RUNNING");
  await clusters.edit({ cluster_id: id, cluster_name: "edited", spark_version: "15.4.x-scala2.12", node_type_id: "Standard_DS3_v2", num_workers: 2 });
  const edited = await clusters.get({ cluster_id: id });
  assert.equal(edited.cluster_name, "edited");
  assert.equal(edited.num_workers, 2);
  assert.equal(edited.custom_tags, undefined, "an edit replaces everything");
  await clusters.update({ cluster_id: id, update_mask: "cluster_name", cluster: { cluster_name: "updated" } });
  assert.equal((await clusters.get({ cluster_id: id })).cluster_name, "updated");
  await clusters.resize({ cluster_id: id, num_workers: 3 });
  await clusters.delete({ cluster_id: id });
  const ended = await clusters.get({ cluster_id: id });
  assert.equal(ended.state, "TERMINATED");
  assert.equal(ended.termination_reason.code, "USER_REQUEST");
  await clusters.changeOwner({ cluster_id: id, owner_username: "demo@example.com" });
  await clusters.start({ cluster_id: id });
  const events = await all(clusters.events({ cluster_id: id, order: "ASC" }));
  assert.equal(events[0].type, "CREATING");
  for (const type of ["EDITED", "TERMINATING", "STARTING"]) assert.ok(events.some((one) => one.type === type), type);
  await clusters.permanentDelete({ cluster_id: id });
  const error = await refused(clusters.get({ cluster_id: id }), 400, "INVALID_PARAMETER_VALUE");
  assert.match(error.message, /does not exist/);
});

test("what is not allowed says so", async () => {
  const id = await create();
  await refused(clusters.start({ cluster_id: id }), 400, "INVALID_STATE");
  await refused(clusters.create({ cluster_name: "x" }), 400, "INVALID_PARAMETER_VALUE");
  await refused(clusters.create({ spark_version: "1.x", node_type_id: "Standard_DS3_v2" }), 400, "INVALID_PARAMETER_VALUE");
  await clusters.pin({ cluster_id: id });
  await refused(clusters.permanentDelete({ cluster_id: id }), 400);
  await clusters.unpin({ cluster_id: id });
  await clusters.permanentDelete({ cluster_id: id });
});

test("lists page, filter and sort", async () => {
  const ids = [];
  for (let i = 0; i < 5; ++i) ids.push(await create({ cluster_name: `page ${i}` }));
  const listed = await all(clusters.list({ page_size: 2 }));
  for (const id of ids) assert.ok(listed.some((one) => one.cluster_id === id));
  assert.equal(new Set(listed.map((one) => one.cluster_id)).size, listed.length, "nothing comes twice");
  assert.ok(listed.every((one) => one.spec === undefined), "a list leaves spec out");
  await clusters.delete({ cluster_id: ids[0] });
  const running = await all(clusters.list({ filter_by: { cluster_states: ["RUNNING"] }, page_size: 100 }));
  assert.ok(!running.some((one) => one.cluster_id === ids[0]));
  const legacy = await call("GET", "/api/2.0/clusters/list?");
  assert.equal(legacy.json.clusters.length, listed.length);
  for (const id of ids) await clusters.permanentDelete({ cluster_id: id });
});

test("libraries", async () => {
  const id = await create();
  await libraries.install({ cluster_id: id, libraries: [{ pypi: { package: "json5" } }, { jar: "dbfs:/x.jar" }] });
  const status = await all(libraries.clusterStatus({ cluster_id: id }));
  assert.equal(status.length, 2);
  assert.ok((await all(libraries.allClusterStatuses())).length >= 1);
  await libraries.uninstall({ cluster_id: id, libraries: [{ jar: "dbfs:/x.jar" }] });
  await refused(libraries.install({ cluster_id: "nope", libraries: [{ jar: "dbfs:/x.jar" }] }), 400);
  await clusters.permanentDelete({ cluster_id: id });
});

test("permissions of a cluster", async () => {
  const id = await create();
  await clusters.getPermissionLevels({ cluster_id: id });
  const levels = await permissions.getPermissionLevels({ request_object_type: "clusters", request_object_id: id });
  assert.ok(levels.permission_levels.some((one) => one.permission_level === "CAN_RESTART"));
  await clusters.setPermissions({ cluster_id: id, access_control_list: [{ group_name: "users", permission_level: "CAN_ATTACH_TO" }] });
  const now = await clusters.getPermissions({ cluster_id: id });
  assert.ok(now.access_control_list.some((one) => one.group_name === "users"));
  await permissions.get({ request_object_type: "clusters", request_object_id: id });
  await permissions.set({ request_object_type: "clusters", request_object_id: id, access_control_list: [] });
  const patched = await call("PATCH", `/api/2.0/permissions/clusters/${id}`, {
    access_control_list: [{ group_name: "users", permission_level: "CAN_RESTART" }],
  });
  assert.equal(patched.status, 200);
  await clusters.permanentDelete({ cluster_id: id });
});
