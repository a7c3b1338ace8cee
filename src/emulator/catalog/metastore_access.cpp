// SPDX-License-Identifier: Apache-2.0
// The part of the metastore that says who may do what. Grants count where something is made, changed or removed;
// reading is free.
#include <nlohmann/json.hpp>

#include "emulator/catalog/metastore.hpp"
#include "emulator/catalog/metastore_rules.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kEverybody = "account users";

// The names under which something may be granted to the user.
std::vector<std::string> principalsOf(const User& user) {
  std::vector<std::string> names = user.groups;
  names.push_back(user.name);
  names.emplace_back(kEverybody);
  return names;
}

std::string wordOf(const std::string& type) {
  for (const auto* kind : securableKinds())
    if (kind->type == type) return std::string(kind->word);
  return type == "TABLE" ? "Table" : "Metastore";
}

}  // namespace

// The object, what is around it, and the metastore.
std::vector<Securable> Metastore::chainOf(const Securable& object) const {
  std::vector<Securable> chain{object};
  const auto& [type, fullName] = object;
  if (type == "METASTORE") return chain;
  for (auto parent = parentName(fullName); !parent.empty(); parent = parentName(parent))
    chain.emplace_back(parentName(parent).empty() ? "CATALOG" : "SCHEMA", parent);
  chain.emplace_back("METASTORE", id_);
  return chain;
}

bool Metastore::owns(const User& user, const Securable& object) {
  const auto& [type, fullName] = object;
  std::string owner;
  if (type == "TABLE") {
    if (auto noted = tables_.detail(fullName)) owner = core::stringAt(*noted, "owner");
  }
  for (const auto* kind : securableKinds()) {
    if (grantType(*kind) != type || !owner.empty()) continue;
    if (auto found = find(*kind, fullName)) owner = core::stringAt(*found, "owner");
  }
  if (owner.empty()) return false;
  for (const auto& name : principalsOf(user))
    if (core::equalsIgnoreCase(name, owner)) return true;
  return false;
}

Reply<void> Metastore::require(const User& user, const std::string& privilege, const Securable& object) {
  if (user.admin) return {};
  const auto chain = chainOf(object);
  for (const auto& around : chain)
    if (owns(user, around)) return {};
  // ALL_PRIVILEGES is everything but the right to manage.
  bool granted = privilege == "MANAGE" ? grants_.any(chain, principalsOf(user), {privilege})
                                       : grants_.any(chain, principalsOf(user), {privilege, "ALL_PRIVILEGES"});
  if (granted) return {};
  const auto& [type, fullName] = object;
  return refuse(403, "PERMISSION_DENIED",
                "User does not have " + core::replaceAll(privilege, "_", " ") + " on " + wordOf(type) + " '" +
                    core::toValidUtf8(fullName) + "'.");
}

Reply<void> Metastore::requireCreation(const User& user, const SecurableKind& kind, const std::string& parent) {
  std::string privilege = "CREATE_" + std::string(&kind == &securable::kModel ? "MODEL" : kind.type);
  if (kind.level == 0) return require(user, privilege, {"METASTORE", id_});
  return require(user, privilege, {kind.level == 1 ? "CATALOG" : "SCHEMA", parent});
}

Reply<void> Metastore::requireChange(const SecurableKind& kind, const std::string& wanted, const User& user,
                                     const std::string& privilege) {
  std::lock_guard lock(mutex_);
  const std::string fullName = core::toLower(wanted);
  TROWEL_TRY(find(kind, fullName));
  return require(user, privilege, {grantType(kind), fullName});
}

bool Metastore::principalExists(const std::string& name) const {
  return name == kEverybody || users_.find(name) || users_.groupId(name).has_value();
}

Reply<void> Metastore::checkOwner(const Json& changes) const {
  std::string owner = core::stringAt(changes, "owner");
  if (owner.empty() || principalExists(owner)) return {};
  return refuse(404, "PRINCIPAL_DOES_NOT_EXIST", "Could not find principal with name " + core::toValidUtf8(owner));
}

}  // namespace trowel::emulator
