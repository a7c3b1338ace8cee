// SPDX-License-Identifier: Apache-2.0
// What SCIM refuses, and what changes of principals bring about elsewhere.
#include "emulator/identity/group_graph.hpp"
#include "support/catch.hpp"
#include "trowel/os/files.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

const std::string kScim = "/api/2.0/preview/scim/v2/";

Json patchOf(const std::string& op, const std::string& path, const Json& value) {
  return {{"Operations", {{{"op", op}, {"path", path}, {"value", value}}}}};
}

struct Staff {
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({.userName = "ada@example.com"}).value());
  WorkspaceClient client{*emulator};
  std::string self = client.get(kScim + "Me").body.at("id");

  std::string create(const std::string& kind, const Json& resource) {
    auto reply = client.post(kScim + kind, resource);
    REQUIRE(reply.status == 201);
    return reply.body.at("id");
  }
};

}  // namespace

TEST_CASE_METHOD(Staff, "the last administrator stays") {
  CHECK(client.patch(kScim + "Users/" + self, patchOf("replace", "active", false)).status == 403);
  CHECK(client.put(kScim + "Users/" + self, {{"userName", "ada@example.com"}, {"active", false}}).status == 403);
  CHECK(client.remove(kScim + "Users/" + self).status == 403);
  CHECK(client.put(kScim + "Groups/705", {{"displayName", "admins"}, {"members", Json::array()}}).status == 403);
  CHECK(client.patch(kScim + "Groups/705", patchOf("remove", "members", Json())).status == 403);
  CHECK(client.get(kScim + "Me").body.at("active") == true);
  CHECK(client.get(kScim + "Groups/705").body.at("members").size() == 1);

  create("Users", {{"userName", "grace@example.com"}, {"groups", {{{"value", "705"}}}}});
  CHECK(client.patch(kScim + "Users/" + self, patchOf("replace", "active", "False")).status == 200);
  CHECK(client.get(kScim + "Me").status == 403);
}

TEST_CASE("who starts a workspace is an active administrator of it") {
  auto folder = os::makeTempDir("/tmp", "trowel-scim-").value();
  Options options{.dataDir = folder, .userName = "ada@example.com"};
  {
    auto emulator = Emulator::start(options).value();
    WorkspaceClient client(*emulator);
    auto self = client.get(kScim + "Me").body.at("id").get<std::string>();
    client.post(kScim + "Users", {{"userName", "grace@example.com"}, {"groups", {{{"value", "705"}}}}});
    CHECK(client.patch(kScim + "Users/" + self, patchOf("replace", "active", false)).status == 200);
    CHECK(client.get(kScim + "Me").status == 403);
  }
  auto emulator = Emulator::start(options).value();
  WorkspaceClient client(*emulator);
  CHECK(client.get(kScim + "Me").body.at("active") == true);
  static_cast<void>(os::removeTree(folder));
}

TEST_CASE_METHOD(Staff, "values that cannot be are refused") {
  for (const char* name : {"../../evil", "a/b", "/", "..", "a\nb"})
    CHECK(client.post(kScim + "Users", {{"userName", name}}).body.value("scimType", "") == "invalidValue");
  CHECK(client.post(kScim + "Users", {{"userName", std::string(300, 'x')}}).status == 400);
  CHECK(client.post(kScim + "ServicePrincipals", {{"applicationId", "../x"}}).status == 400);
  CHECK(client.post(kScim + "Groups", {{"displayName", "g"}, {"entitlements", {{{"value", "fly"}}}}}).status == 400);
  CHECK(client.get(kScim + "Users?startIndex=abc").body.value("scimType", "") == "invalidValue");
  CHECK(client.get(kScim + "Users?count=99999999999999999999").status == 400);
  CHECK(client.get(kScim + "Users?startIndex=-3&count=-1").body.at("itemsPerPage") == 0);
}

TEST_CASE_METHOD(Staff, "empty lists are left out") {
  auto id = create("Users", {{"userName", "grace@example.com"},
                             {"entitlements", {{{"value", "workspace-access"}}}},
                             {"roles", {{{"value", "r"}}}}});
  auto patched =
      client.patch(kScim + "Users/" + id, patchOf("remove", "entitlements[value eq \"workspace-access\"]", Json()));
  CHECK_FALSE(patched.body.contains("entitlements"));
  CHECK(client.patch(kScim + "Users/" + id, patchOf("replace", "roles", Json::array())).body.contains("roles") ==
        false);
}

TEST_CASE_METHOD(Staff, "a filter sees groups, and a page has whole resources") {
  auto id = create("Users", {{"userName", "grace@example.com"}});
  create("Groups", {{"displayName", "crew"}, {"members", {{{"value", id}}}}});
  auto found = client.get(kScim + "Users?filter=groups.display%20eq%20%22crew%22").body;
  REQUIRE(found.at("totalResults") == 1);
  CHECK(found.at("Resources").at(0).at("userName") == "grace@example.com");
  CHECK(found.at("Resources").at(0).at("groups").size() == 2);
  auto groups = client.get(kScim + "Groups?filter=displayName%20eq%20%22crew%22").body;
  CHECK(groups.at("Resources").at(0).at("members").at(0).at("display") == "Grace");
}

TEST_CASE_METHOD(Staff, "a renamed group keeps its rights, and a new user of an old name gets none") {
  auto graceId = create("Users", {{"userName", "grace@example.com"}});
  auto grace = signedIn(*emulator, "grace@example.com");
  auto crew = create("Groups", {{"displayName", "crew"}, {"members", {{{"value", graceId}}}}});
  auto job = client.post("/api/2.1/jobs/create", {{"name", "j"}}).body.at("job_id").dump();
  const std::string path = "/api/2.0/permissions/jobs/" + job;
  REQUIRE(client.patch(path, {{"access_control_list", {{{"group_name", "crew"}, {"permission_level", "CAN_VIEW"}}}}})
              .status == 200);
  client.post("/api/2.0/secrets/scopes/create", {{"scope", "s"}});
  auto grant = [&](const std::string& principal) {
    return client.post("/api/2.0/secrets/acls/put", {{"scope", "s"}, {"principal", principal}, {"permission", "READ"}})
        .status;
  };
  REQUIRE(grant("crew") == 200);
  auto mayRead = [&] {
    return std::pair(grace.get("/api/2.1/jobs/get?job_id=" + job).status,
                     grace.get("/api/2.0/secrets/list?scope=s").status);
  };
  CHECK(mayRead() == std::pair(200, 200));
  REQUIRE(client.patch(kScim + "Groups/" + crew, patchOf("replace", "displayName", "staff")).status == 200);
  CHECK(mayRead() == std::pair(200, 200));
  CHECK(client.get(path).text.find("\"staff\"") != std::string::npos);
  CHECK(client.get("/api/2.0/secrets/acls/list?scope=s").text.find("\"staff\"") != std::string::npos);
  REQUIRE(client.remove(kScim + "Groups/" + crew).status == 204);
  CHECK(client.get(path).text.find("staff") == std::string::npos);
  create("Groups", {{"displayName", "staff"}, {"members", {{{"value", graceId}}}}});
  CHECK(mayRead() == std::pair(403, 403));

  client.patch(path,
               {{"access_control_list", {{{"user_name", "grace@example.com"}, {"permission_level", "CAN_VIEW"}}}}});
  REQUIRE(grant("grace@example.com") == 200);
  CHECK(mayRead() == std::pair(200, 200));
  REQUIRE(client.remove(kScim + "Users/" + graceId).status == 204);
  CHECK(client.get(path).text.find("grace") == std::string::npos);
  grace = signedIn(*emulator, "grace@example.com");
  CHECK(mayRead() == std::pair(403, 403));
}

TEST_CASE_METHOD(Staff, "clusters are created by those who are entitled, themselves or by a group, or have a policy") {
  const Json cluster{{"cluster_name", "c"},
                     {"spark_version", "15.4.x-scala2.12"},
                     {"node_type_id", "Standard_DS3_v2"},
                     {"num_workers", 1}};
  auto id = create("Users", {{"userName", "grace@example.com"}});
  auto grace = signedIn(*emulator, "grace@example.com");
  auto mayCreate = [&](Json spec) { return grace.post("/api/2.1/clusters/create", spec); };
  auto refused = mayCreate(cluster);
  CHECK(refused.status == 403);
  CHECK(refused.errorCode() == "PERMISSION_DENIED");
  Json personal = cluster;
  personal["policy_id"] = client.get("/api/2.0/policies/clusters/list").body.at("policies").at(0).at("policy_id");
  CHECK(mayCreate(personal).status != 403);  // the one that everybody may use from the start

  Json byPolicy = cluster;
  byPolicy["policy_id"] =
      client.post("/api/2.0/policies/clusters/create", {{"name", "p"}, {"definition", "{}"}}).body.at("policy_id");
  CHECK(mayCreate(byPolicy).status == 403);
  const Json use{{"user_name", "grace@example.com"}, {"permission_level", "CAN_USE"}};
  client.patch("/api/2.0/permissions/cluster-policies/" + byPolicy.at("policy_id").get<std::string>(),
               {{"access_control_list", {use}}});
  CHECK(mayCreate(byPolicy).status == 200);
  CHECK(mayCreate(cluster).status == 403);

  create("Groups", {{"displayName", "makers"},
                    {"members", {{{"value", id}}}},
                    {"entitlements", {{{"value", "allow-cluster-create"}}}}});
  CHECK(mayCreate(cluster).status == 200);
}

TEST_CASE("groups know their members' other groups, and no ring holds them up") {
  GroupGraph graph;
  graph.set("1", "inner", {"u"});
  graph.set("2", "outer", {"1", "u"});
  graph.set("3", "ring", {"2", "4"});
  graph.set("4", "ring back", {"3"});
  auto around = graph.around(graph.parentsOf("u"));
  REQUIRE(around.size() == 4);
  CHECK(around[0].groupId == "1");
  CHECK((around[1].groupId == "2" && around[1].direct));
  CHECK((around[2].groupId == "3" && !around[2].direct));
  CHECK(graph.find("outer") == "2");
  CHECK_FALSE(graph.find("Outer"));
  CHECK(graph.findIgnoringCase("Outer") == "2");
  graph.set("1", "inner", {});
  CHECK(graph.parentsOf("u") == std::set<std::string>{"2"});
  graph.remove("2");
  CHECK(graph.around(graph.parentsOf("u")).empty());
}
