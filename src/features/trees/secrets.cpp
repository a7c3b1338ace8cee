// SPDX-License-Identifier: Apache-2.0
#include "secrets.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "features/markdown_text.hpp"
#include "features/secrets/secret_rows.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::Result;
using Kind = SecretRow::Kind;

// The day is what tells an old secret from a new one; in UTC, as it says.
std::string dayOf(std::int64_t epochMilliseconds) {
  const auto time = std::chrono::sys_seconds(std::chrono::seconds(epochMilliseconds / 1000));
  return fmt::format("{:%Y-%m-%d}", time);
}

std::string momentOf(std::int64_t epochMilliseconds) {
  const auto time = std::chrono::sys_seconds(std::chrono::seconds(epochMilliseconds / 1000));
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", time);
}

template <typename T, typename Name>
void sortByName(std::vector<T>& items, Name name) {
  std::ranges::sort(items, {},
                    [&](const T& item) { return std::pair(core::toLower(item.*name), std::string(item.*name)); });
}

Result<Rows> scopes(const RowsRequest& request) {
  auto all = TROWEL_TRY(databricks::Secrets(request.connection->rest).listScopes({.cancel = request.cancel}).all());
  sortByName(all, &databricks::SecretScope::name);
  Rows rows;
  for (const auto& scope : all) rows.nodes.push_back(scopeRow(scope));
  return rows;
}

protocol::TreeNode accessRow(const std::string& scope) {
  protocol::TreeNode row;
  row.id = SecretRow{.kind = Kind::Access, .scope = scope}.id();
  row.label = "Access";
  row.tooltip = "Who may use the scope " + plainMarkdown(scope);
  row.icon = "organization";
  row.contextValue = "access";
  row.collapsible = protocol::Collapsible::Collapsed;
  return row;
}

Result<bool> isReadOnly(const databricks::Secrets& secrets, const std::string& scope, const core::CancelToken& cancel) {
  auto all = secrets.listScopes({.cancel = cancel});
  while (auto each = TROWEL_TRY(all.next()))
    if (core::equalsIgnoreCase(each->name, scope)) return each->isReadOnly();
  return false;
}

Result<Rows> keys(const RowsRequest& request, const std::string& scope) {
  databricks::Secrets secrets(request.connection->rest);
  auto all = TROWEL_TRY(secrets.list(scope, {.cancel = request.cancel}).all());
  const bool readOnly = !all.empty() && TROWEL_TRY(isReadOnly(secrets, scope, request.cancel));
  sortByName(all, &databricks::SecretMetadata::key);
  Rows rows;
  for (const auto& secret : all) rows.nodes.push_back(secretRow(scope, secret, readOnly));
  rows.nodes.push_back(accessRow(scope));
  return rows;
}

Result<Rows> acls(const RowsRequest& request, const std::string& scope) {
  auto all =
      TROWEL_TRY(databricks::Secrets(request.connection->rest).listAcls(scope, {.cancel = request.cancel}).all());
  sortByName(all, &databricks::SecretAcl::principal);
  Rows rows;
  for (const auto& acl : all) rows.nodes.push_back(aclRow(scope, acl));
  return rows;
}

}  // namespace

protocol::TreeNode scopeRow(const databricks::SecretScope& scope) {
  protocol::TreeNode row;
  row.id = SecretRow{.kind = Kind::Scope, .scope = scope.name}.id();
  row.label = scope.name;
  row.icon = scope.isReadOnly() ? "lock" : "folder";
  row.contextValue = scope.isReadOnly() ? "scope.keyVault" : "scope.databricks";
  row.collapsible = protocol::Collapsible::Collapsed;
  row.tooltip = "**" + plainMarkdown(scope.name) + "**\n\n";
  if (scope.isReadOnly()) {
    row.description = "Azure Key Vault · read-only";
    *row.tooltip += fmt::format("Shows what is in the Azure Key Vault {}. It is changed there.",
                                plainMarkdown(scope.keyVault ? scope.keyVault->dnsName : ""));
  } else {
    *row.tooltip += "Kept by the workspace";
  }
  return row;
}

protocol::TreeNode secretRow(const std::string& scope, const databricks::SecretMetadata& secret, bool readOnly) {
  const SecretRow place{.kind = Kind::Secret, .scope = scope, .name = secret.key};
  const auto code = codeThatReads(place);
  protocol::TreeNode row;
  row.id = place.id();
  row.label = secret.key;
  if (secret.updatedAt > 0) row.description = dayOf(secret.updatedAt);
  row.tooltip = fmt::format(
      "**{}** in {}{}\n\nDrag it into a cell, or insert:\n\n{}", plainMarkdown(secret.key), plainMarkdown(scope),
      secret.updatedAt > 0 ? "\n\nSet at " + momentOf(secret.updatedAt) : "", fencedMarkdown(code, "python"));
  row.icon = "key";
  row.contextValue = readOnly ? "secret.keyVault" : "secret.databricks";
  row.dragText = code;
  return row;
}

protocol::TreeNode aclRow(const std::string& scope, const databricks::SecretAcl& acl) {
  protocol::TreeNode row;
  row.id = SecretRow{.kind = Kind::Acl, .scope = scope, .name = acl.principal}.id();
  row.label = acl.principal;
  row.description = core::toLower(acl.permission);
  row.tooltip = fmt::format("**{}** may {} the scope {}", plainMarkdown(acl.principal),
                            plainMarkdown(core::toLower(acl.permission)), plainMarkdown(scope));
  row.icon = "person";
  row.contextValue = "acl";
  return row;
}

Result<Rows> SecretsView::children(const RowsRequest& request) {
  if (!request.node) return scopes(request);
  auto row = SecretRow::parse(*request.node);
  if (!row) return Rows();
  if (row->kind == Kind::Scope) return keys(request, row->scope);
  if (row->kind == Kind::Access) return acls(request, row->scope);
  return Rows();
}

std::string SecretsView::permission(const std::optional<std::string>& node) const {
  auto row = node ? SecretRow::parse(*node) : std::nullopt;
  if (!row) return "the permission to see secret scopes";
  if (row->kind == Kind::Access) return "the permission Manage on the scope " + row->scope;
  return "the permission Read on the scope " + row->scope;
}

}  // namespace trowel::features
