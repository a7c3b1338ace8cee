// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "trowel/os/files.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

const std::string kScim = "/api/2.0/preview/scim/v2/";

struct Office {
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator =
      std::move(Emulator::start({.userName = "ada.lovelace@example.com"}, clock).value());
  WorkspaceClient client{*emulator};

  std::string create(const std::string& kind, const Json& resource) {
    auto reply = client.post(kScim + kind, resource);
    REQUIRE(reply.status == 201);
    return reply.body.at("id");
  }
  // A user who is no administrator, and a client that calls with a token of theirs.
  WorkspaceClient signIn(const std::string& name) {
    create("Users", {{"userName", name}});
    auto principal = client.post(kScim + "ServicePrincipals", {{"displayName", "robot of " + name}});
    auto token = client.post("/api/2.0/token-management/on-behalf-of/tokens",
                             {{"application_id", principal.body.at("applicationId")}});
    REQUIRE(token.status == 200);
    WorkspaceClient theirs(*emulator);
    theirs.setToken(token.body.at("token_value"));
    return theirs;
  }
  Json names(const std::string& query) {
    Json found = Json::array();
    auto reply = client.get(kScim + "Users" + query);
    REQUIRE(reply.status == 200);
    for (const auto& user : reply.body.value("Resources", Json::array())) found.push_back(user.at("userName"));
    return found;
  }
};

}  // namespace

TEST_CASE_METHOD(Office, "the first user is an administrator and finds itself") {
  auto me = client.get(kScim + "Me");
  CHECK(me.header("Content-Type") == "application/scim+json");
  CHECK(me.body.at("userName") == "ada.lovelace@example.com");
  CHECK(me.body.at("name") == Json{{"givenName", "Ada"}, {"familyName", "Lovelace"}});
  CHECK(me.body.at("emails").at(0).at("value") == "ada.lovelace@example.com");
  REQUIRE(me.body.at("groups").size() == 2);
  CHECK(me.body.at("groups").at(0) ==
        Json{{"display", "admins"}, {"type", "direct"}, {"value", "705"}, {"$ref", "Groups/705"}});
  CHECK(client.get(kScim + "Me?attributes=userName,NAME.givenName").body.size() == 4);
  CHECK_FALSE(client.get(kScim + "Me?excludedAttributes=groups").body.contains("groups"));
}

TEST_CASE_METHOD(Office, "users are created, listed by filter and page, changed and deleted") {
  auto grace = create("Users", {{"userName", "grace@example.com"}, {"displayName", "Grace H"}});
  create("Users", {{"userName", "alan.turing@example.org"}});
  CHECK(client.get(kScim + "Users/" + grace).body.at("displayName") == "Grace H");
  CHECK(client.get(kScim + "Users/" + grace).body.at("groups").size() == 1);

  CHECK(names("?filter=userName%20eq%20%22GRACE@example.com%22") == Json{"grace@example.com"});
  CHECK(names("?filter=userName+co+%22example.org%22") == Json{"alan.turing@example.org"});
  CHECK(names("?filter=displayName+sw+%22ada%22+or+emails.value+eq+%22grace@example.com%22").size() == 2);
  CHECK(names("?filter=userName+sw+%22a%22+and+name.familyName+eq+%22Turing%22") == Json{"alan.turing@example.org"});
  CHECK(names("?filter=externalId+pr").empty());
  auto bad = client.get(kScim + "Users?filter=userName%20like%20%22x%22");
  CHECK(bad.status == 400);
  CHECK(bad.body.at("scimType") == "invalidFilter");
  CHECK(bad.body.at("status") == "400");

  auto first = client.get(kScim + "Users?sortBy=userName&startIndex=1&count=2").body;
  CHECK(first.at("totalResults") == 3);
  CHECK(first.at("itemsPerPage") == 2);
  CHECK(first.at("Resources").at(0).at("userName") == "ada.lovelace@example.com");
  auto rest = client.get(kScim + "Users?sortBy=userName&startIndex=3&count=2").body;
  CHECK(rest.at("Resources").at(0).at("userName") == "grace@example.com");
  CHECK_FALSE(client.get(kScim + "Users?startIndex=9").body.contains("Resources"));

  auto again = client.post(kScim + "Users", {{"userName", "Grace@example.com"}});
  CHECK(again.status == 409);
  CHECK(again.body.at("detail") == "User with username Grace@example.com already exists.");
  CHECK(client.post(kScim + "Users", Json::object()).status == 400);
  CHECK(client.post(kScim + "Users", {{"userName", 7}}).body.at("scimType") == "invalidValue");
  CHECK(client.post(kScim + "Users", {{"userName", "x@y.z"}, {"emails", "x"}}).status == 400);

  auto patched = client.patch(
      kScim + "Users/" + grace,
      {{"Operations",
        {{{"op", "replace"}, {"path", "displayName"}, {"value", "Grace"}},
         {{"op", "Add"}, {"path", "entitlements"}, {"value", {{{"value", "databricks-sql-access"}}}}},
         {{"op", "replace"}, {"path", "name.familyName"}, {"value", "Hopper"}},
         {{"op", "replace"}, {"path", "emails[type eq \"work\"].value"}, {"value", "hopper@example.com"}}}}});
  CHECK(patched.status == 200);
  CHECK(patched.body.at("displayName") == "Grace");
  CHECK(patched.body.at("name").at("familyName") == "Hopper");
  CHECK(patched.body.at("emails").at(0).at("value") == "hopper@example.com");
  CHECK(patched.body.at("entitlements").at(0).at("value") == "databricks-sql-access");
  auto without = client.patch(
      kScim + "Users/" + grace,
      {{"Operations", {{{"op", "remove"}, {"path", "entitlements[value eq \"databricks-sql-access\"]"}}}}});
  CHECK_FALSE(without.body.contains("entitlements"));
  CHECK(client.patch(kScim + "Users/" + grace, {{"Operations", {{{"op", "move"}}}}}).status == 400);
  CHECK(client.patch(kScim + "Users/" + grace, Json::object()).status == 400);
  CHECK(client.patch(kScim + "Users/" + grace, {{"Operations", {{{"op", "add"}, {"value", {{"active", "no"}}}}}}})
            .body.at("scimType") == "invalidValue");

  auto put = client.put(kScim + "Users/" + grace, {{"userName", "hopper@example.com"}});
  CHECK(put.body.at("emails").at(0).at("value") == "hopper@example.com");
  CHECK(client.remove(kScim + "Users/" + grace).status == 204);
  auto gone = client.get(kScim + "Users/" + grace);
  CHECK(gone.status == 404);
  CHECK(gone.body.at("schemas").at(0) == "urn:ietf:params:scim:api:messages:2.0:Error");
  CHECK(client.remove(kScim + "Users/" + grace).status == 404);
}

TEST_CASE_METHOD(Office, "groups hold users and groups, and make administrators") {
  auto user = create("Users", {{"userName", "grace@example.com"}});
  auto inner = create("Groups", {{"displayName", "inner"}, {"members", {{{"value", user}}}}});
  auto outer = create("Groups", {{"displayName", "outer"}, {"members", {{{"value", inner}}}}});
  auto groups = client.get(kScim + "Users/" + user).body.at("groups");
  REQUIRE(groups.size() == 3);
  CHECK(groups.at(2).at("display") == "outer");
  CHECK(groups.at(2).at("type") == "indirect");
  CHECK(client.get(kScim + "Groups/" + inner).body.at("members").at(0).at("$ref") == "Users/" + user);
  CHECK(client.get(kScim + "Groups/706").body.at("members").size() == 2);

  CHECK(client.post(kScim + "Groups", {{"displayName", "inner"}}).body.at("detail") ==
        "Group with name inner already exists.");
  CHECK(client.post(kScim + "Groups", {{"displayName", "x"}, {"members", {{{"value", "1"}}}}}).status == 400);
  CHECK(client.remove(kScim + "Groups/705").status == 403);
  auto joined = client.patch(kScim + "Groups/705",
                             {{"Operations", {{{"op", "add"}, {"path", "members"}, {"value", {{{"value", user}}}}}}}});
  CHECK(joined.body.at("members").size() == 2);
  auto left = client.patch(kScim + "Groups/" + inner,
                           {{"Operations", {{{"op", "remove"}, {"path", "members[value eq \"" + user + "\"]"}}}}});
  CHECK_FALSE(left.body.contains("members"));
  CHECK(client.remove(kScim + "Groups/" + outer).status == 204);
}

TEST_CASE_METHOD(Office, "service principals have application ids and tokens made on their behalf") {
  auto principal = client.post(kScim + "ServicePrincipals", {{"displayName", "nightly"}}).body;
  std::string application = principal.at("applicationId");
  CHECK(application.size() == 36);
  auto token = client.post("/api/2.0/token-management/on-behalf-of/tokens",
                           {{"application_id", application}, {"lifetime_seconds", 60}, {"comment", "ci"}});
  CHECK(token.body.at("token_info").at("comment") == "ci");
  WorkspaceClient robot(*emulator);
  robot.setToken(token.body.at("token_value"));
  auto me = robot.get(kScim + "Me");
  CHECK(me.body.at("userName") == application);
  CHECK_FALSE(me.body.contains("emails"));
  CHECK(client.post("/api/2.0/token-management/on-behalf-of/tokens", {{"application_id", "x"}}).status == 404);

  // Who is no administrator changes nothing.
  auto denied = robot.post(kScim + "Users", {{"userName", "x@y.z"}});
  CHECK(denied.status == 403);
  CHECK(denied.body.at("schemas").at(0) == "urn:ietf:params:scim:api:messages:2.0:Error");
  CHECK(robot.get(kScim + "Users").status == 200);
  CHECK(robot.get("/api/2.0/token-management/tokens").errorCode() == "PERMISSION_DENIED");
  CHECK(robot.get("/api/2.0/workspace-conf?keys=enableTokensConfig").errorCode() == "PERMISSION_DENIED");
  CHECK(robot.get("/api/2.0/global-init-scripts").errorCode() == "PERMISSION_DENIED");

  auto deactivate = [&](bool active) {
    return client.patch(kScim + "ServicePrincipals/" + principal.at("id").get<std::string>(),
                        {{"Operations", {{{"op", "replace"}, {"path", "active"}, {"value", active}}}}});
  };
  CHECK(deactivate(false).status == 200);
  CHECK(robot.get(kScim + "Me").status == 403);
  deactivate(true);
  CHECK(robot.get(kScim + "Me").status == 200);
  clock.advance(61s);
  auto expired = robot.get(kScim + "Me");
  CHECK(expired.status == 403);
  CHECK(expired.message().starts_with("Invalid access token. [ReqId: "));
}

TEST_CASE_METHOD(Office, "a user's own tokens are created, listed and deleted") {
  auto forever = client.get("/api/2.0/token/list").body.at("token_infos").at(0);
  CHECK(forever.at("expiry_time") == -1);
  auto made = client.post("/api/2.0/token/create", {{"comment", "laptop"}, {"lifetime_seconds", 3600}}).body;
  std::string value = made.at("token_value");
  std::string id = made.at("token_info").at("token_id");
  CHECK(value.starts_with("dapi"));
  CHECK(id.size() == 64);
  CHECK(made.at("token_info").at("expiry_time").get<std::int64_t>() -
            made.at("token_info").at("creation_time").get<std::int64_t>() ==
        3600'000);
  CHECK(client.get("/api/2.0/token/list").text.find(value) == std::string::npos);
  CHECK(client.get("/api/2.0/token/list").body.at("token_infos").size() == 2);
  WorkspaceClient laptop(*emulator);
  laptop.setToken(value);
  CHECK(laptop.get(kScim + "Me").status == 200);

  auto managed = client.get("/api/2.0/token-management/tokens?created_by_username=ada.lovelace@example.com").body;
  CHECK(managed.at("token_infos").at(1).at("created_by_username") == "ada.lovelace@example.com");
  CHECK(managed.at("token_infos").at(1).at("owner_id").is_number_integer());
  CHECK_FALSE(client.get("/api/2.0/token-management/tokens?created_by_id=1").body.contains("token_infos"));
  CHECK(client.get("/api/2.0/token-management/tokens/" + id).body.at("token_info").at("comment") == "laptop");

  CHECK(client.post("/api/2.0/token/delete", {{"token_id", id}}).body == Json::object());
  CHECK(laptop.get(kScim + "Me").status == 403);
  auto again = client.post("/api/2.0/token/delete", {{"token_id", id}});
  CHECK(again.status == 404);
  CHECK(again.message() == "Token with ID " + id + " does not exist.");
  CHECK(client.remove("/api/2.0/token-management/tokens/" + id).errorCode() == "RESOURCE_DOES_NOT_EXIST");
  CHECK(client.post("/api/2.0/token/create", {{"lifetime_seconds", -5}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.post("/api/2.0/token/create", {{"lifetime_seconds", 731LL * 86400}}).status == 400);
  for (const Json& lifetime : {Json("abc"), Json{1}, Json(1e30), Json{{"a", 1}}})
    CHECK(client.post("/api/2.0/token/create", {{"lifetime_seconds", lifetime}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(client.post("/api/2.0/token/create", {{"scopes", "sql"}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(client.post("/api/2.0/token/create", {{"scopes", {"nope"}}}).errorCode() == "INVALID_PARAMETER_VALUE");

  for (int i = 1; i < 600; ++i) REQUIRE(client.post("/api/2.0/token/create", Json::object()).status == 200);
  CHECK(client.post("/api/2.0/token/create", Json::object()).errorCode() == "QUOTA_EXCEEDED");
}

TEST_CASE_METHOD(Office, "a token with scopes opens only the APIs of those") {
  auto made = client.post("/api/2.0/token/create", {{"scopes", {"clusters"}}}).body;
  CHECK(made.at("token_info").at("scopes") == Json{"clusters"});
  WorkspaceClient narrow(*emulator);
  narrow.setToken(made.at("token_value"));
  CHECK(narrow.get("/api/2.1/clusters/list").status == 200);
  CHECK(narrow.get(kScim + "Me").status == 200);
  auto refused = narrow.get("/api/2.0/workspace/list?path=/");
  CHECK(refused.status == 403);
  CHECK(refused.message() == "Provided OAuth token does not have required scopes: workspace");
  auto scoped = [&](const std::string& scope, const std::string& path) {
    narrow.setToken(client.post("/api/2.0/token/create", {{"scopes", {scope}}}).body.at("token_value"));
    return narrow.get(path).status;
  };
  CHECK(scoped("cluster-policies", "/api/2.0/policies/clusters/list") == 200);
  CHECK(scoped("sql", "/api/2.0/preview/sql/queries") == 200);
  CHECK(scoped("settings", "/api/2.0/ip-access-lists") == 200);
  CHECK(scoped("scim", kScim + "Users") == 200);
  CHECK(scoped("scim", "/api/2.0/preview/sql/queries") == 403);
}

TEST_CASE_METHOD(Office, "the settings of the workspace bind new tokens") {
  const std::string conf = "/api/2.0/workspace-conf";
  CHECK(client.get(conf + "?keys=enableTokensConfig,maxTokenLifetimeDays").body ==
        Json{{"enableTokensConfig", nullptr}, {"maxTokenLifetimeDays", nullptr}});
  CHECK(client.patch(conf, {{"maxTokenLifetimeDays", "1"}}).status == 204);
  CHECK(client.get(conf + "?keys=maxTokenLifetimeDays").body.at("maxTokenLifetimeDays") == "1");
  CHECK(client.post("/api/2.0/token/create", {{"lifetime_seconds", 86401}}).status == 400);
  CHECK(client.post("/api/2.0/token/create", {{"lifetime_seconds", 86400}}).status == 200);
  CHECK(client.patch(conf, {{"enableTokensConfig", "false"}}).status == 204);
  CHECK(client.post("/api/2.0/token/create", Json::object()).errorCode() == "FEATURE_DISABLED");
  CHECK(client.patch(conf, {{"maxTokenLifetimeDays", "abc"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.patch(conf, {{"enableTokensConfig", "maybe"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.patch(conf, {{"nonsense", "1"}}).message() == "nonsense is an invalid config key");
  CHECK(client.patch(conf, {{"enableTokensConfig", true}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get(conf).message() == "Missing required field: keys");
  CHECK(client.get(conf + "?keys=nonsense").errorCode() == "BAD_REQUEST");
}

TEST_CASE_METHOD(Office, "what administrators keep is created, shown, changed and deleted") {
  SECTION("IP access lists") {
    const std::string lists = "/api/2.0/ip-access-lists";
    CHECK(client.get(lists).body == Json::object());
    Json wish{{"label", "office"}, {"list_type", "ALLOW"}, {"ip_addresses", {"10.0.0.0/8", "192.168.1.7"}}};
    auto made = client.post(lists, wish).body.at("ip_access_list");
    CHECK(made.at("address_count") == 2);
    std::string one = lists + "/" + made.at("list_id").get<std::string>();
    CHECK(client.patch(one, {{"enabled", false}}).body == Json::object());
    CHECK(client.put(one, {{"label", "x"}}).status == 400);
    CHECK(client.get(one).body.at("ip_access_list").at("enabled") == false);
    CHECK(client.get(one).body.at("ip_access_list").at("label") == "office");
    wish["ip_addresses"] = {"10.0.0.256"};
    CHECK(client.post(lists, wish).status == 400);
    CHECK(client.remove(one).status == 200);
    CHECK(client.get(one).status == 404);
  }
  SECTION("init scripts") {
    const std::string scripts = "/api/2.0/global-init-scripts";
    auto id = client.post(scripts, {{"name", "setup"}, {"script", encode("echo 1")}}).body.at("script_id");
    CHECK_FALSE(client.get(scripts).body.at("scripts").at(0).contains("script"));
    std::string one = scripts + "/" + id.get<std::string>();
    CHECK(client.patch(one, {{"enabled", true}, {"position", 3}}).status == 200);
    CHECK(client.get(one).body.at("script") == encode("echo 1"));
    CHECK(client.get(one).body.at("position") == 3);
    CHECK(client.post(scripts, {{"name", "x"}, {"script", "%"}}).status == 400);
    CHECK(client.remove(one).status == 200);
    CHECK(client.patch(one, Json::object()).status == 404);
  }
  SECTION("instance profiles") {
    const std::string base = "/api/2.0/instance-profiles/";
    const std::string arn = "arn:aws:iam::123456789012:instance-profile/reader";
    CHECK(client.post(base + "add", {{"instance_profile_arn", arn}}).status == 200);
    CHECK(client.post(base + "add", {{"instance_profile_arn", arn}}).errorCode() == "RESOURCE_ALREADY_EXISTS");
    CHECK(client.get(base + "list").body.at("instance_profiles").at(0).at("instance_profile_arn") == arn);
    CHECK(client.post(base + "add", {{"instance_profile_arn", "x"}}).status == 400);
    CHECK(client.post(base + "remove", {{"instance_profile_arn", arn}}).status == 200);
    CHECK(client.post(base + "remove", {{"instance_profile_arn", arn}}).status == 404);
  }
}

TEST_CASE("users and tokens are still there after a restart") {
  auto folder = os::makeTempDir("/tmp", "trowel-identity-").value();
  std::string token;
  std::string made;
  {
    auto emulator = Emulator::start({.dataDir = folder}).value();
    WorkspaceClient client(*emulator);
    token = emulator->token().reveal();
    made = client.post("/api/2.0/token/create", Json::object()).body.at("token_value");
    CHECK(client.post(kScim + "Users", {{"userName", "grace@example.com"}}).status == 201);
  }
  CHECK((std::filesystem::status(folder + "/token").permissions() & std::filesystem::perms::all) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(os::readFile(folder + "/state.db", 10'000'000).value().find(made) == std::string::npos);
  {
    auto emulator = Emulator::start({.dataDir = folder}).value();
    CHECK(emulator->token().reveal() == token);
    WorkspaceClient client(*emulator);
    client.setToken(made);
    CHECK(client.get(kScim + "Users").body.at("totalResults") == 2);
  }
  static_cast<void>(os::removeTree(folder));
}
