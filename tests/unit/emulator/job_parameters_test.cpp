// SPDX-License-Identifier: Apache-2.0
// How parameters and {{...}} references reach tasks.
#include "emulator/jobs/run_parameters.hpp"
#include "jobs_bench.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

struct Parameters : JobsBench {
  // A job of one task, started; what its runner sees.
  Json seen(const std::string& kind, const Json& content, const Json& settings = Json::object(),
            const Json& with = Json::object()) {
    Json more = settings;
    more["name"] = "The job";
    last = run(Json{{"task_key", "t"}, {"existing_cluster_id", "c"}, {kind, content}}, more, with);
    Json task = runner.await("t").task;
    runner.finish("t");
    runner.awaitEnd(last);
    return task.at(kind);
  }
  std::string filled(const std::string& text) {
    return seen("spark_python_task", {{"python_file", "/x.py"}, {"parameters", Json::array({text})}})
        .at("parameters")[0];
  }
  Json defaults(const std::string& name, const std::string& value) {
    return {{"parameters", Json::array({{{"name", name}, {"default", value}}})}};
  }

  std::int64_t last = 0;
};

}  // namespace

TEST_CASE_METHOD(Parameters, "references tell a task about its run") {
  clock.advance(14h + 5min + 9s + 7ms);  // 2026-01-01, a Thursday
  auto pair = filled("{{job.id}} {{job_id}}");
  auto job = getRun(last).at("job_id").dump();
  CHECK(pair == job + " " + job);
  pair = filled("{{task.run_id}} {{run_id}}");
  auto taskRun = task(getRun(last), "t").at("run_id").dump();
  CHECK(pair == taskRun + " " + taskRun);
  pair = filled("{{job.run_id}} {{parent_run_id}}");
  CHECK(pair == std::to_string(last) + " " + std::to_string(last));
  pair = filled("{{job.start_time.timestamp_ms}} {{start_time}}");
  CHECK(pair == std::to_string(world.now()) + " " + std::to_string(world.now()));
  CHECK(filled("{{ job.name }}!") == "The job!");
  CHECK(filled("{{task.name}}/{{task_key}}") == "t/t");
  CHECK(filled("{{job.start_time.iso_date}} {{start_date}}") == "2026-01-01 2026-01-01");
  CHECK(filled("{{job.start_time.iso_datetime}}") == "2026-01-01T14:05:09.007Z");
  CHECK(filled("{{job.start_time.year}}-{{job.start_time.month}}-{{job.start_time.day}}") == "2026-1-1");
  CHECK(filled("{{job.start_time.hour}}:{{job.start_time.minute}}:{{job.start_time.second}}") == "14:5:9");
  CHECK(filled("{{job.start_time.iso_weekday}} {{job.start_time.is_weekday}}") == "4 true");
  CHECK(filled("{{job.trigger.type}}") == "one_time");
  CHECK(filled("{{job.repair_count}} {{task.execution_count}} {{task_retry_count}}") == "0 1 0");
  CHECK(filled("{{workspace.id}} {{workspace.url}}") == "123 http://here");
}

TEST_CASE_METHOD(Parameters, "a parameter may have any name, and a default a reference") {
  Json notebook{{"notebook_path", "/nb"},
                {"base_parameters", {{"task", "{{task.name}}"}, {"for_each_task", "{{task.name}}"}}}};
  auto parameters =
      seen("notebook_task", notebook, defaults("day", "{{job.start_time.iso_date}}")).at("base_parameters");
  CHECK(parameters == Json{{"task", "t"}, {"for_each_task", "t"}, {"day", "2026-01-01"}});
}

TEST_CASE_METHOD(Parameters, "what is no reference stays as it is") {
  for (std::string text : {"{{nothing}}", "{{job.parameters.none}}", "{{tasks.none.run_id}}", "{{job.start_time.era}}",
                           "{{", "}}", "{{}}", "{ {job.id} }", "{{job.id", "{{input}}"}) {
    INFO(text);
    CHECK(filled(text) == text);
  }
  CHECK(filled("{{{{task.name}}}}") == "{{t}}");
  CHECK(filled("{{x}} {{task.name}}") == "{{x}} t");
}

TEST_CASE_METHOD(Parameters, "a notebook gets base parameters, those of the run, and the job's above all") {
  Json notebook{{"notebook_path", "/nb"}, {"base_parameters", {{"a", "base"}, {"b", "base"}, {"c", "base"}}}};
  auto task =
      seen("notebook_task", notebook, defaults("c", "job"), {{"notebook_params", {{"b", "run"}, {"d", "run"}}}});
  CHECK(task.at("base_parameters") == Json{{"a", "base"}, {"b", "run"}, {"c", "job"}, {"d", "run"}});
  CHECK(getRun(last).at("overriding_parameters") == Json{{"notebook_params", {{"b", "run"}, {"d", "run"}}}});
}

TEST_CASE_METHOD(Parameters, "the job's parameters take what the run gives them") {
  Json settings{
      {"parameters",
       {{{"name", "table"}, {"default", "users"}}, {{"name", "day"}, {"default", "{{job.start_time.iso_date}}"}}}}};
  Json notebook{{"notebook_path", "/nb"}, {"base_parameters", {{"t", "{{job.parameters.table}}"}}}};
  auto task = seen("notebook_task", notebook, settings, {{"job_parameters", {{"table", "customers"}, {"more", "x"}}}});
  CHECK(task.at("base_parameters") ==
        Json{{"t", "customers"}, {"table", "customers"}, {"day", "2026-01-01"}, {"more", "x"}});
  auto shown = getRun(last, "&include_resolved_values=true");
  CHECK(shown.at("job_parameters") ==
        Json{{{"name", "table"}, {"default", "users"}, {"value", "customers"}},
             {{"name", "day"}, {"default", "{{job.start_time.iso_date}}"}, {"value", "{{job.start_time.iso_date}}"}},
             {{"name", "more"}, {"value", "x"}}});
  auto entry = JobsBench::task(shown, "t");
  CHECK(entry.at("resolved_values").at("notebook_task").at("base_parameters").at("t") == "customers");
  CHECK(entry.at("notebook_task").at("base_parameters").at("t") == "{{job.parameters.table}}");
  CHECK_FALSE(JobsBench::task(getRun(last), "t").contains("resolved_values"));
}

TEST_CASE_METHOD(Parameters, "each kind of task takes its own parameters of a run") {
  CHECK(seen("spark_python_task", {{"python_file", "/x.py"}, {"parameters", {"old"}}}, defaults("p", "q"),
             {{"python_params", {"new"}}})
            .at("parameters") == Json{"new"});
  Json wheel{{"package_name", "p"}, {"entry_point", "e"}};
  CHECK(seen("python_wheel_task", wheel, defaults("p", "q"), {{"python_params", {"new"}}}).at("parameters") ==
        Json{"new"});
  wheel["named_parameters"] = {{"a", "old"}, {"b", "old"}};
  CHECK(seen("python_wheel_task", wheel, defaults("p", "q"), {{"python_named_params", {{"b", "new"}}}})
            .at("named_parameters") == Json{{"a", "old"}, {"b", "new"}, {"p", "q"}});
  CHECK(seen("sql_task", {{"warehouse_id", "w"}, {"query", {{"query_id", "q"}}}}, defaults("p", "q"),
             {{"sql_params", {{"s", "t"}}}})
            .at("parameters") == Json{{"p", "q"}, {"s", "t"}});
}

TEST_CASE_METHOD(Parameters, "what run-now is given is checked") {
  auto job = create({{"tasks", {notebook("a")}}});
  auto refused = [&](Json body) {
    body["job_id"] = job;
    auto reply = post("/api/2.2/jobs/run-now", body);
    CHECK(reply.status == 400);
    return reply;
  };
  CHECK(refused({{"notebook_params", {{"a", "1"}}}, {"jar_params", {"x"}}}).message() ==
        "notebook_params cannot be specified in conjunction with jar_params.");
  CHECK(refused({{"notebook_params", {{"a", std::string(10'000, 'x')}}}}).message() ==
        "The JSON representation of notebook_params cannot exceed 10,000 bytes.");
  CHECK(refused({{"job_parameters", {{"a", std::string(10'000, 'x')}}}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(refused({{"notebook_params", {{"a", 1}}}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(refused({{"python_params", {"\xC3\xA4"}}}).message() == "python_params can only contain ASCII characters.");
  CHECK(refused({{"python_params", "x"}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(refused({{"queue", Json::object()}}).message() == "Missing required field: queue.enabled");
  CHECK(refused({{"only", {"b"}}}).message() == "Task b does not exist in the job.");
  CHECK(get("/api/2.2/jobs/runs/list").body == Json{{"has_more", false}});
  CHECK(post("/api/2.2/jobs/run-now", {{"job_id", create(Json::object())}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Parameters, "only[] picks tasks, and with a plus their neighbours") {
  Json settings{{"tasks", {notebook("a"), notebook("b", after({"a"})), notebook("c", after({"b"})), notebook("d")}}};
  auto chosen = [&](const Json& only) {
    std::string keys;
    auto picked = selectTasks(only.get<std::vector<std::string>>(), settings);
    REQUIRE(picked.has_value());
    for (const auto& key : *picked) keys += key;
    return keys;
  };
  CHECK(chosen({"c", "a"}) == "ac");
  CHECK(chosen({"+c"}) == "abc");
  CHECK(chosen({"a+"}) == "abc");
  CHECK(chosen({"+b+", "d"}) == "abcd");
  CHECK(chosen({"b"}) == "b");
  auto job = create(settings);
  auto id = runNow(job, {{"only", {"b+"}}});
  runner.finish("b");
  runner.finish("c");
  runner.awaitEnd(id);
  CHECK(getRun(id).at("tasks").size() == 2);
  CHECK(result(getRun(id)) == "SUCCESS");
}

TEST_CASE_METHOD(Parameters, "task values pass from task to task") {
  Json second{{"left", "{{tasks.a.values.rows}}"}, {"op", "GREATER_THAN"}, {"right", "10"}};
  Json parameters{
      {"notebook_path", "/nb"},
      {"base_parameters",
       {{"list", "{{tasks.a.values.list}}"}, {"state", "{{tasks.a.result_state}}"}, {"id", "{{tasks.a.run_id}}"}}}};
  auto id = run({notebook("a"), after({"a"}, {{"task_key", "if"}, {"condition_task", second}}),
                 notebook("b", {{"depends_on", Json::array({{{"task_key", "if"}, {"outcome", "true"}}})},
                                {"notebook_task", parameters}})});
  auto& host = runner.host("a");
  CHECK(host.setTaskValue("rows", 11));
  CHECK(host.setTaskValue("list", {1, "x"}));
  CHECK_FALSE(host.setTaskValue("long", std::string(50'000, 'x')));
  CHECK(host.taskValue("a", "rows") == Json(11));
  CHECK_FALSE(host.taskValue("a", "long").has_value());
  CHECK_FALSE(host.taskValue("b", "rows").has_value());
  auto a = runner.await("a").runId;
  runner.finish("a");
  auto seen = runner.await("b").task.at("notebook_task").at("base_parameters");
  CHECK(seen == Json{{"list", R"([1,"x"])"}, {"state", "success"}, {"id", std::to_string(a)}});
  CHECK(task(getRun(id, "&include_resolved_values=true"), "if").at("resolved_values").at("condition_task").at("left") ==
        "11");
  CHECK(task(getRun(id), "if").at("condition_task").at("outcome") == "true");
  CHECK(runner.host("b").taskValue("a", "rows") == Json(11));
  runner.finish("b");
  runner.awaitEnd(id);
}

TEST_CASE_METHOD(Parameters, "a task learns where it is to run") {
  Json cluster{{"spark_version", "15.4.x-scala2.12"}, {"num_workers", 1}};
  auto id = run(
      {notebook("shared", {{"job_cluster_key", "j"}}), notebook("own", {{"new_cluster", cluster}}),
       notebook("old", {{"existing_cluster_id", "c"}}), notebook("env", {{"environment_key", "e"}}), notebook("none")},
      {{"job_clusters", {{{"job_cluster_key", "j"}, {"new_cluster", cluster}}}},
       {"environments", {{{"environment_key", "e"}, {"spec", {{"client", "2"}}}}}}});
  using Kind = TaskCompute::Kind;
  auto shared = runner.await("shared");
  CHECK(shared.compute.kind == Kind::NewCluster);
  CHECK(shared.compute.jobClusterKey == "j");
  CHECK(shared.compute.newCluster == cluster);
  CHECK(shared.runAs.name == "ada@example.com");
  CHECK(shared.jobRunId == id);
  auto own = runner.await("own");
  CHECK(own.compute.kind == Kind::NewCluster);
  CHECK(own.compute.jobClusterKey.empty());
  CHECK(runner.await("old").compute.clusterId == "c");
  auto env = runner.await("env");
  CHECK(env.compute.kind == Kind::Serverless);
  CHECK(env.compute.environment.at("spec").at("client") == "2");
  CHECK(runner.await("none").compute.kind == Kind::None);
  cancel(id);
  runner.awaitEnd(id);
}
