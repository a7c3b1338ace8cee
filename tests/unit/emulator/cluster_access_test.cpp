// SPDX-License-Identifier: Apache-2.0
// What clusters refuse to those who neither own them nor are administrators.
#include "fleet.hpp"

using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

struct Guest : Fleet {
  std::string name;
  WorkspaceClient guest = signIn();

  WorkspaceClient signIn() {
    auto principal = client.post("/api/2.0/preview/scim/v2/ServicePrincipals",
                                 {{"displayName", "guest"}, {"entitlements", {{{"value", "allow-cluster-create"}}}}});
    name = principal.body.at("applicationId");
    auto token = client.post("/api/2.0/token-management/on-behalf-of/tokens", {{"application_id", name}});
    REQUIRE(token.status == 200);
    WorkspaceClient theirs(*emulator);
    theirs.setToken(token.body.at("token_value"));
    return theirs;
  }
};

}  // namespace

TEST_CASE_METHOD(Guest, "a cluster is its owner's and the administrators'") {
  auto id = createRunning();
  CHECK(guest.get("/api/2.1/clusters/list").body == Json::object());
  CHECK(guest.get("/api/2.0/clusters/list").body == Json::object());
  CHECK(guest.get("/api/1.2/clusters/list").body == Json::array());
  const std::pair<const char*, const char*> refused[] = {
      {"start", "Restart"}, {"restart", "Restart"},         {"delete", "Restart"}, {"edit", "Manage"},
      {"resize", "Manage"}, {"permanent-delete", "Manage"}, {"events", "Attach"}};
  for (const auto& [action, right] : refused) {
    INFO(action);
    auto reply = guest.post("/api/2.1/clusters/" + std::string(action), {{"cluster_id", id}});
    CHECK(reply.status == 403);
    CHECK(reply.errorCode() == "PERMISSION_DENIED");
    CHECK(reply.message() == name + " does not have " + right + " permissions on " + id +
                                 ". Please contact the owner or an administrator for access.");
  }
  CHECK(guest.get("/api/2.1/clusters/get?cluster_id=" + id).status == 403);
  CHECK(guest.get("/api/1.2/clusters/status?clusterId=" + id).status == 403);
  CHECK(guest.post("/api/1.2/clusters/delete", {{"clusterId", id}}).status == 403);
  CHECK(guest.post("/api/2.0/libraries/install", {{"cluster_id", id}, {"libraries", Json::array()}}).status == 403);
  CHECK(guest.post("/api/2.1/clusters/create", spec({{"clone_from", {{"source_cluster_id", id}}}})).status == 403);
  CHECK(guest.get("/api/2.1/clusters/get?cluster_id=nope").message() == "Cluster nope does not exist");
  CHECK(state(id) == "RUNNING");
}

TEST_CASE_METHOD(Guest, "what runs or is installed on a cluster is for those who may attach to it") {
  auto id = createRunning();
  REQUIRE(client
              .post("/api/2.0/libraries/install",
                    {{"cluster_id", id}, {"libraries", Json::array({{{"pypi", {{"package", "x"}}}}})}})
              .status == 200);
  CHECK(client.get("/api/2.0/libraries/all-cluster-statuses").body.at("statuses").size() == 1);
  CHECK(guest.get("/api/2.0/libraries/all-cluster-statuses").body == Json::object());
  CHECK(guest.get("/api/2.0/libraries/cluster-status?cluster_id=" + id).status == 403);
  CHECK(guest.get("/api/2.0/policies/clusters/get-compliance?cluster_id=" + id).status == 403);
  CHECK(guest.post("/api/2.0/policies/clusters/enforce-compliance", {{"cluster_id", id}, {"validate_only", true}})
            .status == 403);

  CommandContext context(*emulator, id);
  auto command = context.begin("x = 1");
  auto refused = [&](const Reply& reply) {
    INFO(reply.text);
    return reply.status == 403 && reply.body.at("error").get<std::string>().starts_with("PERMISSION_DENIED: ");
  };
  auto allRefused = [&](WorkspaceClient& who) {
    const Json one{{"clusterId", id}, {"contextId", context.contextId}, {"language", "python"}, {"command", "x"}};
    const Json named{{"clusterId", id}, {"contextId", context.contextId}, {"commandId", command}};
    return refused(who.post("/api/1.2/commands/execute", one)) &&
           refused(who.post("/api/1.2/commands/cancel", named)) &&
           refused(who.get("/api/1.2/commands/status" + context.query() + "&commandId=" + command)) &&
           refused(who.get("/api/1.2/contexts/status" + context.query())) &&
           refused(who.post("/api/1.2/contexts/destroy", one));
  };
  const Json create{{"clusterId", id}, {"language", "python"}};
  CHECK(refused(guest.post("/api/1.2/contexts/create", create)));
  CHECK(allRefused(guest));

  // Who may attach has contexts of his own; those of others are others'.
  REQUIRE(client
              .patch("/api/2.0/permissions/clusters/" + id,
                     {{"access_control_list",
                       Json::array({{{"service_principal_name", name}, {"permission_level", "CAN_ATTACH_TO"}}})}})
              .status == 200);
  CHECK(guest.post("/api/1.2/contexts/create", create).status == 200);
  CHECK(allRefused(guest));
  CHECK(context.await(command).at("status") == "Finished");
}

TEST_CASE_METHOD(Guest, "code runs the notebooks that its user may read") {
  auto id = createRunning();
  auto put = [&](const std::string& path, const std::string& source) {
    REQUIRE(client
                .post("/api/2.0/workspace/import", {{"path", path},
                                                    {"language", "PYTHON"},
                                                    {"overwrite", true},
                                                    {"content", encode("# Databricks notebook source\n" + source)}})
                .status == 200);
  };
  put("/Users/demo@example.com/own", "dbutils.notebook.exit('read')");
  put("/Shared/open", "# MAGIC %run /Users/demo@example.com/own");
  REQUIRE(client
              .patch("/api/2.0/permissions/clusters/" + id,
                     {{"access_control_list",
                       Json::array({{{"service_principal_name", name}, {"permission_level", "CAN_ATTACH_TO"}}})}})
              .status == 200);
  auto run = [&](WorkspaceClient& who, const std::string& path) {
    const Json on{{"clusterId", id}, {"language", "python"}};
    auto context = who.post("/api/1.2/contexts/create", on).body.at("id").get<std::string>();
    Json named{{"clusterId", id}, {"contextId", context}, {"language", "python"}};
    named["command"] = "dbutils.notebook.run('" + path + "', 60)";
    auto command = who.post("/api/1.2/commands/execute", named).body.at("id").get<std::string>();
    while (true) {
      auto now =
          who.get("/api/1.2/commands/status?clusterId=" + id + "&contextId=" + context + "&commandId=" + command).body;
      if (now.at("status") == "Finished") return now.at("results").dump();
    }
  };
  CHECK(run(client, "/Shared/open").find("'read'") != std::string::npos);
  CHECK(run(guest, "/Users/demo@example.com/own").find("Unable to access the notebook") != std::string::npos);
  CHECK(run(guest, "/Shared/open").find("Notebook not found: Users/demo@example.com/own") != std::string::npos);
}

TEST_CASE_METHOD(Guest, "everybody has clusters of their own, which administrators see") {
  auto made = guest.post("/api/2.1/clusters/create", spec());
  REQUIRE(made.status == 200);
  std::string id = made.body.at("cluster_id");
  CHECK(guest.get("/api/2.1/clusters/list").body.at("clusters").size() == 1);
  CHECK(get(id).at("creator_user_name") == name);
  clock.advance(60s);
  CHECK(guest.post("/api/2.1/clusters/delete", {{"cluster_id", id}}).status == 200);
  clock.advance(30s);
  auto ended = get(id);
  CHECK(ended.at("termination_reason").at("parameters").at("username") == name);
  CHECK(act("change-owner", id, {{"owner_username", "demo@example.com"}}).status == 200);
  CHECK(get(id).at("creator_user_name") == "demo@example.com");
  CHECK(guest.get("/api/2.1/clusters/get?cluster_id=" + id).status == 403);
}

TEST_CASE_METHOD(Guest, "pins, owners, policies and pools are for administrators") {
  std::string id = guest.post("/api/2.1/clusters/create", spec()).body.at("cluster_id");
  for (auto action : {"pin", "unpin"})
    CHECK(guest.post("/api/2.1/clusters/" + std::string(action), {{"cluster_id", id}}).errorCode() ==
          "PERMISSION_DENIED");
  CHECK(guest.post("/api/2.1/clusters/change-owner", {{"cluster_id", id}, {"owner_username", name}}).status == 403);
  CHECK(guest.post("/api/2.0/policies/clusters/create", {{"name", "x"}, {"definition", "{}"}}).status == 403);
  CHECK(guest.post("/api/2.0/policies/clusters/delete", {{"policy_id", "x"}}).status == 403);
  CHECK(guest.get("/api/2.0/policies/clusters/list").status == 200);
  CHECK(guest.post("/api/2.0/instance-pools/create", {{"instance_pool_name", "x"}}).status == 403);
  CHECK(guest.post("/api/2.0/instance-pools/delete", {{"instance_pool_id", "x"}}).status == 403);
}
