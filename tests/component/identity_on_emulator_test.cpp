// SPDX-License-Identifier: Apache-2.0
// Who is who, what they may know, and what administrators set, against a workspace that keeps it.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/emulator_workspace.hpp"
#include "trowel/databricks/git_credentials.hpp"
#include "trowel/databricks/global_init_scripts.hpp"
#include "trowel/databricks/instance_profiles.hpp"
#include "trowel/databricks/ip_access_lists.hpp"
#include "trowel/databricks/scim.hpp"
#include "trowel/databricks/secrets.hpp"
#include "trowel/databricks/tokens.hpp"
#include "trowel/databricks/workspace_conf.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

TEST_CASE("users, groups and service principals in pages") {
  test::EmulatorWorkspace bench({.pageCap = 2});
  Scim scim(bench.rest);
  constexpr Call kNewUser{Verb::Post, "/api/2.0/preview/scim/v2/Users", Safety::Unsafe};
  constexpr Call kNewPrincipal{Verb::Post, "/api/2.0/preview/scim/v2/ServicePrincipals", Safety::Unsafe};
  for (std::string name : {"ä b\"c@example.com", "b@example.com", "c@example.com", "d@example.com"})
    REQUIRE(bench.rest.call(kNewUser, {{"userName", name}}));
  auto made = bench.rest.call(kNewPrincipal, {{"displayName", "bot"}});
  REQUIRE(made);

  CHECK(scim.users().all()->size() == 5);
  auto found = scim.users({.filter = scimEquals("userName", "ä b\"c@example.com")}).all().value();
  REQUIRE(found.size() == 1);
  CHECK(found[0].userName == "ä b\"c@example.com");
  CHECK(found[0].active);
  CHECK(scim.user(found[0].id)->userName == found[0].userName);
  CHECK(scim.user("1").error().code == ErrorCode::NotFound);

  auto groups = scim.groups({.filter = scimEquals("displayName", "admins")}).all().value();
  REQUIRE(groups.size() == 1);
  auto me = scim.me().value();
  CHECK(std::ranges::count(me.groups, "admins") == 1);
  auto admins = scim.group(groups[0].id).value();
  CHECK(std::ranges::any_of(admins.members, [&](const auto& member) { return member.id == me.id; }));
  auto principals = scim.servicePrincipals().all().value();
  REQUIRE(principals.size() == 1);
  CHECK(principals[0].displayName == "bot");
  CHECK(scim.servicePrincipal(principals[0].id)->applicationId == principals[0].applicationId);
}

TEST_CASE("a token is made, works, is listed and ends") {
  test::EmulatorWorkspace bench;
  Tokens tokens(bench.rest);
  auto token = tokens.create({.comment = "für CI", .lifetime = std::chrono::hours(1), .scopes = {}}).value();
  CHECK(token.info.comment == "für CI");
  REQUIRE(token.info.expiresAt);
  CHECK(*token.info.expiresAt - token.info.createdAt == 3600 * 1000);

  auto config = bench.config();
  config.credentials = http::bearer(token.value);
  RestClient other(config, bench.http, core::systemClock());
  CHECK(Scim(other).me()->userName == "demo@example.com");
  auto listed = tokens.list().all().value();
  CHECK(std::ranges::any_of(listed, [&](const auto& info) { return info.id == token.info.id; }));
  auto managed = TokenManagement(bench.rest).list({.createdByName = "demo@example.com"}).all().value();
  CHECK(managed.size() == listed.size());
  CHECK(TokenManagement(bench.rest).get(token.info.id)->createdBy == "demo@example.com");

  REQUIRE(tokens.remove(token.info.id));
  CHECK_FALSE(Scim(other).me());
  CHECK(tokens.remove(token.info.id).error().code == ErrorCode::NotFound);
  CHECK(TokenManagement(bench.rest).remove(token.info.id).error().code == ErrorCode::NotFound);
}

TEST_CASE("switches of the workspace are set and read") {
  test::EmulatorWorkspace bench;
  WorkspaceConf conf(bench.rest);
  REQUIRE(conf.set({{"maxTokenLifetimeDays", "7"}}));
  const std::vector<std::string> keys = {"maxTokenLifetimeDays", "enableIpAccessLists"};
  auto values = conf.get(keys).value();
  CHECK(values["maxTokenLifetimeDays"] == "7");
  CHECK(conf.set({{"noSuchKey", "1"}}).error().code == ErrorCode::InvalidParams);
}

TEST_CASE("what administrators keep is listed") {
  test::EmulatorWorkspace bench;
  CHECK(IpAccessLists(bench.rest).list().all()->empty());
  CHECK(InstanceProfiles(bench.rest).list().all()->empty());
  constexpr Call kNewList{Verb::Post, "/api/2.0/ip-access-lists", Safety::Unsafe};
  constexpr Call kNewScript{Verb::Post, "/api/2.0/global-init-scripts", Safety::Unsafe};
  constexpr Call kNewProfile{Verb::Post, "/api/2.0/instance-profiles/add", Safety::Unsafe};
  REQUIRE(bench.rest.call(kNewList, {{"label", "Büro"}, {"list_type", "ALLOW"}, {"ip_addresses", {"10.0.0.0/8"}}}));
  REQUIRE(bench.rest.call(kNewScript, {{"name", "proxy"}, {"script", "ZWNobyBoaQo="}}));
  REQUIRE(bench.rest.call(kNewProfile, {{"instance_profile_arn", "arn:aws:iam::1:instance-profile/x"}}));

  auto lists = IpAccessLists(bench.rest).list().all().value();
  REQUIRE(lists.size() == 1);
  CHECK(lists[0].label == "Büro");
  CHECK(lists[0].enabled);
  CHECK(lists[0].createdBy != 0);
  GlobalInitScripts scripts(bench.rest);
  auto all = scripts.list().all().value();
  REQUIRE(all.size() == 1);
  CHECK(scripts.get(all[0].id)->script == "echo hi\n");
  CHECK(InstanceProfiles(bench.rest).list().all()->at(0).arn == "arn:aws:iam::1:instance-profile/x");
}

TEST_CASE("secrets keep any bytes, and their scopes say who may have them") {
  test::EmulatorWorkspace bench;
  Secrets secrets(bench.rest);
  REQUIRE(secrets.createScope({.name = "s"}));
  CHECK(secrets.createScope({.name = "s"}).error().code == ErrorCode::AlreadyExists);
  for (std::string value : {std::string("pä\"ss\n日本"), std::string("\0\xff\x80", 3), std::string()}) {
    REQUIRE(secrets.put("s", "k/1.a@b", core::SecretString(value)));
    CHECK(secrets.get("s", "k/1.a@b")->reveal() == value);
  }
  auto keys = secrets.list("s").all().value();
  REQUIRE(keys.size() == 1);
  CHECK(keys[0].key == "k/1.a@b");
  CHECK(keys[0].updatedAt > 1'600'000'000'000);
  CHECK(secrets.get("s", "none").error().code == ErrorCode::NotFound);
  CHECK(secrets.list("none").all().error().code == ErrorCode::NotFound);

  REQUIRE(secrets.putAcl("s", {.principal = "users", .permission = "READ"}));
  REQUIRE(secrets.putAcl("s", {.principal = "users", .permission = "WRITE"}));
  CHECK(secrets.getAcl("s", "users")->permission == "WRITE");
  CHECK(secrets.listAcls("s").all()->size() == 2);
  REQUIRE(secrets.removeAcl("s", "users"));
  CHECK(secrets.getAcl("s", "users").error().code == ErrorCode::NotFound);
  REQUIRE(secrets.remove("s", "k/1.a@b"));
  REQUIRE(secrets.removeScope("s"));
  CHECK(secrets.listScopes().all()->empty());
}

TEST_CASE("Git credentials are kept without their tokens") {
  test::EmulatorWorkspace bench;
  GitCredentials credentials(bench.rest);
  auto made = credentials.create({.provider = "GitHub", .userName = "ada", .token = core::SecretString("ghp_1")});
  REQUIRE(made);
  CHECK(made->provider == "gitHub");
  CHECK(credentials.create({.provider = "gitHub"}).error().code == ErrorCode::Conflict);
  REQUIRE(credentials.update(made->id, {.provider = "gitHub", .name = "Arbeit", .makeDefault = true}));
  auto all = credentials.list().all().value();
  REQUIRE(all.size() == 1);
  CHECK(all[0].name == "Arbeit");
  CHECK(all[0].userName == "ada");
  CHECK(all[0].isDefault);
  REQUIRE(credentials.remove(made->id));
  CHECK(credentials.get(made->id).error().code == ErrorCode::NotFound);
}
