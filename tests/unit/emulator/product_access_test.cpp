// SPDX-License-Identifier: Apache-2.0
// What warehouses, pipelines, dashboards, apps and Unity Catalog refuse to those who were not allowed.
#include "command_context.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

const std::string kCatalog = "/api/2.1/unity-catalog/";

struct Guests {
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({}).value());
  WorkspaceClient admin{*emulator};
  WorkspaceClient bob = signedIn(*emulator, "bob@example.com");

  std::string make(const std::string& path, const Json& body, const char* field) {
    auto reply = admin.post(path, body);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at(field);
  }
  void allow(const std::string& object, const std::string& level) {
    Json list = Json::array({{{"user_name", "bob@example.com"}, {"permission_level", level}}});
    auto reply = admin.patch("/api/2.0/permissions/" + object, {{"access_control_list", list}});
    INFO(reply.text);
    REQUIRE(reply.status == 200);
  }
  int status(const std::string& method, const std::string& path) {
    auto reply = bob.send(method, path, {{"Content-Type", "application/json"}}, method == "GET" ? "" : "{}");
    if (reply.status == 403) CHECK(reply.errorCode() == "PERMISSION_DENIED");
    return reply.status;
  }
};

}  // namespace

TEST_CASE_METHOD(Guests, "a warehouse is for those whom its permissions name") {
  auto id = make("/api/2.0/sql/warehouses", {{"name", "w"}, {"cluster_size", "Small"}}, "id");
  const std::string one = "/api/2.0/sql/warehouses/" + id;
  Json statement{{"statement", "SELECT 1"}, {"warehouse_id", id}};
  for (auto [method, end] : {std::pair("GET", ""), std::pair("POST", "/start"), std::pair("POST", "/stop"),
                             std::pair("POST", "/edit"), std::pair("DELETE", "")})
    CHECK(status(method, one + end) == 403);
  CHECK(bob.get("/api/2.0/sql/warehouses").body == Json::object());
  CHECK(bob.get("/api/2.0/preview/sql/data_sources").body == Json::array());
  CHECK(bob.post("/api/2.0/sql/statements", statement).status == 403);
  CHECK(status("GET", "/api/2.0/sql/warehouses/0123456789abcdef") == 404);

  allow("warehouses/" + id, "CAN_USE");
  CHECK(bob.get("/api/2.0/sql/warehouses").body.at("warehouses").size() == 1);
  CHECK(status("POST", one + "/start") == 200);
  CHECK(status("POST", one + "/stop") == 403);
  auto mine = bob.post("/api/2.0/sql/statements", statement);
  CHECK(mine.body.at("status").at("state") == "SUCCEEDED");

  // Statements are their owner's; the history is as well, up to CAN_MONITOR.
  auto theirs = admin.post("/api/2.0/sql/statements", statement);
  const std::string path = "/api/2.0/sql/statements/" + theirs.body.at("statement_id").get<std::string>();
  for (auto [method, end] : {std::pair("GET", ""), std::pair("GET", "/result/chunks/0"), std::pair("POST", "/cancel")})
    CHECK(status(method, path + end) == 404);
  auto queries = [&](WorkspaceClient& who) { return who.get("/api/2.0/sql/history/queries").body.at("res").size(); };
  CHECK(queries(bob) == 1);
  CHECK(queries(admin) == 2);
  CHECK(admin
            .post("/api/2.0/sql/statements/" + mine.body.at("statement_id").get<std::string>() + "/cancel",
                  Json::object())
            .status == 200);
  allow("warehouses/" + id, "CAN_MONITOR");
  CHECK(queries(bob) == 2);
  allow("warehouses/" + id, "CAN_MANAGE");
  CHECK(status("DELETE", one) == 200);
}

TEST_CASE_METHOD(Guests, "a pipeline is for those whom its permissions name") {
  auto id = make("/api/2.0/pipelines", {{"name", "p"}}, "pipeline_id");
  const std::string one = "/api/2.0/pipelines/" + id;
  for (auto [method, end] : {std::pair("GET", ""), std::pair("PUT", ""), std::pair("DELETE", ""),
                             std::pair("POST", "/updates"), std::pair("GET", "/updates"), std::pair("POST", "/stop"),
                             std::pair("GET", "/events"), std::pair("POST", "/clone")})
    CHECK(status(method, one + end) == 403);
  CHECK(bob.get("/api/2.0/pipelines").body == Json::object());
  CHECK(bob.remove(one).message() == "bob@example.com does not have Manage permissions on " + id +
                                         ". Please contact the owner or an administrator for access.");
  allow("pipelines/" + id, "CAN_RUN");
  CHECK(bob.get("/api/2.0/pipelines").body.at("statuses").size() == 1);
  CHECK(status("POST", one + "/updates") == 200);
  CHECK(status("POST", one + "/stop") == 200);
  CHECK(status("DELETE", one) == 403);
  allow("pipelines/" + id, "CAN_MANAGE");
  CHECK(status("DELETE", one) == 200);
  CHECK(admin.get("/api/2.0/permissions/pipelines/" + id).status == 404);
}

TEST_CASE_METHOD(Guests, "an app is for those whom its permissions name") {
  make("/api/2.0/apps", {{"name", "web"}}, "name");
  const std::string one = "/api/2.0/apps/web";
  for (auto [method, end] :
       {std::pair("GET", ""), std::pair("PATCH", ""), std::pair("DELETE", ""), std::pair("POST", "/start"),
        std::pair("POST", "/stop"), std::pair("POST", "/deployments"), std::pair("GET", "/deployments")})
    CHECK(status(method, one + end) == 403);
  CHECK(bob.get("/api/2.0/apps").body == Json::object());
  allow("apps/web", "CAN_USE");
  CHECK(bob.get("/api/2.0/apps").body.at("apps").size() == 1);
  CHECK(status("DELETE", one) == 403);
  allow("apps/web", "CAN_MANAGE");
  CHECK(status("DELETE", one) == 200);
  // Who makes it anew begins with permissions of its own.
  make("/api/2.0/apps", {{"name", "web"}}, "name");
  CHECK(status("GET", one) == 403);
}

TEST_CASE_METHOD(Guests, "a dashboard is for those whom its permissions or its folder's name") {
  auto id = make("/api/2.0/lakeview/dashboards", {{"display_name", "d"}}, "dashboard_id");
  const std::string one = "/api/2.0/lakeview/dashboards/" + id;
  for (auto [method, end] :
       {std::pair("GET", ""), std::pair("PATCH", ""), std::pair("DELETE", ""), std::pair("POST", "/published"),
        std::pair("POST", "/revert"), std::pair("GET", "/schedules"), std::pair("POST", "/schedules")})
    CHECK(status(method, one + end) == 403);
  CHECK(bob.get("/api/2.0/lakeview/dashboards").body == Json::object());
  allow("dashboards/" + id, "CAN_READ");
  CHECK(status("GET", one) == 200);
  CHECK(status("PATCH", one) == 403);
  allow("dashboards/" + id, "CAN_MANAGE");
  CHECK(status("DELETE", one) == 200);
  // Everybody manages what lies in /Shared.
  auto shared =
      make("/api/2.0/lakeview/dashboards", {{"display_name", "d"}, {"parent_path", "/Shared"}}, "dashboard_id");
  CHECK(status("GET", "/api/2.0/lakeview/dashboards/" + shared) == 200);
  auto own = bob.post("/api/2.0/lakeview/dashboards", {{"display_name", "mine"}});
  CHECK_FALSE(own.body.contains("creator"));
  CHECK(status("DELETE", "/api/2.0/lakeview/dashboards/" + own.body.at("dashboard_id").get<std::string>()) == 200);
}

TEST_CASE_METHOD(Guests, "Unity Catalog belongs to owners and to those who were granted something") {
  make(kCatalog + "catalogs", {{"name", "admins"}}, "name");
  auto denied = bob.post(kCatalog + "catalogs", {{"name", "bobs"}});
  CHECK(denied.status == 403);
  CHECK(denied.message().starts_with("User does not have CREATE CATALOG on Metastore '"));
  CHECK(bob.remove(kCatalog + "catalogs/admins?force=true").message() ==
        "User does not have MANAGE on Catalog 'admins'.");
  CHECK(status("PATCH", kCatalog + "catalogs/admins") == 403);
  CHECK(bob.post(kCatalog + "schemas", {{"name", "s"}, {"catalog_name", "admins"}}).message() ==
        "User does not have CREATE SCHEMA on Catalog 'admins'.");
  auto grant = [&](WorkspaceClient& who, const std::string& object, const std::string& principal,
                   const std::string& privilege) {
    return who.patch(kCatalog + "permissions/" + object,
                     {{"changes", {{{"principal", principal}, {"add", {privilege}}}}}});
  };
  CHECK(grant(bob, "catalog/admins", "bob@example.com", "CREATE_SCHEMA").status == 403);
  CHECK(grant(admin, "catalog/admins", "account users", "CREATE_SCHEMA").status == 200);
  CHECK(bob.post(kCatalog + "schemas", {{"name", "s"}, {"catalog_name", "admins"}}).status == 200);
  // What bob made is his, and what is in it.
  CHECK(bob.post(kCatalog + "volumes",
                 {{"name", "v"}, {"catalog_name", "admins"}, {"schema_name", "s"}, {"volume_type", "MANAGED"}})
            .status == 200);
  CHECK(grant(bob, "schema/admins.s", "users", "SELECT").status == 200);
  CHECK(status("DELETE", kCatalog + "schemas/admins.s?force=true") == 200);

  CHECK(grant(admin, "catalog/admins", "nobody", "BROWSE").errorCode() == "PRINCIPAL_DOES_NOT_EXIST");
  CHECK(grant(admin, "catalog/admins", "users", "READ_FILES").message() ==
        "Privilege READ_FILES is not applicable to this entity.");
  CHECK(admin.patch(kCatalog + "catalogs/admins", {{"owner", "nobody"}}).errorCode() == "PRINCIPAL_DOES_NOT_EXIST");
  CHECK(admin.patch(kCatalog + "catalogs/admins", {{"isolation_mode", "FOO"}}).errorCode() ==
        "INVALID_PARAMETER_VALUE");
  CHECK(admin.patch(kCatalog + "catalogs/admins", {{"owner", "bob@example.com"}}).status == 200);
  CHECK(status("DELETE", kCatalog + "catalogs/admins?force=true") == 200);
}
