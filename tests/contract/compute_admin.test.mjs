// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, refused, sdk, startEmulator } from "./workspace.mjs";

const emulator = await startEmulator();
const { clusterPolicies, instancePools, policyFamilies, clusters } = sdk(emulator);

test("policies", async () => {
  const definition = JSON.stringify({ num_workers: { type: "range", maxValue: 2 }, "custom_tags.team": { type: "fixed", value: "x" } });
  const { policy_id: id } = await clusterPolicies.create({ name: "small", definition });
  assert.equal((await clusterPolicies.get({ policy_id: id })).definition, definition);
  assert.ok((await all(clusterPolicies.list({ sort_column: "POLICY_NAME" }))).some((one) => one.policy_id === id));
  await refused(clusterPolicies.create({ name: "small", definition }), 400, "INVALID_PARAMETER_VALUE");
  const spec = { cluster_name: "c", spark_version: "15.4.x-scala2.12", node_type_id: "Standard_DS3_v2", policy_id: id };
  await refused(clusters.create({ ...spec, num_workers: 9, custom_tags: { team: "x" } }), 400, "INVALID_PARAMETER_VALUE");
  await clusters.create({ ...spec, num_workers: 1, custom_tags: { team: "x" } });
  await clusterPolicies.edit({ policy_id: id, name: "smaller", definition });
  await clusterPolicies.getPermissions({ cluster_policy_id: id });
  await clusterPolicies.getPermissionLevels({ cluster_policy_id: id });
  await clusterPolicies.delete({ policy_id: id });
  await refused(clusterPolicies.get({ policy_id: id }), 404, "RESOURCE_DOES_NOT_EXIST");
  const families = await all(policyFamilies.list({}));
  await policyFamilies.get({ policy_family_id: families[0].policy_family_id });
});

test("pools", async () => {
  const { instance_pool_id: id } = await instancePools.create({ instance_pool_name: "p", node_type_id: "Standard_DS3_v2", min_idle_instances: 0, max_capacity: 3 });
  assert.equal((await instancePools.get({ instance_pool_id: id })).state, "ACTIVE");
  assert.ok((await all(instancePools.list())).some((one) => one.instance_pool_id === id));
  await instancePools.edit({ instance_pool_id: id, instance_pool_name: "q", node_type_id: "Standard_DS3_v2" });
  await instancePools.getPermissions({ instance_pool_id: id });
  await instancePools.delete({ instance_pool_id: id });
  await refused(instancePools.get({ instance_pool_id: id }), 404);
});
