// SPDX-License-Identifier: Apache-2.0
#include "emulator/permissions/permissions.hpp"

#include "emulator/server/faults.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

const std::string kPermissions = "/api/2.0/permissions/";

struct Gate {
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({.userName = "ada.lovelace@example.com"}).value());
  WorkspaceClient client{*emulator};
  WorkspaceClient grace = signedIn(*emulator, "grace@example.com");
  std::string cluster = client
                            .post("/api/2.1/clusters/create", {{"cluster_name", "c"},
                                                               {"spark_version", "15.4.x-scala2.12"},
                                                               {"node_type_id", "Standard_DS3_v2"},
                                                               {"num_workers", 1}})
                            .body.at("cluster_id");
  std::string path = kPermissions + "clusters/" + cluster;

  static Json list(const Json& entries) { return {{"access_control_list", entries}}; }
};

// Permissions by themselves, with a tree of folders, a job and a warehouse.
struct Rules {
  trowel::test::ManualClock clock;
  Ids ids;
  Options options;
  Faults faults{clock};
  World world{clock, ids, nullptr, {}, options, faults};
  Users users{world};
  User ada = users.ensure("ada@example.com", true);
  User grace = users.ensure("grace@example.com", false);
  User alan = users.ensure("alan@example.com", false);
  Permissions permissions{world, users};

  Rules() {
    permissions.addType("directories", [](const std::string& id) -> std::optional<SecuredObject> {
      if (id == "0") return SecuredObject{};
      if (id == "10") return SecuredObject{.owner = "grace@example.com", .parents = {"0"}};
      if (id == "11") return SecuredObject{.parents = {"10", "0"}};
      if (id == "20") return SecuredObject{.grants = {{"group_name", "users", "CAN_MANAGE"}}, .parents = {"0"}};
      return std::nullopt;
    });
    permissions.addType("notebooks", [](const std::string& id) -> std::optional<SecuredObject> {
      if (id == "100") return SecuredObject{.parents = {"11", "10", "0"}};
      if (id == "200") return SecuredObject{.parents = {"20", "0"}};
      return std::nullopt;
    });
    permissions.addType("jobs", [](const std::string& id) -> std::optional<SecuredObject> {
      if (id == "5") return SecuredObject{.owner = "grace@example.com"};
      return std::nullopt;
    });
  }
  static Json list(const Json& entries) { return {{"access_control_list", entries}}; }
};

}  // namespace

TEST_CASE_METHOD(Gate, "the maker of a cluster and the administrators manage it") {
  auto found = client.get(path).body;
  CHECK(found.at("object_id") == "/clusters/" + cluster);
  CHECK(found.at("object_type") == "cluster");
  CHECK(
      found.at("access_control_list") ==
      Json{{{"user_name", "ada.lovelace@example.com"},
            {"display_name", "Ada Lovelace"},
            {"all_permissions", {{{"permission_level", "CAN_MANAGE"}, {"inherited", false}}}}},
           {{"group_name", "admins"},
            {"all_permissions",
             {{{"permission_level", "CAN_MANAGE"}, {"inherited", true}, {"inherited_from_object", {"/clusters/"}}}}}}});
  auto levels = client.get(path + "/permissionLevels").body.at("permission_levels");
  REQUIRE(levels.size() == 3);
  CHECK(levels.at(0) ==
        Json{{"permission_level", "CAN_ATTACH_TO"}, {"description", "Can Attach to permission on cluster"}});

  auto refused = grace.get(path);
  CHECK(refused.status == 403);
  CHECK(refused.message() == "grace@example.com does not have Attach permissions on " + cluster +
                                 ". Please contact the owner or an administrator for access.");
  CHECK(grace.get(kPermissions + "clusters/none").status == 403);  // whether it exists is none of her business
  CHECK(client.get(kPermissions + "clusters/none").errorCode() == "RESOURCE_DOES_NOT_EXIST");
  CHECK(client.get(kPermissions + "jobs/1").message() == "job 1 does not exist.");
  CHECK(client.get(kPermissions + "nonsense/1").errorCode() == "ENDPOINT_NOT_FOUND");
}

TEST_CASE_METHOD(Gate, "PATCH adds and PUT replaces") {
  auto added = client.patch(path, list({{{"user_name", "Grace@example.com"}, {"permission_level", "CAN_ATTACH_TO"}}}));
  CHECK(added.status == 200);
  CHECK(added.body.at("access_control_list").size() == 3);
  CHECK(added.body.at("access_control_list").at(1).at("user_name") == "grace@example.com");
  CHECK(grace.get(path).status == 200);
  CHECK(grace.put(path, list(Json::array())).status == 403);
  client.patch(path, list({{{"user_name", "grace@example.com"}, {"permission_level", "CAN_MANAGE"}}}));

  auto replaced = grace.put(path, list({{{"group_name", "users"}, {"permission_level", "CAN_RESTART"}}}));
  REQUIRE(replaced.status == 200);
  CHECK(replaced.body.at("access_control_list").size() == 2);
  CHECK(replaced.body.at("access_control_list").at(0).at("group_name") == "users");
  CHECK(grace.get(path).status == 200);
  CHECK(client.put(path, list(Json::array())).body.at("access_control_list").size() == 1);
  CHECK(grace.get(path).status == 403);
}

TEST_CASE_METHOD(Gate, "lists that make no sense are refused") {
  auto put = [&](const Json& entry) { return client.put(path, list(Json::array({entry}))); };
  CHECK(put({{"user_name", "a"}, {"group_name", "b"}, {"permission_level", "CAN_MANAGE"}}).errorCode() ==
        "INVALID_PARAMETER_VALUE");
  CHECK(put({{"permission_level", "CAN_MANAGE"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(put({{"user_name", "grace@example.com"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(put({{"user_name", "grace@example.com"}, {"permission_level", "IS_OWNER"}}).errorCode() ==
        "INVALID_PARAMETER_VALUE");
  auto nobody = put({{"user_name", "nobody@example.com"}, {"permission_level", "CAN_MANAGE"}});
  CHECK(nobody.status == 404);
  CHECK(nobody.message() == "Principal: UserName(nobody@example.com) does not exist");
  CHECK(put({{"group_name", "none"}, {"permission_level", "CAN_MANAGE"}}).message() ==
        "Principal: GroupName(none) does not exist");
  CHECK(put({{"service_principal_name", "grace@example.com"}, {"permission_level", "CAN_MANAGE"}}).message() ==
        "Principal: ServicePrincipalName(grace@example.com) does not exist");
  CHECK(put({{"group_name", "admins"}, {"permission_level", "CAN_RESTART"}}).message() ==
        "Cannot modify permissions of system group 'admins'");
  CHECK(put("text").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.put(path, {{"access_control_list", "text"}}).errorCode() == "MALFORMED_REQUEST");
}

TEST_CASE_METHOD(Gate, "the permission to use tokens belongs to the workspace") {
  auto tokens = grace.get(kPermissions + "authorization/tokens").body;
  CHECK(tokens.at("object_id") == "/authorization/tokens");
  CHECK(tokens.at("object_type") == "tokens");
  CHECK(client.get(kPermissions + "authorization/tokens/permissionLevels")
            .body.at("permission_levels")
            .at(0)
            .at("permission_level") == "CAN_USE");
  CHECK(grace.put(kPermissions + "authorization/tokens", list(Json::array())).status == 403);
  const Json hers{{"user_name", "grace@example.com"}, {"permission_level", "CAN_USE"}};
  const Json admins{{"group_name", "admins"}, {"permission_level", "CAN_MANAGE"}};
  for (const char* place : {"authorization/tokens", "directories/0"})
    CHECK(client.put(kPermissions + place, list(Json::array())).message() ==
          "Cannot change permissions for group 'admins' to None.");
  CHECK(grace.post("/api/2.0/token/create", Json::object()).status == 200);
  CHECK(client.put(kPermissions + "authorization/tokens", list(Json::array({admins}))).status == 200);
  auto refused = grace.post("/api/2.0/token/create", Json::object());
  CHECK(refused.errorCode() == "PERMISSION_DENIED");
  CHECK(refused.message().find("on /authorization/tokens.") != std::string::npos);
  auto changed = client.put(kPermissions + "authorization/tokens", list(Json::array({hers, admins})));
  REQUIRE(changed.body.at("access_control_list").size() == 2);
  CHECK(changed.body.at("access_control_list").at(1).at("all_permissions").at(0).at("permission_level") ==
        "CAN_MANAGE");
  CHECK(grace.post("/api/2.0/token/create", Json::object()).status == 200);
}

TEST_CASE_METHOD(Gate, "every kind of object that the workspace has can be asked about") {
  auto folder = client.get("/api/2.0/workspace/get-status?path=/Users/grace@example.com").body.at("object_id");
  client.post(
      "/api/2.0/workspace/import",
      {{"path", "/Users/grace@example.com/n"}, {"language", "PYTHON"}, {"format", "SOURCE"}, {"content", encode("1")}});
  auto notebook = client.get("/api/2.0/workspace/get-status?path=/Users/grace@example.com/n").body.at("object_id");
  auto entries = grace.get(kPermissions + "notebooks/" + notebook.dump()).body.at("access_control_list");
  CHECK(entries.at(0).at("user_name") == "grace@example.com");
  CHECK(entries.at(0).at("all_permissions").at(0) ==
        Json{{"permission_level", "CAN_MANAGE"},
             {"inherited", true},
             {"inherited_from_object", {"/directories/" + folder.dump()}}});
  CHECK(client.get(kPermissions + "files/" + notebook.dump()).status == 404);
  CHECK(client.get(kPermissions + "directories/0").body.at("object_id") == "/directories/0");
  auto warehouse = client.post("/api/2.0/sql/warehouses", {{"name", "w"}, {"cluster_size", "2X-Small"}})
                       .body.at("id")
                       .get<std::string>();
  CHECK(client.get(kPermissions + "warehouses/" + warehouse).body.at("object_id") == "/sql/warehouses/" + warehouse);
  auto policy =
      client.get("/api/2.0/policies/clusters/list").body.at("policies").at(0).at("policy_id").get<std::string>();
  CHECK(client.get(kPermissions + "cluster-policies/" + policy).status == 200);

  // Who may attach sees the cluster, and may not end it.
  CHECK(grace.get("/api/2.1/clusters/get?cluster_id=" + cluster).status == 403);
  client.patch(path, Gate::list({{{"user_name", "grace@example.com"}, {"permission_level", "CAN_ATTACH_TO"}}}));
  CHECK(grace.get("/api/2.1/clusters/get?cluster_id=" + cluster).status == 200);
  CHECK(grace.post("/api/2.1/clusters/delete", {{"cluster_id", cluster}}).status == 403);
}

TEST_CASE_METHOD(Gate, "saved queries have permissions, and a service principal may be named as a user") {
  auto query = client.post("/api/2.0/sql/queries", {{"query", {{"display_name", "q"}, {"query_text", "SELECT 1"}}}});
  auto found = client.get(kPermissions + "sql/queries/" + query.body.at("id").get<std::string>()).body;
  CHECK(found.at("object_type") == "query");
  CHECK(found.at("access_control_list").at(0).at("user_name") == "ada.lovelace@example.com");

  auto principal = client.post("/api/2.0/preview/scim/v2/ServicePrincipals", {{"displayName", "robot"}}).body;
  auto granted =
      client.patch(path, list({{{"user_name", principal.at("applicationId")}, {"permission_level", "CAN_MANAGE"}}}));
  REQUIRE(granted.status == 200);
  CHECK(granted.body.at("access_control_list").at(1).at("service_principal_name") == principal.at("applicationId"));
}

TEST_CASE_METHOD(Gate, "jobs are open to those who have rights to them") {
  Json settings{{"name", "nightly"}};
  auto job = client.post("/api/2.1/jobs/create", settings).body.at("job_id").get<std::int64_t>();
  const std::string id = std::to_string(job);
  CHECK(client.get(kPermissions + "jobs/" + id).body.at("access_control_list").at(0).at("all_permissions").at(0) ==
        Json{{"permission_level", "IS_OWNER"}, {"inherited", false}});
  CHECK(grace.get("/api/2.1/jobs/get?job_id=" + id).status == 403);
  CHECK(client
            .patch(kPermissions + "jobs/" + id,
                   list({{{"user_name", "grace@example.com"}, {"permission_level", "CAN_VIEW"}}}))
            .status == 200);
  CHECK(grace.get("/api/2.1/jobs/get?job_id=" + id).status == 200);
  CHECK(grace.post("/api/2.1/jobs/delete", {{"job_id", job}}).status == 403);
  CHECK(client.put(kPermissions + "jobs/" + id, list(Json::array())).message() ==
        "The job must have exactly one owner.");

  settings["access_control_list"] = {{{"user_name", "nobody@example.com"}, {"permission_level", "CAN_VIEW"}}};
  CHECK(client.post("/api/2.1/jobs/create", settings).errorCode() == "RESOURCE_DOES_NOT_EXIST");
  settings["access_control_list"] = {{{"group_name", "users"}, {"permission_level", "CAN_MANAGE_RUN"}}};
  auto shared = client.post("/api/2.1/jobs/create", settings).body.at("job_id").get<std::int64_t>();
  CHECK(grace.get("/api/2.1/jobs/get?job_id=" + std::to_string(shared)).status == 200);
}

TEST_CASE_METHOD(Rules, "what lies in a folder inherits its permissions") {
  CHECK(permissions.level(grace, "notebooks", "100") == "CAN_MANAGE");  // in her own home
  CHECK(permissions.level(alan, "notebooks", "100").empty());
  CHECK(permissions.allows(alan, "notebooks", "200", "CAN_EDIT"));  // shared with everybody
  CHECK(permissions.allows(ada, "notebooks", "100", "CAN_MANAGE"));
  CHECK_FALSE(permissions.allows(alan, "notebooks", "100", "CAN_READ"));
  auto refused = permissions.require(alan, "notebooks", "100", "CAN_READ");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.starts_with("alan@example.com does not have Read permissions on 100."));

  REQUIRE(
      permissions.assign("directories", "11", {{{"user_name", "alan@example.com"}, {"permission_level", "CAN_RUN"}}}));
  CHECK(permissions.level(alan, "notebooks", "100") == "CAN_RUN");
  CHECK(permissions.level(alan, "directories", "10").empty());
  CHECK_FALSE(permissions.allows(alan, "notebooks", "999", "CAN_READ"));
  permissions.removed("directories", "11");
  CHECK(permissions.level(alan, "notebooks", "100").empty());
}

TEST_CASE_METHOD(Rules, "a job has exactly one owner") {
  CHECK(permissions.level(grace, "jobs", "5") == "IS_OWNER");
  CHECK(permissions.allows(grace, "jobs", "5", "CAN_MANAGE"));
  // It may be handed over.
  REQUIRE(permissions.assign("jobs", "5", {{{"user_name", "alan@example.com"}, {"permission_level", "IS_OWNER"}}}));
  CHECK(permissions.level(alan, "jobs", "5") == "IS_OWNER");
  CHECK(permissions.level(grace, "jobs", "5") == "CAN_MANAGE");
  CHECK(permissions.grants("jobs", "5").front().name == "alan@example.com");

  auto group = permissions.assign("jobs", "5", {{{"group_name", "users"}, {"permission_level", "IS_OWNER"}}});
  REQUIRE_FALSE(group);
  CHECK(group.error().code == "INVALID_PARAMETER_VALUE");
  auto demoted =
      permissions.assign("jobs", "5", {{{"user_name", "alan@example.com"}, {"permission_level", "CAN_VIEW"}}});
  REQUIRE_FALSE(demoted);
  CHECK(demoted.error().message == "The job must have exactly one owner.");
  CHECK(permissions.require(grace, "jobs", "5", "IS_OWNER").error().message ==
        "grace@example.com does not have Owner permissions on Job with ID: ElasticJobId(5). Please contact the owner "
        "or an administrator for access.");
}

TEST_CASE_METHOD(Rules, "every type has levels, and aliases stand for theirs") {
  for (const auto& type : permissionTypes()) {
    CHECK(type.rank(type.levels.front()) == 1);
    CHECK(type.rank("CAN_FLY") == 0);
    CHECK(findPermissionType(type.name) == &type);
  }
  CHECK(findPermissionType("warehouses")->objectType == "warehouses");
  CHECK(findPermissionType("dbsql-dashboards")->objectType == "dashboard");
  CHECK(findPermissionType("nonsense") == nullptr);
  CHECK(describeLevel("CAN_MANAGE_RUN") == "Can Manage Run");
}
