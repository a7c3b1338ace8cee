// SPDX-License-Identifier: Apache-2.0
#include "secret_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;
using Kind = SecretRow::Kind;

constexpr std::size_t kMaxValue = 128UL * 1024;  // bytes
constexpr const char* kNoScope =
    "This workspace has no secret scope that you may read. Make one with 'Trowel: Add Secret Scope…', or ask for the "
    "permission Read on one.";
constexpr const char* kNoWritableScope =
    "This workspace has no secret scope that can be changed here. Make one with 'Trowel: Add Secret Scope…'.";

// Ids of the pick lists; "new" is no id of a row.
constexpr const char* kNewKey = "new";
constexpr const char* kTyped = "typed";
constexpr const char* kFile = "file";
constexpr const char* kClipboard = "clipboard";

std::string readOnlySentence(const databricks::SecretScope& scope) {
  return fmt::format(
      "The scope {} shows what is in the Azure Key Vault {}, and the workspace can only read it. Change the secret in "
      "the vault.",
      scope.name, scope.keyVault ? scope.keyVault->dnsName : "behind it");
}

std::vector<SecretRow> parsed(const std::vector<std::string>& ids) {
  std::vector<SecretRow> rows;
  for (const auto& id : ids)
    if (auto row = SecretRow::parse(id)) rows.push_back(*std::move(row));
  return rows;
}

protocol::PickItem item(const SecretRow& row, const std::string& label, const std::string& description,
                        const char* icon) {
  return {.id = row.id(), .label = label, .description = description, .detail = {}, .icon = icon, .picked = {}};
}

Result<core::SecretString> checkSize(core::SecretString value, const std::string& where) {
  const auto size = value.reveal().size();
  if (size == 0) return core::fail(ErrorCode::Conflict, where + " is empty, so there is no value to keep.");
  if (size > kMaxValue)
    return core::fail(ErrorCode::InvalidParams,
                      fmt::format("{} holds {} bytes; a secret has at most {}.", where, size, kMaxValue));
  return value;
}

}  // namespace

std::vector<SecretRow> SecretChoice::rows(Kind kind) const {
  auto all = parsed(action_.rows(protocol::view::kSecrets));
  std::erase_if(all, [&](const SecretRow& row) { return row.kind != kind; });
  return all;
}

Result<std::vector<std::string>> SecretChoice::scopes(const std::string& title) {
  std::vector<std::string> names;
  auto chosen = rows(Kind::Scope);
  if (chosen.empty()) {
    std::vector<protocol::PickItem> items;
    for (const auto& scope : TROWEL_TRY(secrets_.listScopes({.cancel = action_.cancel()}).all()))
      items.push_back(item({.kind = Kind::Scope, .scope = scope.name}, scope.name,
                           scope.isReadOnly() ? "Azure Key Vault" : "", "folder"));
    chosen = parsed(TROWEL_TRY(
        action_.pickSome({.title = title, .placeholder = "Choose scopes", .none = kNoScope}, std::move(items))));
  }
  for (auto& row : chosen) names.push_back(std::move(row.scope));
  return names;
}

Result<std::string> SecretChoice::scope(const std::string& title, Which which) {
  if (auto given = parsed(action_.rows(protocol::view::kSecrets)); !given.empty()) {
    if (which == Which::Writable) TROWEL_TRY(checkWritable(given.front().scope));
    return std::move(given.front().scope);
  }
  std::vector<protocol::PickItem> items;
  for (const auto& scope : TROWEL_TRY(secrets_.listScopes({.cancel = action_.cancel()}).all()))
    if (which == Which::Any || !scope.isReadOnly())
      items.push_back(item({.kind = Kind::Scope, .scope = scope.name}, scope.name,
                           scope.isReadOnly() ? "Azure Key Vault" : "", "folder"));
  auto id = TROWEL_TRY(action_.pick(
      {.title = title, .placeholder = "Choose a scope", .none = which == Which::Any ? kNoScope : kNoWritableScope},
      std::move(items)));
  return SecretRow::parse(id).value_or(SecretRow()).scope;
}

Result<void> SecretChoice::checkWritable(const std::string& scope) {
  auto all = secrets_.listScopes({.cancel = action_.cancel()});
  while (auto each = TROWEL_TRY(all.next()))
    if (each->isReadOnly() && core::equalsIgnoreCase(each->name, scope))
      return core::fail(ErrorCode::Unsupported, readOnlySentence(*each));
  return {};
}

Result<std::vector<SecretRow>> SecretChoice::secrets(const std::string& title, Which which) {
  if (auto given = rows(Kind::Secret); !given.empty()) {
    std::vector<std::string> seen;
    for (const auto& row : given) {
      if (which == Which::Any || std::ranges::find(seen, row.scope) != seen.end()) continue;
      TROWEL_TRY(checkWritable(row.scope));
      seen.push_back(row.scope);
    }
    return given;
  }
  auto from = TROWEL_TRY(scope(title, which));
  std::vector<protocol::PickItem> items;
  for (const auto& secret : TROWEL_TRY(secrets_.list(from, {.cancel = action_.cancel()}).all()))
    items.push_back(item({.kind = Kind::Secret, .scope = from, .name = secret.key}, secret.key, "", "key"));
  return parsed(TROWEL_TRY(action_.pickSome(
      {.title = title, .placeholder = "Choose secrets of " + from, .none = "The scope " + from + " has no secrets."},
      std::move(items))));
}

Result<std::vector<SecretRow>> SecretChoice::acls(const std::string& title) {
  if (auto given = rows(Kind::Acl); !given.empty()) return given;
  auto of = TROWEL_TRY(scope(title, Which::Any));
  std::vector<protocol::PickItem> items;
  for (const auto& acl : TROWEL_TRY(secrets_.listAcls(of, {.cancel = action_.cancel()}).all()))
    items.push_back(item({.kind = Kind::Acl, .scope = of, .name = acl.principal}, acl.principal,
                         core::toLower(acl.permission), "person"));
  return parsed(TROWEL_TRY(action_.pickSome({.title = title,
                                             .placeholder = "Choose who shall not use " + of + " any more",
                                             .none = "Nobody has a permission on " + of + "."},
                                            std::move(items))));
}

Result<std::string> SecretChoice::keyToPut(const std::string& scope) {
  if (auto given = rows(Kind::Secret); !given.empty()) return std::move(given.front().name);
  std::vector<protocol::PickItem> items{
      {.id = kNewKey, .label = "New secret…", .description = {}, .detail = {}, .icon = "add", .picked = {}}};
  for (const auto& secret : TROWEL_TRY(secrets_.list(scope, {.cancel = action_.cancel()}).all()))
    items.push_back(
        item({.kind = Kind::Secret, .scope = scope, .name = secret.key}, secret.key, "replace its value", "key"));
  // In an empty scope there is nothing to choose from.
  std::string chosen = kNewKey;
  if (items.size() > 1)
    chosen = TROWEL_TRY(action_.pick(
        {.title = "Add or Update Secret in " + scope, .placeholder = "A new secret, or one to give another value"},
        std::move(items)));
  if (auto row = SecretRow::parse(chosen)) return std::move(row->name);
  return action_.line({.title = "New Secret in " + scope,
                       .prompt = "The key by which the secret is read.",
                       .placeholder = "db-password",
                       .value = {},
                       .masked = {}},
                      problemOfSecretName);
}

Result<core::SecretString> SecretChoice::value(const SecretRow& secret) {
  const auto title = "Value of " + secret.scope + "/" + secret.name;
  std::vector<protocol::PickItem> ways{
      {.id = kTyped, .label = "Type it", .description = "unseen", .detail = {}, .icon = "eye-closed", .picked = {}},
      {.id = kFile,
       .label = "From a file…",
       .description = "its bytes as they are",
       .detail = {},
       .icon = "file",
       .picked = {}},
      {.id = kClipboard,
       .label = "From the clipboard",
       .description = "its text as it is",
       .detail = {},
       .icon = "clippy",
       .picked = {}}};
  auto way = TROWEL_TRY(action_.pick({.title = title, .placeholder = "Where the value comes from"}, std::move(ways)));
  if (way == kFile) return fileValue(title);
  if (way == kClipboard) return clipboardValue();
  auto typed = TROWEL_TRY(action_.secret(title, "Nobody sees what you type, and only the workspace keeps it."));
  return checkSize(std::move(typed), "What you typed");
}

Result<core::SecretString> SecretChoice::fileValue(const std::string& title) {
  protocol::ChooseFileParams ask;
  ask.title = title;
  ask.kind = protocol::FileKind::File;
  auto chosen = TROWEL_TRY(action_.editor().uiChooseFile(ask, action_.cancel()));
  if (!chosen.uri) return core::fail(ErrorCode::Cancelled, "No file was chosen.");
  auto path = TROWEL_TRY(core::uriToPath(*chosen.uri));
  auto bytes = os::readFile(path, kMaxValue);
  if (!bytes && bytes.error().code == ErrorCode::InvalidParams)
    return core::failBecause(
        std::move(bytes).error(),
        fmt::format("{} is no file of at most {} bytes, which a secret may have.", path, kMaxValue));
  if (!bytes) return std::unexpected(std::move(bytes).error());
  return checkSize(core::SecretString(*std::move(bytes)), "The file " + path);
}

Result<core::SecretString> SecretChoice::clipboardValue() {
  auto pasted = TROWEL_TRY(action_.editor().uiPaste({}, action_.cancel()));
  core::SecretString value(pasted.text);
  core::wipe(pasted.text);
  return checkSize(std::move(value), "The clipboard");
}

}  // namespace trowel::features
