// SPDX-License-Identifier: Apache-2.0
// Who may do what, through each service's own spelling of it; and what only administrators do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, raw, refused, sdk, startEmulator } from "./workspace.mjs";

const emulator = await startEmulator();
const client = sdk(emulator);
const call = raw(emulator);

// The three calls that the SDK can make (it sends PATCH without a body), on one object.
async function permissionsOf(service, object, level, owner = []) {
  const { permission_levels: levels } = await service.getPermissionLevels(object);
  assert.ok(levels.some((one) => one.permission_level === level), `${JSON.stringify(levels)} has no ${level}`);
  const set = await service.setPermissions({ ...object, access_control_list: [{ group_name: "users", permission_level: level }, ...owner] });
  const got = await service.getPermissions(object);
  for (const { access_control_list: list } of [set, got]) {
    const users = list.find((one) => one.group_name === "users");
    assert.deepEqual(users.all_permissions.filter((one) => !one.inherited), [{ permission_level: level, inherited: false }]);
    assert.ok(list.some((one) => one.group_name === "admins"));
  }
  await refused(service.setPermissions({ ...object, access_control_list: [{ group_name: "users", permission_level: "CAN_FLY" }, ...owner] }), 400);
  await refused(service.setPermissions({ ...object, access_control_list: [{ group_name: "nobody", permission_level: level }, ...owner] }), 404);
}

const owner = [{ user_name: "demo@example.com", permission_level: "IS_OWNER" }]; // some objects have exactly one

test("permissions of compute", async () => {
  const { instance_pool_id: pool } = await client.instancePools.create({ instance_pool_name: "p", node_type_id: "Standard_DS3_v2" });
  await permissionsOf(client.instancePools, { instance_pool_id: pool }, "CAN_ATTACH_TO");
  const { policy_id: policy } = await client.clusterPolicies.create({ name: "p", definition: "{}" });
  await permissionsOf(client.clusterPolicies, { cluster_policy_id: policy }, "CAN_USE");
  const { cluster_id: cluster } = await client.clusters.create({ spark_version: "15.4.x-scala2.12", node_type_id: "Standard_DS3_v2", num_workers: 0 });
  await permissionsOf(client.clusters, { cluster_id: cluster }, "CAN_RESTART");
  const { id: warehouse } = await client.warehouses.create({ name: "w", cluster_size: "2X-Small" });
  await permissionsOf(client.warehouses, { warehouse_id: warehouse }, "CAN_USE", owner);
});

test("permissions of what runs", async () => {
  const { job_id: job } = JSON.parse((await call("POST", "/api/2.2/jobs/create", { name: "j" })).text, (key, value, context) => (key === "job_id" ? context.source : value));
  const levels = await call("GET", `/api/2.0/permissions/jobs/${job}/permissionLevels`); // an id above 2^53
  assert.ok(levels.json.permission_levels.some((one) => one.permission_level === "CAN_MANAGE_RUN"));
  const { pipeline_id: pipeline } = await client.pipelines.create({ name: "p" });
  await permissionsOf(client.pipelines, { pipeline_id: pipeline }, "CAN_VIEW", owner);
  await client.apps.create({ app: { name: "hello" } });
  await permissionsOf(client.apps, { app_name: "hello" }, "CAN_USE");
});

test("permissions of places in the workspace", async () => {
  await client.workspace.mkdirs({ path: "/Shared/place" });
  const { object_id: id } = await client.workspace.getStatus({ path: "/Shared/place" });
  await permissionsOf(client.workspace, { workspace_object_type: "directories", workspace_object_id: String(id) }, "CAN_EDIT");
});

test("tokens of others", async () => {
  await client.tokenManagement.getPermissionLevels();
  const list = [{ group_name: "users", permission_level: "CAN_USE" }, { group_name: "admins", permission_level: "CAN_MANAGE" }];
  await client.tokenManagement.setPermissions({ access_control_list: list });
  assert.ok((await client.tokenManagement.getPermissions()).access_control_list.length >= 2);
  const robot = (await call("POST", "/api/2.0/preview/scim/v2/ServicePrincipals", { displayName: "robot" })).json;
  const { token_value: value, token_info: info } = await client.tokenManagement.createOboToken({ application_id: robot.applicationId, comment: "for the robot" });
  const robots = raw({ ...emulator, token: value });
  assert.equal((await robots("GET", "/api/2.0/preview/scim/v2/Me")).json.displayName, "robot");
  await client.tokenManagement.delete({ token_id: info.token_id });
  assert.equal((await robots("GET", "/api/2.0/preview/scim/v2/Me")).status, 403);
});

test("lists that administrators keep", async () => {
  const list = await client.ipAccessLists.create({ label: "l", list_type: "BLOCK", ip_addresses: ["1.2.3.4"] });
  const id = list.ip_access_list.list_id;
  await client.ipAccessLists.replace({ ip_access_list_id: id, label: "l2", list_type: "BLOCK", ip_addresses: ["1.2.3.0/24"], enabled: true });
  assert.equal((await client.ipAccessLists.get({ ip_access_list_id: id })).ip_access_list.label, "l2");
  const profile = { instance_profile_arn: "arn:aws:iam::123456789012:instance-profile/p" };
  await client.instanceProfiles.add({ ...profile, skip_validation: true });
  await client.instanceProfiles.edit({ ...profile, is_meta_instance_profile: true });
  assert.ok((await all(client.instanceProfiles.list())).some((one) => one.instance_profile_arn === profile.instance_profile_arn));
  await client.instanceProfiles.remove(profile);
  assert.equal((await all(client.instanceProfiles.list())).length, 0);
});
