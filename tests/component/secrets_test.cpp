// SPDX-License-Identifier: Apache-2.0
// The view Secrets and its commands, from rows and from the palette, and that a value is nowhere but in its call.
#include "trowel/databricks/secrets.hpp"
#include "support/answering_user.hpp"
#include "support/connecting.hpp"
#include "support/drawn.hpp"
#include "support/workspace_client.hpp"

namespace trowel::test {

namespace {

constexpr std::string_view kPut = "/api/2.0/secrets/put";
constexpr std::string_view kDelete = "/api/2.0/secrets/delete";

struct Bench {
  Bench() { daemon.connect(); }

  // From now on that call is answered so, whatever the workspace has.
  void answer(std::string pattern, int status, std::string body) {
    answerWith(daemon.emulator(), std::move(pattern), status, std::move(body));
  }
  std::string failureOf(std::string_view command, const std::vector<std::string>& rows = {}) {
    Json params{{"command", std::string(command)}};
    for (const auto& row : rows) params["arguments"].push_back({{"view", std::string(view::kSecrets)}, {"node", row}});
    return daemon.failure("workspace/executeCommand", params).at("message");
  }
  std::string valueOf(const std::string& scope, const std::string& key) {
    return secrets.get(scope, key).value().reveal();
  }
  std::size_t posts(std::string_view path) { return callsOf(daemon.emulator(), "POST", path); }

  DaemonHarness daemon;
  AnsweringUser user{daemon};
  WorkspaceClient client{daemon.emulator()};
  databricks::Secrets secrets{client.rest};
};

constexpr const char* kTwoScopes =
    R"({"scopes":[{"name":"zeta","backend_type":"DATABRICKS"},{"name":"Alpha","backend_type":"AZURE_KEYVAULT",
    "keyvault_metadata":{"resource_id":"/subscriptions/1/vaults/kv","dns_name":"https://kv.vault.azure.net/"}}]})";

}  // namespace

TEST_CASE("secrets: no scope, one scope, many of both kinds") {
  Bench bench;
  CHECK(drawn(bench.daemon, view::kSecrets, 2).empty());

  REQUIRE(bench.secrets.createScope({.name = "prod"}));
  runOn(bench.daemon, "trowel.view.refresh");
  CHECK(drawn(bench.daemon, view::kSecrets, 2) ==
        "folder  prod  [scope.databricks] >\n"
        "  organization  Access  [access] >\n"
        "    person  demo@example.com  \"manage\"  [acl]\n");

  bench.answer("GET /api/2.0/secrets/scopes/list", 200, kTwoScopes);
  bench.answer("GET /api/2.0/secrets/list", 200,
               R"({"secrets":[{"key":"b/c","last_updated_timestamp":1520467595000},{"key":"A"}]})");
  runOn(bench.daemon, "trowel.view.refresh");
  CHECK(drawn(bench.daemon, view::kSecrets, 1) ==
        "lock  Alpha  \"Azure Key Vault · read-only\"  [scope.keyVault] >\n"
        "  key  A  [secret.keyVault]\n"
        "  key  b/c  \"2018-03-08\"  [secret.keyVault]\n"
        "  organization  Access  [access] >\n"
        "folder  zeta  [scope.databricks] >\n"
        "  key  A  [secret.databricks]\n"
        "  key  b/c  \"2018-03-08\"  [secret.databricks]\n"
        "  organization  Access  [access] >\n");
  const auto rows =
      bench.daemon.request("trowel/tree/children", {{"view", std::string(view::kSecrets)}, {"node", "scope:zeta"}});
  CHECK(rows.at("nodes").at(1).at("dragText") == R"(dbutils.secrets.get(scope="zeta", key="b/c"))");
}

TEST_CASE("secrets: an error and a missing permission stand where the rows would") {
  Bench bench;
  REQUIRE(bench.secrets.createScope({.name = "prod"}));
  bench.answer("GET /api/2.0/secrets/acls/list", 403, R"({"error_code":"PERMISSION_DENIED","message":"No access."})");
  CHECK(
      drawn(bench.daemon, view::kSecrets, 2) ==
      "folder  prod  [scope.databricks] >\n"
      "  organization  Access  [access] >\n"
      "    lock/list.errorForeground  You lack the permission Manage on the scope prod  \"The workspace does not allow "
      "this: No access.\"  [failure]  -> trowel.view.refresh\n");
  bench.answer("GET /api/2.0/secrets/scopes/list", 400, R"({"error_code":"BAD_REQUEST","message":"No."})");
  runOn(bench.daemon, "trowel.view.refresh");
  CHECK(drawn(bench.daemon, view::kSecrets).starts_with("error/list.errorForeground  No."));
}

TEST_CASE("a scope is made for its maker, for everybody, and not of a vault by a token") {
  Bench bench;
  bench.user.types({"a b", "mine"}).picks({"Only me"});
  runOn(bench.daemon, "trowel.secret.createScope");
  CHECK(bench.user.left() == 0);
  const auto asked = bench.daemon.editor().heard("trowel/ui/input");
  REQUIRE(asked.size() == 2);
  CHECK(asked.back()["prompt"] == "Only letters, digits and the signs _ . @ / - may be in it.");
  bench.user.types({"ours"}).picks({"Everybody in the workspace"});
  runOn(bench.daemon, "trowel.secret.createScope");
  CHECK(bench.secrets.getAcl("mine", "demo@example.com")->permission == "MANAGE");
  CHECK(bench.secrets.getAcl("ours", "users")->permission == "MANAGE");
  CHECK(bench.posts("/api/2.0/secrets/scopes/create") == 2);

  bench.user.types({"kv", "https://kv.vault.azure.net/", "/subscriptions/1/vaults/kv"}).picks({"An Azure Key Vault"});
  CHECK(bench.failureOf("trowel.secret.createScope")
            .starts_with("Only a person who is signed in with Azure can make a scope that shows a Key Vault"));
}

TEST_CASE("a value is typed unseen, read from a file as bytes, or taken from the clipboard") {
  Bench bench;
  REQUIRE(bench.secrets.createScope({.name = "prod"}));
  // From the palette: in an empty scope only the key is asked for.
  bench.user.picks({"prod", "Type it"}).types({"db/password", " hunter2 "});
  runOn(bench.daemon, "trowel.secret.put");
  CHECK(bench.valueOf("prod", "db/password") == " hunter2 ");
  CHECK(bench.daemon.editor().heard("trowel/ui/input").back()["masked"] == true);
  CHECK_FALSE(bench.daemon.editor().heard("trowel/ui/input").back().contains("value"));

  // On a scope's row, a new key; on a secret's row, that one.
  const std::string bytes("\0\xff\n", 3);
  bench.daemon.folder.write("key.bin", bytes);
  bench.user.picks({"New secret…", "From a file…"}).types({"cert"}).choosesFiles({bench.daemon.folder / "key.bin"});
  runOn(bench.daemon, "trowel.secret.put", view::kSecrets, {"scope:prod"});
  CHECK(bench.valueOf("prod", "cert") == bytes);
  bench.daemon.editor().on("trowel/ui/paste", [](const Json&) { return Json{{"text", "from elsewhere\n"}}; });
  bench.user.picks({"From the clipboard"});
  runOn(bench.daemon, "trowel.secret.put", view::kSecrets, {"secret:prod/cert"});
  CHECK(bench.valueOf("prod", "cert") == "from elsewhere\n");
  CHECK(bench.user.left() == 0);
  CHECK(bench.posts(kPut) == 3);

  bench.daemon.folder.write("large.bin", std::string(128UL * 1024 + 1, 'x'));
  bench.user.picks({"From a file…"}).choosesFiles({bench.daemon.folder / "large.bin"});
  CHECK(bench.failureOf("trowel.secret.put", {"secret:prod/cert"})
            .ends_with("is no file of at most 131072 bytes, which a secret may have."));
  bench.daemon.editor().on("trowel/ui/paste", [](const Json&) { return Json{{"text", ""}}; });
  bench.user.picks({"From the clipboard"});
  CHECK(bench.failureOf("trowel.secret.put", {"secret:prod/cert"}) ==
        "The clipboard is empty, so there is no value to keep.");
  // What is dismissed changes nothing.
  CHECK(runOn(bench.daemon, "trowel.secret.put", view::kSecrets, {"secret:prod/cert"}).is_null());
  CHECK(bench.posts(kPut) == 3);
}

TEST_CASE("a scope that shows a Key Vault is not changed, and nobody need try") {
  Bench bench;
  bench.answer("GET /api/2.0/secrets/scopes/list", 200, kTwoScopes);
  const auto sentence =
      "The scope Alpha shows what is in the Azure Key Vault https://kv.vault.azure.net/, and the workspace can only "
      "read "
      "it. Change the secret in the vault.";
  CHECK(bench.failureOf("trowel.secret.put", {"scope:Alpha"}) == sentence);
  CHECK(bench.failureOf("trowel.secret.remove", {"secret:Alpha/k"}) == sentence);
  CHECK(runOn(bench.daemon, "trowel.secret.put").is_null());
  const auto offered = bench.daemon.editor().heard("trowel/ui/pick").back().at("items");
  REQUIRE(offered.size() == 1);
  CHECK(offered.front().at("label") == "zeta");
  CHECK(bench.posts(kPut) + bench.posts(kDelete) == 0);
}

TEST_CASE("secrets and scopes go after one question that names them") {
  Bench bench;
  REQUIRE(bench.secrets.createScope({.name = "prod"}));
  for (const char* key : {"a", "b", "c"}) REQUIRE(bench.secrets.put("prod", key, core::SecretString("value")));
  runOn(bench.daemon, "trowel.secret.remove", view::kSecrets, {"secret:prod/a"});
  CHECK(bench.posts(kDelete) == 0);  // it was dismissed
  bench.user.presses({"Delete"});
  runOn(bench.daemon, "trowel.secret.remove", view::kSecrets, {"secret:prod/a", "secret:prod/b"});
  CHECK(bench.daemon.editor().heard("trowel/ui/confirm").back()["message"] == "Delete 2 secrets?");
  CHECK(bench.daemon.editor()
            .heard("trowel/ui/confirm")
            .back()["detail"]
            .get<std::string>()
            .starts_with("prod/a\nprod/b\n"));
  CHECK(bench.posts(kDelete) == 2);
  // Whoever tries again means the rest.
  bench.user.presses({"Delete"});
  runOn(bench.daemon, "trowel.secret.remove", view::kSecrets, {"secret:prod/a"});

  bench.user.picks({"prod"}).presses({"Delete"});
  runOn(bench.daemon, "trowel.secret.removeScope");
  CHECK(bench.daemon.editor().heard("trowel/ui/confirm").back()["message"] == "Delete the scope prod with 1 secret?");
  CHECK(bench.posts("/api/2.0/secrets/scopes/delete") == 1);
  CHECK(bench.secrets.listScopes().all()->empty());
  CHECK(bench.failureOf("trowel.secret.removeScope")
            .starts_with("This workspace has no secret scope that you may read."));
}

TEST_CASE("access to a scope is granted, changed and revoked") {
  Bench bench;
  REQUIRE(bench.secrets.createScope({.name = "prod"}));
  bench.user.picks({"prod", "Read"}).types({"users"});
  runOn(bench.daemon, "trowel.secret.grant");
  CHECK(bench.secrets.getAcl("prod", "users")->permission == "READ");
  bench.user.picks({"Write"});
  runOn(bench.daemon, "trowel.secret.grant", view::kSecrets, {"acl:prod/users"});
  CHECK(bench.secrets.getAcl("prod", "users")->permission == "WRITE");
  CHECK(bench.posts("/api/2.0/secrets/acls/put") == 2);
  bench.user.picks({"prod", "users"}).presses({"Revoke"});
  runOn(bench.daemon, "trowel.secret.revoke");
  CHECK(bench.daemon.editor().heard("trowel/ui/confirm").back()["message"] == "Revoke the access of users to prod?");
  CHECK(bench.posts("/api/2.0/secrets/acls/delete") == 1);
  CHECK(bench.secrets.getAcl("prod", "users").error().code == core::ErrorCode::NotFound);
}

TEST_CASE("the code that reads a secret is inserted, or copied where there is no editor") {
  Bench bench;
  REQUIRE(bench.secrets.createScope({.name = "prod"}));
  REQUIRE(bench.secrets.put("prod", "k", core::SecretString("value")));
  bench.daemon.editor().on("trowel/ui/insertText", [](const Json&) { return Json{{"done", true}}; });
  bench.user.picks({"prod", "k"});
  runOn(bench.daemon, "trowel.secret.insert");
  const std::string code = R"(dbutils.secrets.get(scope="prod", key="k"))";
  CHECK(bench.daemon.editor().heard("trowel/ui/insertText").back()["text"] == code);
  CHECK(bench.daemon.editor().heard("trowel/ui/copy").empty());
  bench.daemon.editor().on("trowel/ui/insertText", [](const Json&) { return Json{{"done", false}}; });
  runOn(bench.daemon, "trowel.secret.insert", view::kSecrets, {"secret:prod/k"});
  CHECK(bench.daemon.editor().heard("trowel/ui/copy").back()["text"] == code);
  CHECK(callsOf(bench.daemon.emulator(), "GET", "/api/2.0/secrets/get") == 0);
}

TEST_CASE("a value that the workspace repeats in its refusal is shown to nobody") {
  Bench bench;
  REQUIRE(bench.secrets.createScope({.name = "prod"}));
  bench.answer("POST /api/2.0/secrets/put", 400,
               R"({"error_code":"MALFORMED_REQUEST","message":"Bad body: {\"string_value\":\"hunter2hunter2\"}"})");
  bench.user.picks({"Type it"}).types({"hunter2hunter2"});
  CHECK(bench.failureOf("trowel.secret.put", {"secret:prod/k"}) ==
        "The workspace refused this. Its words repeat the secret that it was sent, so they are not shown.");
}

}  // namespace trowel::test
