// SPDX-License-Identifier: Apache-2.0
// What is asked of the parts of a job: clusters, serverless compute, sources, notifications; and of query numbers.
#include "command_context.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct Rules {
  WorkspaceClient client{sharedEmulator()};

  static Json cluster(const Json& more = Json::object()) {
    Json cluster{{"spark_version", "15.4.x-scala2.12"}, {"node_type_id", "Standard_DS3_v2"}, {"num_workers", 1}};
    cluster.update(more);
    return cluster;
  }
  static Json task(Json more = Json::object()) {
    more["task_key"] = "a";
    if (!more.contains("spark_python_task") && !more.contains("python_wheel_task"))
      more["notebook_task"]["notebook_path"] = "/x";
    return more;
  }
  static Json job(const Json& task) { return {{"tasks", {task}}}; }
  Reply create(const Json& settings) { return client.post("/api/2.2/jobs/create", settings); }
  void refused(const Json& settings, const std::string& part = "") {
    for (auto address : {"/api/2.2/jobs/create", "/api/2.2/jobs/runs/submit"}) {
      auto reply = client.post(address, settings);
      INFO(settings.dump() << " -> " << reply.text);
      CHECK(reply.status == 400);
      CHECK(reply.message().find(part) != std::string::npos);
    }
  }
  void accepted(const Json& settings) {
    auto reply = create(settings);
    INFO(settings.dump() << " -> " << reply.text);
    CHECK(reply.status == 200);
  }
};

}  // namespace

TEST_CASE_METHOD(Rules, "clusters of jobs must be possible") {
  accepted(job(task({{"new_cluster", cluster()}})));
  for (const Json& wrong : {Json{{"spark_version", "zzz"}}, Json{{"num_workers", -5}}, Json{{"node_type_id", "nope"}},
                            Json{{"policy_id", "nope"}}}) {
    refused(job(task({{"new_cluster", cluster(wrong)}})));
    auto shared = job(task({{"job_cluster_key", "j"}}));
    shared["job_clusters"] = {{{"job_cluster_key", "j"}, {"new_cluster", cluster(wrong)}}};
    refused(shared);
    refused(job(
        {{"task_key", "l"}, {"for_each_task", {{"inputs", "[]"}, {"task", task({{"new_cluster", cluster(wrong)}})}}}}));
  }
}

TEST_CASE_METHOD(Rules, "policies bind the clusters of jobs when these are defined or changed") {
  auto policy = client.post(
      "/api/2.0/policies/clusters/create",
      {{"name", "three " + freshFolder(client)}, {"definition", R"({"num_workers":{"type":"fixed","value":3}})"}});
  REQUIRE(policy.status == 200);
  Json bound{{"policy_id", policy.body.at("policy_id")}, {"num_workers", 3}};
  Json broken = bound;
  broken["num_workers"] = 1;
  refused(job(task({{"new_cluster", cluster(broken)}})), "num_workers");
  auto made = create(job(task({{"new_cluster", cluster(bound)}})));
  REQUIRE(made.status == 200);
  for (auto how : {"update", "reset"}) {
    auto changed = client.post(
        std::string("/api/2.2/jobs/") + how,
        {{"job_id", made.body.at("job_id")}, {"new_settings", job(task({{"new_cluster", cluster(broken)}}))}});
    CHECK(changed.status == 400);
    CHECK(changed.errorCode() == "INVALID_PARAMETER_VALUE");
  }
  // A policy that changes later is a matter of compliance, not of every update.
  CHECK(client
            .post("/api/2.0/policies/clusters/edit", {{"policy_id", policy.body.at("policy_id")},
                                                      {"name", "four " + freshFolder(client)},
                                                      {"definition", R"({"num_workers":{"type":"fixed","value":4}})"}})
            .status == 200);
  CHECK(client.post("/api/2.2/jobs/update", {{"job_id", made.body.at("job_id")}, {"new_settings", {{"name", "other"}}}})
            .status == 200);
}

TEST_CASE_METHOD(Rules, "programs on serverless compute need an environment, and have no libraries") {
  Json python{{"spark_python_task", {{"python_file", "/x.py"}}}};
  Json wheel{{"python_wheel_task", {{"package_name", "p"}, {"entry_point", "e"}}}};
  refused(job(task(python)), "environment_key");
  refused(job(task(wheel)), "environment_key");
  Json libraries{{"libraries", {{{"pypi", {{"package", "x"}}}}}}};
  refused(job(task(libraries)), "Libraries field is not supported for serverless task");
  python["environment_key"] = "e";
  auto settings = job(task(python));
  settings["environments"] = {{{"environment_key", "e"}, {"spec", {{"client", "1"}}}}};
  accepted(settings);
  libraries["new_cluster"] = cluster();
  accepted(job(task(libraries)));
}

TEST_CASE_METHOD(Rules, "code from Git needs a source, and a source needs a reference") {
  auto git = task({{"notebook_task", {{"source", "GIT"}}}});
  refused(job(git), "git_source");
  auto settings = job(git);
  settings["git_source"] = {{"git_url", "/x"}, {"git_provider", "gitHub"}};
  refused(settings, "Exactly one of git_source.git_branch");
  settings["git_source"]["git_tag"] = "v1";
  accepted(settings);
  settings["git_source"]["git_branch"] = "main";
  refused(settings, "Exactly one of git_source.git_branch");
}

TEST_CASE_METHOD(Rules, "parts that are only kept have the shape that typed clients read") {
  for (const Json& part :
       {Json{{"email_notifications", {{"on_failure", "x"}}}},
        Json{{"webhook_notifications", {{"on_failure", {{{"name", "x"}}}}}}},
        Json{{"notification_settings", {{"no_alert_for_skipped_runs", "x"}}}},
        Json{{"health", {{"rules", {{{"metric", "FOO"}, {"op", "GREATER_THAN"}, {"value", 1}}}}}}}}) {
    auto settings = job(task());
    settings.update(part);
    refused(settings);
    refused(job(task(part)));
  }
  refused(job(task({{"new_cluster", cluster()}, {"libraries", {{{"foo", 1}}}}})));
  for (const Json& trigger :
       {Json{{"table_update", {{"table_names", Json::array()}}}}, Json{{"file_arrival", {{"url", "x"}}}}})
    refused({{"trigger", trigger}, {"tasks", {task()}}});
  accepted({{"email_notifications", {{"on_failure", {"a@b"}}}},
            {"webhook_notifications", {{"on_start", {{{"id", "x"}}}}}},
            {"health", {{"rules", {{{"metric", "RUN_DURATION_SECONDS"}, {"op", "GREATER_THAN"}, {"value", 1}}}}}}});
}

TEST_CASE_METHOD(Rules, "numbers in queries are numbers, and what is empty is absent") {
  for (auto query : {"jobs/list?limit=abc", "jobs/list?offset=1.5", "jobs/runs/list?limit=abc",
                     "jobs/runs/list?start_time_from=abc", "jobs/runs/list?start_time_to=99999999999999999999"}) {
    auto reply = client.get(std::string("/api/2.2/") + query);
    INFO(query << reply.text);
    CHECK(reply.status == 400);
    CHECK(reply.errorCode() == "INVALID_PARAMETER_VALUE");
  }
  CHECK(client.get("/api/2.2/jobs/runs/list?run_type=&limit=&start_time_from=").status == 200);
  CHECK(client.get("/api/2.2/jobs/runs/list?run_type=x").status == 400);
}
