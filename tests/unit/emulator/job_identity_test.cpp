// SPDX-License-Identifier: Apache-2.0
// Whose rights the runs of a job have, and who may see those of no job.
#include "command_context.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct Identities {
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({}).value());
  WorkspaceClient admin{*emulator};
  WorkspaceClient bob = signedIn(*emulator, "bob@example.com");
  WorkspaceClient eve = signedIn(*emulator, "eve@example.com");

  static Json tasks() { return {{{"task_key", "a"}, {"notebook_task", {{"notebook_path", "/x"}}}}}; }
  static Json job(const Json& runAs) { return {{"run_as", runAs}, {"tasks", tasks()}}; }
  static Reply create(WorkspaceClient& client, const Json& runAs) {
    return client.post("/api/2.2/jobs/create", job(runAs));
  }
  static Json user(const std::string& name) { return {{"user_name", name}}; }
  // As a SCIM resource.
  std::string address(const std::string& name) {
    auto found = admin.get("/api/2.0/preview/scim/v2/Users?filter=userName%20eq%20%22" + name + "%22").body;
    return "/api/2.0/preview/scim/v2/Users/" + found.at("Resources")[0].at("id").get<std::string>();
  }
  Json getRun(const Json& id) { return admin.get("/api/2.2/jobs/runs/get?run_id=" + id.dump()).body; }
  void awaitEnd(const Json& id) {
    while (getRun(id).at("status").at("state") != "TERMINATED") {
    }
  }
};

}  // namespace

TEST_CASE_METHOD(Identities, "only an administrator lets a job run as somebody else") {
  auto refused = create(bob, user("demo@example.com"));
  CHECK(refused.status == 403);
  CHECK(refused.errorCode() == "PERMISSION_DENIED");
  CHECK(bob.post("/api/2.2/jobs/runs/submit", job(user("demo@example.com"))).status == 403);
  CHECK(create(admin, user("bob@example.com")).status == 200);

  auto own = create(bob, user("Bob@Example.com"));
  REQUIRE(own.status == 200);
  auto id = own.body.at("job_id");
  auto change = [&](WorkspaceClient& client, const std::string& how, const Json& runAs) {
    return client.post("/api/2.2/jobs/" + how, {{"job_id", id}, {"new_settings", job(runAs)}}).status;
  };
  CHECK(change(bob, "update", user("demo@example.com")) == 403);
  CHECK(change(bob, "reset", user("demo@example.com")) == 403);
  CHECK(change(admin, "update", user("eve@example.com")) == 200);
  // What stays as it is may stay; what comes back to oneself may as well.
  CHECK(change(bob, "update", user("eve@example.com")) == 200);
  CHECK(bob.post("/api/2.2/jobs/update", {{"job_id", id}, {"new_settings", {{"name", "n"}}}}).status == 200);
  CHECK(change(bob, "update", user("bob@example.com")) == 200);
}

TEST_CASE_METHOD(Identities, "run_as names one identity that exists") {
  for (const Json& runAs : {user("nobody@example.com"), Json{{"service_principal_name", "bob@example.com"}},
                            Json{{"user_name", "bob@example.com"}, {"service_principal_name", "y"}}, Json::object()}) {
    auto reply = create(admin, runAs);
    INFO(runAs.dump() << reply.text);
    CHECK(reply.status == 400);
    CHECK(reply.errorCode() == "INVALID_PARAMETER_VALUE");
  }
}

TEST_CASE_METHOD(Identities, "a job whose identity is gone cannot run") {
  auto made = create(admin, user("eve@example.com"));
  REQUIRE(made.status == 200);
  REQUIRE(admin.remove(address("eve@example.com")).status == 204);
  auto run = admin.post("/api/2.2/jobs/run-now", {{"job_id", made.body.at("job_id")}}).body.at("run_id");
  awaitEnd(run);
  CHECK(getRun(run).at("status").at("termination_details").at("code") == "UNAUTHORIZED_ERROR");
}

TEST_CASE_METHOD(Identities, "a token of a one-time run is its submitter's own") {
  Json once{{"idempotency_token", "t"}, {"tasks", tasks()}};
  auto first = admin.post("/api/2.2/jobs/runs/submit", once).body.at("run_id");
  CHECK(admin.post("/api/2.2/jobs/runs/submit", once).body.at("run_id") == first);
  CHECK(bob.post("/api/2.2/jobs/runs/submit", once).body.at("run_id") != first);
}

TEST_CASE_METHOD(Identities, "a one-time run has the permissions that its submitter gives") {
  Json list{{{"user_name", "bob@example.com"}, {"permission_level", "CAN_VIEW"}}};
  auto submitted = admin.post("/api/2.2/jobs/runs/submit", {{"access_control_list", list}, {"tasks", tasks()}});
  INFO(submitted.text);
  REQUIRE(submitted.status == 200);
  auto id = submitted.body.at("run_id");
  auto get = [&](WorkspaceClient& client) { return client.get("/api/2.2/jobs/runs/get?run_id=" + id.dump()).status; };
  CHECK(get(bob) == 200);
  CHECK(get(eve) == 403);
  CHECK(bob.get("/api/2.2/jobs/runs/list").body.at("runs").size() == 1);
  CHECK(eve.get("/api/2.2/jobs/runs/list").body.value("runs", Json::array()).empty());
  CHECK(bob.post("/api/2.2/jobs/runs/cancel", {{"run_id", id}}).status == 403);
  awaitEnd(id);
  CHECK(bob.post("/api/2.2/jobs/runs/delete", {{"run_id", id}}).status == 403);

  list[0]["user_name"] = "nobody@example.com";
  CHECK(admin.post("/api/2.2/jobs/runs/submit", {{"access_control_list", list}, {"tasks", tasks()}}).status == 404);
  CHECK(admin.post("/api/2.2/jobs/runs/submit", {{"access_control_list", "x"}, {"tasks", tasks()}}).status == 400);
  CHECK(admin.post("/api/2.2/jobs/create", {{"access_control_list", "x"}}).status == 400);
}

TEST_CASE_METHOD(Identities, "a task uses what its identity may use") {
  std::string cluster = createCluster(admin);
  auto other = admin.post("/api/2.2/jobs/create", {{"tasks", tasks()}}).body.at("job_id");
  auto pipeline = admin.post("/api/2.0/pipelines", {{"name", "p"}}).body.at("pipeline_id");
  auto code = [&](const Json& task) {
    auto submitted = bob.post("/api/2.2/jobs/runs/submit", {{"tasks", {task}}});
    INFO(submitted.text);
    REQUIRE(submitted.status == 200);
    awaitEnd(submitted.body.at("run_id"));
    return getRun(submitted.body.at("run_id")).at("status").at("termination_details").at("code").get<std::string>();
  };
  Json attached = tasks()[0];
  attached["existing_cluster_id"] = cluster;
  Json calling{{"task_key", "b"}, {"run_job_task", {{"job_id", other}}}};
  Json updating{{"task_key", "c"}, {"pipeline_task", {{"pipeline_id", pipeline}}}};
  for (const auto& task : {attached, calling, updating}) CHECK(code(task) == "UNAUTHORIZED_ERROR");
  CHECK(admin.get("/api/2.2/jobs/runs/list?job_id=" + other.dump()).body.value("runs", Json::array()).empty());

  auto grant = [&](const std::string& what, const std::string& level) {
    Json list{{{"user_name", "bob@example.com"}, {"permission_level", level}}};
    CHECK(admin.patch("/api/2.0/permissions/" + what, {{"access_control_list", list}}).status == 200);
  };
  grant("clusters/" + cluster, "CAN_RESTART");
  grant("jobs/" + other.dump(), "CAN_MANAGE_RUN");
  CHECK(code(attached) == "RESOURCE_NOT_FOUND");  // its notebook
  code(calling);
  CHECK(admin.get("/api/2.2/jobs/runs/list?job_id=" + other.dump()).body.at("runs").size() == 1);

  attached.erase("existing_cluster_id");
  attached["new_cluster"] = {
      {"spark_version", "15.4.x-scala2.12"}, {"node_type_id", "Standard_DS3_v2"}, {"num_workers", 1}};
  CHECK(bob.post("/api/2.2/jobs/create", {{"tasks", {attached}}}).status == 200);
  Json removal{{"Operations", {{{"op", "remove"}, {"path", "entitlements"}}}}};
  CHECK(admin.patch(address("bob@example.com"), removal).status == 200);
  CHECK(bob.post("/api/2.2/jobs/create", {{"tasks", {attached}}}).status == 403);
}
