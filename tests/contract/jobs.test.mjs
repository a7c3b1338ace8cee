// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, raw, refused, sdk, startEmulator, until } from "./workspace.mjs";
import { wheel } from "./wheel.mjs";

const emulator = await startEmulator("--small-ids");
const { jobs, workspace, clusters, permissions, warehouses } = sdk(emulator);
const call = raw(emulator);
const home = "/Users/demo@example.com";
const base64 = (text) => Buffer.from(text).toString("base64");
const notebook = (name, text, language = "PYTHON") =>
  workspace.import({ path: `${home}/${name}`, format: "SOURCE", language, content: base64(text), overwrite: true });
const { cluster_id: clusterId } = await clusters.create({ cluster_name: "all", spark_version: "15.4.x-scala2.12", node_type_id: "Standard_DS3_v2", num_workers: 0 });
const ended = (run) => ["TERMINATED", "SKIPPED", "INTERNAL_ERROR"].includes(run.state.life_cycle_state);
const finish = (runId) => until(() => jobs.getRun({ run_id: runId }), ended);
const taskOf = (run, key) => run.tasks.filter((task) => task.task_key === key).at(-1);
const outputOf = (run, key) => jobs.getRunOutput({ run_id: taskOf(run, key).run_id });

test("definitions: create, get, list, reset, update, delete", async () => {
  const { job_id: id } = await jobs.create({
    name: "nightly",
    tags: { team: "x" },
    schedule: { quartz_cron_expression: "20 30 * * * ?", timezone_id: "Europe/London", pause_status: "PAUSED" },
    parameters: [{ name: "table", default: "users" }],
    tasks: [
      { task_key: "a", notebook_task: { notebook_path: `${home}/nb` }, existing_cluster_id: clusterId },
      { task_key: "b", depends_on: [{ task_key: "a" }], notebook_task: { notebook_path: `${home}/nb` }, existing_cluster_id: clusterId },
    ],
  });
  const job = await jobs.get({ job_id: id });
  assert.equal(job.settings.format, "MULTI_TASK");
  assert.equal(job.settings.max_concurrent_runs, 1);
  assert.equal(job.settings.tasks[0].run_if, "ALL_SUCCESS");
  assert.equal(job.creator_user_name, "demo@example.com");
  const [listed] = await all(jobs.list({ name: "NIGHTLY" }));
  assert.equal(listed.job_id, id);
  assert.equal(listed.settings.tasks, undefined);
  const [expanded] = await all(jobs.list({ name: "nightly", expand_tasks: true }));
  assert.equal(expanded.settings.tasks.length, 2);
  await jobs.update({ job_id: id, new_settings: { name: "renamed" }, fields_to_remove: ["schedule"] });
  const updated = await jobs.get({ job_id: id });
  assert.equal(updated.settings.name, "renamed");
  assert.equal(updated.settings.schedule, undefined);
  assert.equal(updated.settings.tasks.length, 2);
  await jobs.reset({ job_id: id, new_settings: { name: "reset", tasks: [{ task_key: "only", notebook_task: { notebook_path: `${home}/nb` }, existing_cluster_id: clusterId }] } });
  assert.equal((await jobs.get({ job_id: id })).settings.tags, undefined);
  await permissions.get({ request_object_type: "jobs", request_object_id: String(id) });
  await jobs.getPermissions({ job_id: String(id) });
  await jobs.getPermissionLevels({ job_id: String(id) });
  await jobs.setPermissions({ job_id: String(id), access_control_list: [{ user_name: "demo@example.com", permission_level: "IS_OWNER" }, { group_name: "users", permission_level: "CAN_VIEW" }] });
  await jobs.delete({ job_id: id });
  await refused(jobs.get({ job_id: id }), 400, "INVALID_PARAMETER_VALUE");
});

test("what no job can be", async () => {
  const task = { task_key: "a", notebook_task: { notebook_path: "/x" } };
  await refused(jobs.create({ tasks: [task, task] }), 400, "INVALID_PARAMETER_VALUE");
  await refused(jobs.create({ tasks: [{ ...task, depends_on: [{ task_key: "none" }] }] }), 400, "INVALID_PARAMETER_VALUE");
  await refused(jobs.create({ tasks: [{ task_key: "a" }] }), 400, "INVALID_PARAMETER_VALUE");
  await refused(jobs.create({ name: "x", schedule: { quartz_cron_expression: "nonsense", timezone_id: "UTC" }, tasks: [task] }), 400, "INVALID_PARAMETER_VALUE");
  await refused(jobs.runNow({ job_id: 1 }), 400, "INVALID_PARAMETER_VALUE");
  await refused(jobs.getRun({ run_id: 1 }), 400, "INVALID_PARAMETER_VALUE");
});

test("a Python notebook, a SQL task and a wheel", async () => {
  const built = wheel("shout", "import sys\n\ndef main():\n    print('ARGS', *sys.argv[1:])\n", "main");
  const upload = await call("PUT", `/api/2.0/fs/files/Volumes/main/default/data/${built.file}?overwrite=true`, built.bytes, { "Content-Type": "application/octet-stream" });
  assert.equal(upload.status, 204);
  await notebook("etl", [
    "# Databricks notebook source",
    "dbutils.widgets.text('day', 'none')",
    "# COMMAND ----------",
    "spark.createDataFrame([(1, 'a'), (2, 'b')], ['id', 'name']).write.mode('overwrite').saveAsTable('main.default.contract')",
    "dbutils.notebook.exit(dbutils.widgets.get('day'))",
  ].join("\n"));
  const { id: warehouse } = await warehouses.create({ name: "etl", cluster_size: "Small", warehouse_type: "PRO" });
  await workspace.import({ path: `${home}/count.sql`, format: "RAW", content: base64("SELECT count(*) AS n FROM main.default.contract"), overwrite: true });
  const { job_id: id } = await jobs.create({
    name: "etl",
    parameters: [{ name: "day", default: "monday" }],
    environments: [{ environment_key: "env", spec: { client: "2", dependencies: [`/Volumes/main/default/data/${built.file}`] } }],
    tasks: [
      { task_key: "load", notebook_task: { notebook_path: `${home}/etl` }, existing_cluster_id: clusterId },
      { task_key: "count", depends_on: [{ task_key: "load" }], sql_task: { warehouse_id: warehouse, file: { path: `${home}/count.sql`, source: "WORKSPACE" } } },
      { task_key: "shout", depends_on: [{ task_key: "count" }], environment_key: "env", python_wheel_task: { package_name: "shout", entry_point: "main", parameters: ["{{job.parameters.day}}", "{{task.name}}"] } },
    ],
  });
  const { run_id: runId } = await jobs.runNow({ job_id: id, job_parameters: { day: "tuesday" } });
  const run = await finish(runId);
  assert.equal(run.state.result_state, "SUCCESS", JSON.stringify(run.tasks.map((task) => [task.task_key, task.state])));
  assert.equal(run.status.termination_details.code, "SUCCESS");
  assert.equal((await outputOf(run, "load")).notebook_output.result, "tuesday");
  assert.match((await outputOf(run, "shout")).logs, /^ARGS tuesday shout$/m);
  assert.ok((await outputOf(run, "count")).sql_output);
  await refused(jobs.getRunOutput({ run_id: runId }), 400, "INVALID_PARAMETER_VALUE");
  const { views } = await jobs.exportRun({ run_id: taskOf(run, "load").run_id, views_to_export: "CODE" });
  assert.match(views[0].content, /__DATABRICKS_NOTEBOOK_MODEL/);
  assert.ok((await all(jobs.listRuns({ job_id: id }))).some((one) => one.run_id === runId));
});

test("a failure, who hears of it, and its repair", async () => {
  await notebook("flaky", "# Databricks notebook source\nif dbutils.widgets.get('fail') == 'yes':\n    1 / 0\n");
  await notebook("fine", "# Databricks notebook source\nprint('fine')\n");
  const onCluster = (key, path, more = {}) => ({ task_key: key, notebook_task: { notebook_path: `${home}/${path}`, base_parameters: { fail: "{{job.parameters.fail}}" } }, existing_cluster_id: clusterId, ...more });
  const { job_id: id } = await jobs.create({
    name: "flaky",
    parameters: [{ name: "fail", default: "yes" }],
    tasks: [
      onCluster("first", "flaky"),
      onCluster("next", "fine", { depends_on: [{ task_key: "first" }] }),
      onCluster("cleanup", "fine", { depends_on: [{ task_key: "first" }], run_if: "ALL_DONE" }),
      onCluster("alarm", "fine", { depends_on: [{ task_key: "first" }], run_if: "AT_LEAST_ONE_FAILED" }),
    ],
  });
  const { run_id: runId } = await jobs.runNow({ job_id: id });
  const run = await finish(runId);
  assert.equal(run.state.result_state, "FAILED");
  assert.equal(taskOf(run, "first").state.result_state, "FAILED");
  assert.equal(taskOf(run, "next").state.result_state, "UPSTREAM_FAILED");
  assert.equal(taskOf(run, "cleanup").state.result_state, "SUCCESS");
  assert.equal(taskOf(run, "alarm").state.result_state, "SUCCESS");
  assert.match((await outputOf(run, "first")).error, /ZeroDivisionError/);
  await jobs.repairRun({ run_id: runId, rerun_tasks: ["first", "next"], job_parameters: { fail: "no" } });
  const repaired = await finish(runId);
  assert.equal(repaired.state.result_state, "SUCCESS");
  const history = await jobs.getRun({ run_id: runId, include_history: true });
  assert.deepEqual(history.repair_history.map((one) => one.type), ["ORIGINAL", "REPAIR"]);
});

test("submit, cancel, delete a run", async () => {
  await notebook("long", "# Databricks notebook source\nimport time\ntime.sleep(600)\n");
  const submitted = await jobs.submit({ run_name: "once", idempotency_token: "contract-1", tasks: [{ task_key: "t", notebook_task: { notebook_path: `${home}/long` }, existing_cluster_id: clusterId }] });
  const runId = submitted.run_id;
  await until(() => jobs.getRun({ run_id: runId }), (run) => run.state.life_cycle_state === "RUNNING");
  await refused(jobs.deleteRun({ run_id: runId }), 400);
  await jobs.cancelRun({ run_id: runId });
  const run = await finish(runId);
  assert.equal(run.state.result_state, "CANCELED");
  await jobs.deleteRun({ run_id: runId });
  await refused(jobs.getRun({ run_id: runId }), 400, "INVALID_PARAMETER_VALUE");
});

test("runs beyond the limit are skipped, or wait in the queue", async () => {
  const settings = { name: "one at a time", max_concurrent_runs: 1, tasks: [{ task_key: "t", notebook_task: { notebook_path: `${home}/long` }, existing_cluster_id: clusterId }] };
  const { job_id: id } = await jobs.create(settings);
  await jobs.runNow({ job_id: id });
  const second = await finish((await jobs.runNow({ job_id: id })).run_id);
  assert.deepEqual([second.state.life_cycle_state, second.state.result_state], ["SKIPPED", "MAXIMUM_CONCURRENT_RUNS_REACHED"]);
  await jobs.update({ job_id: id, new_settings: { queue: { enabled: true } } });
  const third = (await jobs.runNow({ job_id: id })).run_id;
  const queued = await jobs.getRun({ run_id: third });
  assert.equal(queued.status.state, "QUEUED");
  await jobs.cancelAllRuns({ job_id: id, all_queued_runs: true });
  await finish(third);
  await jobs.delete({ job_id: id });
});

test("ids above 2^53 arrive whole without --small-ids", async () => {
  const other = await startEmulator();
  const ask = raw(other);
  const created = await ask("POST", "/api/2.1/jobs/create", { name: "big", tasks: [{ task_key: "t", condition_task: { op: "EQUAL_TO", left: "1", right: "1" } }] });
  assert.equal(created.status, 200);
  const run = await ask("POST", "/api/2.1/jobs/run-now", created.text);
  assert.ok(BigInt(/"run_id":\s*(\d+)/.exec(run.text)[1]) > 2n ** 53n);
});

test("the list that Power Tools asks for", async () => {
  const answer = await call("GET", "/api/2.1/jobs/list?limit=20&offset=0&expand_tasks=true");
  assert.equal(answer.status, 200);
  assert.ok(Array.isArray(answer.json.jobs));
});
