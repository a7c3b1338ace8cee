// SPDX-License-Identifier: Apache-2.0
// Pipelines, dashboards and apps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, raw, refused, sdk, startEmulator, until } from "./workspace.mjs";

const emulator = await startEmulator();
const { pipelines, lakeview, apps, genie } = sdk(emulator);
const call = raw(emulator);

test("pipelines", async () => {
  const { pipeline_id: id } = await pipelines.create({ name: "p", libraries: [{ notebook: { path: "/Users/demo@example.com/p" } }] });
  assert.equal((await pipelines.get({ pipeline_id: id })).state, "IDLE");
  assert.ok((await all(pipelines.listPipelines({ filter: "name LIKE '%p%'" }))).some((one) => one.pipeline_id === id));
  await refused(pipelines.create({ name: "p" }), 409);
  const { update_id: update } = await pipelines.startUpdate({ pipeline_id: id });
  await pipelines.getUpdate({ pipeline_id: id, update_id: update });
  assert.ok((await pipelines.listUpdates({ pipeline_id: id })).updates.length >= 1);
  await pipelines.stop({ pipeline_id: id });
  assert.ok((await all(pipelines.listPipelineEvents({ pipeline_id: id }))).length >= 1);
  await pipelines.update({ pipeline_id: id, name: "renamed", libraries: [{ notebook: { path: "/x" } }] });
  await pipelines.getPermissions({ pipeline_id: id });
  await pipelines.delete({ pipeline_id: id });
  await refused(pipelines.get({ pipeline_id: id }), 404);
});

test("dashboards", async () => {
  const dashboard = await lakeview.create({ dashboard: { display_name: "d", parent_path: "/Users/demo@example.com", serialized_dashboard: JSON.stringify({ pages: [{ displayName: "one" }] }) } });
  const id = dashboard.dashboard_id;
  assert.match(id, /^[0-9a-f]{32}$/);
  await lakeview.get({ dashboard_id: id });
  assert.ok((await all(lakeview.list({}))).some((one) => one.dashboard_id === id));
  await refused(lakeview.getPublished({ dashboard_id: id }), 404);
  await lakeview.publish({ dashboard_id: id });
  await lakeview.getPublished({ dashboard_id: id });
  await lakeview.unpublish({ dashboard_id: id });
  const schedule = await lakeview.createSchedule({ dashboard_id: id, schedule: { cron_schedule: { quartz_cron_expression: "0 0 8 * * ?", timezone_id: "UTC" } } });
  const scheduled = { dashboard_id: id, schedule_id: schedule.schedule_id };
  assert.equal((await lakeview.getSchedule(scheduled)).etag, schedule.etag);
  assert.equal((await lakeview.updateSchedule({ ...scheduled, schedule: { ...schedule, pause_status: "PAUSED" } })).pause_status, "PAUSED");
  assert.ok((await all(lakeview.listSchedules({ dashboard_id: id }))).some((one) => one.schedule_id === schedule.schedule_id));
  const subscription = await lakeview.createSubscription({ ...scheduled, subscription: { subscriber: { user_subscriber: { user_id: 1 } } } });
  assert.ok((await all(lakeview.listSubscriptions(scheduled))).length === 1);
  await lakeview.deleteSubscription({ ...scheduled, subscription_id: subscription.subscription_id });
  await lakeview.deleteSchedule(scheduled);
  await lakeview.trash({ dashboard_id: id });
  await genie.listSpaces({});
});

test("apps", async () => {
  await apps.create({ app: { name: "hello" } });
  const app = await until(() => apps.get({ name: "hello" }), (one) => one.compute_status.state === "ACTIVE");
  assert.equal(app.name, "hello");
  await refused(apps.create({ app: { name: "hello" } }), 409, "RESOURCE_ALREADY_EXISTS");
  await refused(apps.create({ app: { name: "Bad Name" } }), 400);
  assert.ok((await all(apps.list({}))).some((one) => one.name === "hello"));
  const deployed = await (await apps.deploy({ app_name: "hello", app_deployment: { source_code_path: "/Workspace/Shared", mode: "SNAPSHOT" } })).wait();
  assert.equal(deployed.status.state, "SUCCEEDED");
  assert.equal((await apps.get({ name: "hello" })).app_status.state, "RUNNING");
  assert.deepEqual((await all(apps.listDeployments({ app_name: "hello" }))).map((one) => one.deployment_id), [deployed.deployment_id]);
  await apps.getDeployment({ app_name: "hello", deployment_id: deployed.deployment_id });
  await apps.stop({ name: "hello" });
  await apps.delete({ name: "hello" });
  await refused(apps.get({ name: "hello" }), 404);
});
