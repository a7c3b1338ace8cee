// SPDX-License-Identifier: Apache-2.0
#include "emulator/secrets/secrets.hpp"
#include "emulator/server/faults.hpp"
#include "emulator/state/ids.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "trowel/os/files.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

const std::string kSecrets = "/api/2.0/secrets/";

struct Vault {
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({.userName = "ada.lovelace@example.com"}).value());
  WorkspaceClient client{*emulator};

  emulator::test::Reply createScope(const std::string& scope, Json more = Json::object()) {
    more["scope"] = scope;
    return client.post(kSecrets + "scopes/create", more);
  }
  emulator::test::Reply put(const std::string& scope, const std::string& key, const std::string& value) {
    return client.post(kSecrets + "put", {{"scope", scope}, {"key", key}, {"string_value", value}});
  }
  emulator::test::Reply get(const std::string& scope, const std::string& key) {
    return client.get(kSecrets + "get?scope=" + scope + "&key=" + key);
  }
  Json acls(const std::string& scope) {
    return client.get(kSecrets + "acls/list?scope=" + scope).body.value("items", Json());
  }
};

}  // namespace

TEST_CASE_METHOD(Vault, "scopes are created, listed and deleted with what is in them") {
  CHECK(client.get(kSecrets + "scopes/list").body == Json::object());
  CHECK(createScope("Production").body == Json::object());
  CHECK(client.get(kSecrets + "scopes/list").body.at("scopes") ==
        Json{{{"name", "Production"}, {"backend_type", "DATABRICKS"}}});
  auto again = createScope("production");
  CHECK(again.status == 400);
  CHECK(again.errorCode() == "RESOURCE_ALREADY_EXISTS");
  CHECK(again.message() == "Scope production already exists!");
  for (const auto& name : {std::string("a b"), std::string("ä"), std::string(129, 'x')})
    CHECK(createScope(name).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(createScope("").message() == "Missing required field: scope");
  CHECK(createScope("x", {{"initial_manage_principal", "admins"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(createScope("x", {{"scope_backend_type", "PAPER"}}).errorCode() == "INVALID_PARAMETER_VALUE");

  put("production", "k", "v");
  CHECK(client.post(kSecrets + "scopes/delete", {{"scope", "PRODUCTION"}}).status == 200);
  auto gone = client.post(kSecrets + "scopes/delete", {{"scope", "Production"}});
  CHECK(gone.status == 404);
  CHECK(gone.message() == "Scope Production does not exist!");
  createScope("production");
  CHECK(get("production", "k").status == 404);
}

TEST_CASE_METHOD(Vault, "secrets are put as text or bytes and come back as base64") {
  createScope("s");
  CHECK(client.get(kSecrets + "list?scope=s").body == Json::object());
  CHECK(put("s", "password", "pässword").body == Json::object());
  CHECK(get("s", "password").body == Json{{"key", "password"}, {"value", encode("pässword")}});
  std::string bytes("\0\xff\n", 3);
  client.post(kSecrets + "put", {{"scope", "s"}, {"key", "Password"}, {"bytes_value", encode(bytes)}});
  CHECK(decode(get("s", "PASSWORD").body.at("value")) == bytes);
  auto listed = client.get(kSecrets + "list?scope=s").body.at("secrets");
  REQUIRE(listed.size() == 1);
  CHECK(listed.at(0).at("last_updated_timestamp").is_number_integer());
  CHECK(put("s", "empty", "").status == 200);
  CHECK(get("s", "empty").body.at("value") == "");

  auto bad = [&](Json fields) {
    fields.update({{"scope", "s"}, {"key", "k"}});
    return client.post(kSecrets + "put", fields);
  };
  CHECK(bad(Json::object()).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(bad({{"string_value", "a"}, {"bytes_value", "YQ=="}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(bad({{"bytes_value", "not base64"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(bad({{"string_value", 7}}).errorCode() == "MALFORMED_REQUEST");
  auto large = bad({{"string_value", std::string(128 * 1024 + 1, 'x')}});
  CHECK(large.errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(large.text.find("xxx") == std::string::npos);
  CHECK(bad({{"string_value", std::string(128 * 1024, 'x')}}).status == 200);
  CHECK(put("s", "a key", "v").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(put("nothing", "k", "v").message() == "Scope nothing does not exist!");

  auto missing = get("s", "nothing");
  CHECK(missing.status == 404);
  CHECK(missing.message() == "Secret does not exist with scope: s and key: nothing");
  CHECK(client.post(kSecrets + "delete", {{"scope", "s"}, {"key", "K"}}).status == 200);
  CHECK(client.post(kSecrets + "delete", {{"scope", "s"}, {"key", "k"}}).errorCode() == "RESOURCE_DOES_NOT_EXIST");
  CHECK(client.get(kSecrets + "list?scope=nothing").status == 404);
}

TEST_CASE_METHOD(Vault, "access control lists decide who reads, writes and manages") {
  auto grace = signedIn(*emulator, "grace@example.com");
  createScope("s");
  put("s", "k", "v");
  CHECK(acls("s") == Json{{{"principal", "ada.lovelace@example.com"}, {"permission", "MANAGE"}}});
  CHECK(grace.get(kSecrets + "scopes/list").body == Json::object());
  auto denied = grace.get(kSecrets + "get?scope=s&key=k");
  CHECK(denied.status == 403);
  CHECK(denied.errorCode() == "PERMISSION_DENIED");
  CHECK(grace.get(kSecrets + "list?scope=nothing").status == 404);

  auto grant = [&](const std::string& principal, const std::string& permission) {
    return client.post(kSecrets + "acls/put", {{"scope", "s"}, {"principal", principal}, {"permission", permission}});
  };
  CHECK(grant("users", "READ").body == Json::object());
  CHECK(grace.get(kSecrets + "get?scope=s&key=k").status == 200);
  CHECK(grace.get(kSecrets + "scopes/list").body.at("scopes").size() == 1);
  CHECK(grace.post(kSecrets + "put", {{"scope", "s"}, {"key", "k"}, {"string_value", "w"}}).status == 403);
  grant("grace@example.com", "WRITE");
  CHECK(grace.post(kSecrets + "put", {{"scope", "s"}, {"key", "k"}, {"string_value", "w"}}).status == 200);
  CHECK(grace.get(kSecrets + "acls/list?scope=s").status == 403);
  CHECK(grace.post(kSecrets + "scopes/delete", {{"scope", "s"}}).status == 403);
  grant("grace@example.com", "MANAGE");
  CHECK(grace.get(kSecrets + "acls/get?scope=s&principal=grace@example.com").body ==
        Json{{"principal", "grace@example.com"}, {"permission", "MANAGE"}});
  CHECK(acls("s").size() == 3);

  CHECK(grant("grace@example.com", "EXECUTE").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(grant("nobody@example.com", "READ").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get(kSecrets + "acls/get?scope=s&principal=admins").status == 404);
  CHECK(client.post(kSecrets + "acls/delete", {{"scope", "s"}, {"principal", "users"}}).status == 200);
  auto again = client.post(kSecrets + "acls/delete", {{"scope", "s"}, {"principal", "users"}});
  CHECK(again.message() == "Failed to get secret acl for principal users for scope s.");

  createScope("ours", {{"initial_manage_principal", "users"}});
  CHECK(acls("ours") == Json{{{"principal", "users"}, {"permission", "MANAGE"}}});
  CHECK(grace.post(kSecrets + "scopes/delete", {{"scope", "ours"}}).status == 200);
}

TEST_CASE_METHOD(Vault, "a workspace has at most 1000 scopes") {
  trowel::test::ManualClock clock;
  Ids ids;
  Options options;
  Faults faults{clock};
  World world{clock, ids, nullptr, {}, options, faults};
  Users users(world);
  KeyVaults vaults(world);
  Secrets secrets(world, users, vaults);
  User ada = users.ensure("ada@example.com", true);
  for (int i = 0; i < 1000; ++i) REQUIRE(secrets.createScope(ada, {.name = std::to_string(i)}, false));
  CHECK(secrets.createScope(ada, {.name = "more"}, false).error().code == "RESOURCE_LIMIT_EXCEEDED");
  for (int i = 0; i < 1000; ++i) REQUIRE(secrets.put(ada, "0", std::to_string(i), "v"));
  CHECK(secrets.put(ada, "0", "more", "v").error().code == "RESOURCE_LIMIT_EXCEEDED");
  CHECK(secrets.put(ada, "0", "999", "w"));
}

TEST_CASE("scopes and secrets are still there after a restart") {
  auto folder = os::makeTempDir("/tmp", "trowel-secrets-").value();
  {
    auto emulator = Emulator::start({.dataDir = folder}).value();
    WorkspaceClient client(*emulator);
    client.post(kSecrets + "scopes/create", {{"scope", "s"}});
    client.post(kSecrets + "put", {{"scope", "s"}, {"key", "k"}, {"string_value", "v"}});
  }
  {
    auto emulator = Emulator::start({.dataDir = folder}).value();
    WorkspaceClient client(*emulator);
    CHECK(client.get(kSecrets + "get?scope=s&key=k").body.at("value") == encode("v"));
  }
  static_cast<void>(os::removeTree(folder));
}
