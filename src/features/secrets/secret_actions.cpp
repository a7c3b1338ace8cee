// SPDX-License-Identifier: Apache-2.0
#include "secret_actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "secret_choice.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;
using Kind = SecretRow::Kind;
using Which = SecretChoice::Which;

// Ids of the list of who is to manage a new scope.
constexpr const char* kMine = "creator";
constexpr const char* kEverybodys = "users";
constexpr const char* kVault = "vault";

protocol::PickItem choice(const char* id, const char* label, const char* detail, const char* icon) {
  return {.id = id, .label = label, .description = {}, .detail = detail, .icon = icon, .picked = {}};
}

// "the secret prod/db", "3 secrets".
std::string named(const char* what, const std::vector<Action::Item>& items) {
  if (items.size() == 1) return fmt::format("the {} {}", what, items.front().name);
  return fmt::format("{} {}s", items.size(), what);
}

// For the confirmation: which ones, where there are several.
std::string listed(const std::vector<Action::Item>& items, const std::string& consequence) {
  constexpr std::size_t kShown = 10;
  if (items.size() == 1) return consequence;
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), kShown); ++i) text += items[i].name + "\n";
  if (items.size() > kShown) text += fmt::format("and {} more\n", items.size() - kShown);
  return text + consequence;
}

Result<databricks::KeyVault> askVault(Action& action) {
  databricks::KeyVault vault;
  vault.dnsName =
      TROWEL_TRY(action.line({.title = "Azure Key Vault",
                              .prompt = "Its DNS name, as its page 'Properties' in the Azure portal shows it.",
                              .placeholder = "https://NAME.vault.azure.net/",
                              .value = {},
                              .masked = {}},
                             [](const std::string& text) {
                               return text.starts_with("https://")
                                          ? ""
                                          : "A DNS name begins with https://, as in https://NAME.vault.azure.net/.";
                             }));
  vault.resourceId = TROWEL_TRY(
      action.line({.title = "Azure Key Vault",
                   .prompt = "Its resource id, from the same page.",
                   .placeholder = "/subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/NAME",
                   .value = {},
                   .masked = {}},
                  [](const std::string& text) {
                    return text.starts_with("/subscriptions/") ? "" : "A resource id begins with /subscriptions/.";
                  }));
  return vault;
}

// What is gone already need not be deleted: whoever tries again means the rest.
Result<void> orGone(Result<void> done) {
  if (!done && done.error().code == ErrorCode::NotFound) return {};
  return done;
}

// What the service's words leave open.
core::Error explained(core::Error error) {
  const auto& said = error.message;
  if (said.contains("userAADToken")) {
    error.message =
        "Only a person who is signed in with Azure can make a scope that shows a Key Vault: this connection signs in "
        "otherwise. Connect with Azure CLI or the editor's Microsoft account, or make the scope in the workspace's "
        "pages.";
  } else if (said.contains("Premium Tier")) {
    error.message =
        "Workspaces of the standard tier only have scopes that all users manage. Choose 'Everybody in the workspace'.";
  }
  return error;
}

}  // namespace

void SecretActions::changed(const std::string& scope) {
  tree_.changed(protocol::view::kSecrets, SecretRow{.kind = Kind::Scope, .scope = scope}.id());
}

Result<Json> SecretActions::createScope(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::SecretScopeWish wish;
  wish.name = TROWEL_TRY(action.line({.title = "Add Secret Scope",
                                      .prompt = "Its name. Upper and lower case are the same.",
                                      .placeholder = "my-team",
                                      .value = {},
                                      .masked = {}},
                                     problemOfSecretName));
  auto kind = TROWEL_TRY(
      action.pick({.title = "Add Secret Scope", .placeholder = "Who manages it"},
                  {choice(kMine, "Only me",
                          "Others get access when you grant it. Takes a workspace of the premium tier.", "person"),
                   choice(kEverybodys, "Everybody in the workspace",
                          "All users may read, change and delete its secrets.", "organization"),
                   choice(kVault, "An Azure Key Vault",
                          "The scope shows the secrets of a vault, which are changed in Azure.", "azure")}));
  wish.managedByUsers = kind == kEverybodys;
  if (kind == kVault) wish.keyVault = TROWEL_TRY(askVault(action));
  auto made = databricks::Secrets(connection->rest).createScope(wish, {.cancel = action.cancel()});
  if (!made) return std::unexpected(explained(std::move(made).error()));
  tree_.changed(protocol::view::kSecrets);
  return Json();
}

Result<Json> SecretActions::removeScope(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Secrets secrets(connection->rest);
  std::vector<Action::Item> items;
  for (auto& scope : TROWEL_TRY(SecretChoice(action, secrets).scopes("Delete Secret Scope")))
    items.push_back({.id = scope, .name = scope});
  std::size_t count = 0;
  for (const auto& item : items) {
    auto keys = secrets.list(item.id, {.cancel = action.cancel()}).all();
    if (!keys && keys.error().code != ErrorCode::NotFound) return std::unexpected(std::move(keys).error());
    if (keys) count += keys->size();
  }
  TROWEL_TRY(action.confirm(
      fmt::format("Delete {} with {} {}?", named("scope", items), count, count == 1 ? "secret" : "secrets"),
      listed(items,
             "Whatever reads these secrets fails from then on, and nobody can bring them back. An Azure Key Vault "
             "behind a scope stays as it is."),
      "Delete"));
  auto done = action.each(items, "Deleting scopes", [&](const Action::Item& item) {
    return orGone(secrets.removeScope(item.id, {.cancel = action.cancel()}));
  });
  tree_.changed(protocol::view::kSecrets);
  if (!done) return std::unexpected(std::move(done).error());
  return Json();
}

Result<Json> SecretActions::put(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Secrets secrets(connection->rest);
  SecretChoice choose(action, secrets);
  SecretRow secret{.kind = Kind::Secret, .scope = {}, .name = {}};
  secret.scope = TROWEL_TRY(choose.scope("Add or Update Secret", Which::Writable));
  secret.name = TROWEL_TRY(choose.keyToPut(secret.scope));
  auto value = TROWEL_TRY(choose.value(secret));
  TROWEL_TRY(secrets.put(secret.scope, secret.name, value, {.cancel = action.cancel()}));
  changed(secret.scope);
  return Json();
}

Result<Json> SecretActions::remove(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Secrets secrets(connection->rest);
  std::vector<Action::Item> items;
  for (const auto& row : TROWEL_TRY(SecretChoice(action, secrets).secrets("Delete Secret", Which::Writable)))
    items.push_back({.id = row.id(), .name = row.scope + "/" + row.name});
  TROWEL_TRY(action.confirm("Delete " + named("secret", items) + "?",
                            listed(items, "Whatever reads it fails from then on, and nobody can bring it back."),
                            "Delete"));
  auto done = action.each(items, "Deleting secrets", [&](const Action::Item& item) -> Result<void> {
    const auto row = SecretRow::parse(item.id).value_or(SecretRow());
    return orGone(secrets.remove(row.scope, row.name, {.cancel = action.cancel()}));
  });
  tree_.changed(protocol::view::kSecrets);
  if (!done) return std::unexpected(std::move(done).error());
  return Json();
}

Result<Json> SecretActions::insert(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Secrets secrets(connection->rest);
  std::string code;
  for (const auto& row :
       TROWEL_TRY(SecretChoice(action, secrets).secrets("Insert Code That Reads the Secret", Which::Any)))
    code += (code.empty() ? "" : "\n") + codeThatReads(row);
  auto inserted = TROWEL_TRY(action.editor().uiInsertText({.text = code}, action.cancel()));
  if (inserted.done) return Json();
  TROWEL_TRY(action.copy(code));
  action.tell("No editor is open to insert into, so the code is on the clipboard.");
  return Json();
}

Result<Json> SecretActions::grant(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Secrets secrets(connection->rest);
  SecretChoice choose(action, secrets);
  databricks::SecretAcl acl;
  std::string scope;
  if (auto given = choose.rows(Kind::Acl); !given.empty()) {
    scope = given.front().scope;
    acl.principal = given.front().name;
  } else {
    scope = TROWEL_TRY(choose.scope("Grant Access to Secret Scope", Which::Any));
    acl.principal = TROWEL_TRY(action.line({.title = "Grant Access to " + scope,
                                            .prompt = "A user name, a group, or the application id of a service "
                                                      "principal. The group 'users' is everybody.",
                                            .placeholder = "ada@example.com",
                                            .value = {},
                                            .masked = {}}));
  }
  acl.permission =
      TROWEL_TRY(action.pick({.title = "Grant Access to " + scope, .placeholder = "What " + acl.principal + " may do"},
                             {choice("READ", "Read", "Read the secrets, and see which ones there are.", "eye"),
                              choice("WRITE", "Write", "Also add, replace and delete secrets.", "edit"),
                              choice("MANAGE", "Manage", "Also say who may use the scope, and delete it.", "gear")}));
  TROWEL_TRY(secrets.putAcl(scope, acl, {.cancel = action.cancel()}));
  changed(scope);
  return Json();
}

Result<Json> SecretActions::revoke(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Secrets secrets(connection->rest);
  std::vector<Action::Item> items;
  for (const auto& row : TROWEL_TRY(SecretChoice(action, secrets).acls("Revoke Access to Secret Scope")))
    items.push_back({.id = row.id(), .name = row.name + " to " + row.scope});
  const auto what =
      items.size() == 1 ? "the access of " + items.front().name : fmt::format("{} permissions", items.size());
  TROWEL_TRY(action.confirm("Revoke " + what + "?",
                            listed(items, "What runs in these names cannot read the secrets from then on."), "Revoke"));
  auto done = action.each(items, "Revoking permissions", [&](const Action::Item& item) -> Result<void> {
    const auto row = SecretRow::parse(item.id).value_or(SecretRow());
    return orGone(secrets.removeAcl(row.scope, row.name, {.cancel = action.cancel()}));
  });
  tree_.changed(protocol::view::kSecrets);
  if (!done) return std::unexpected(std::move(done).error());
  return Json();
}

}  // namespace trowel::features
