// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/grants.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// What may be granted on an object of a type, between spaces. What lies in a catalog or schema inherits.
constexpr std::pair<std::string_view, std::string_view> kPrivileges[] = {
    {"METASTORE",
     " CREATE_CATALOG CREATE_CLEAN_ROOM CREATE_CONNECTION CREATE_EXTERNAL_LOCATION CREATE_PROVIDER CREATE_RECIPIENT "
     "CREATE_SERVICE_CREDENTIAL CREATE_SHARE CREATE_STORAGE_CREDENTIAL MANAGE_ALLOWLIST SET_SHARE_PERMISSION "
     "USE_MARKETPLACE_ASSETS USE_PROVIDER USE_RECIPIENT USE_SHARE "},
    {"CATALOG",
     " ALL_PRIVILEGES APPLY_TAG BROWSE CREATE CREATE_FOREIGN_SECURABLE CREATE_FUNCTION CREATE_MATERIALIZED_VIEW "
     "CREATE_MODEL CREATE_MODEL_VERSION CREATE_SCHEMA CREATE_TABLE CREATE_VIEW CREATE_VOLUME EXECUTE "
     "EXTERNAL_USE_SCHEMA MANAGE MODIFY READ_VOLUME REFRESH SELECT USAGE USE_CATALOG USE_SCHEMA WRITE_VOLUME "},
    {"SCHEMA",
     " ALL_PRIVILEGES APPLY_TAG CREATE CREATE_FUNCTION CREATE_MATERIALIZED_VIEW CREATE_MODEL CREATE_MODEL_VERSION "
     "CREATE_TABLE CREATE_VIEW CREATE_VOLUME EXECUTE EXTERNAL_USE_SCHEMA MANAGE MODIFY READ_VOLUME REFRESH SELECT "
     "USAGE USE_SCHEMA WRITE_VOLUME "},
    {"TABLE", " ALL_PRIVILEGES APPLY_TAG MANAGE MODIFY REFRESH SELECT "},
    {"VOLUME", " ALL_PRIVILEGES APPLY_TAG MANAGE READ_VOLUME WRITE_VOLUME "},
    {"FUNCTION", " ALL_PRIVILEGES APPLY_TAG CREATE_MODEL_VERSION EXECUTE MANAGE "},
    {"EXTERNAL_LOCATION",
     " ALL_PRIVILEGES BROWSE CREATE_EXTERNAL_TABLE CREATE_EXTERNAL_VOLUME CREATE_FOREIGN_SECURABLE "
     "CREATE_MANAGED_STORAGE EXTERNAL_USE_LOCATION MANAGE READ_FILES WRITE_FILES "},
    {"STORAGE_CREDENTIAL",
     " ALL_PRIVILEGES CREATE_EXTERNAL_LOCATION CREATE_EXTERNAL_TABLE MANAGE READ_FILES WRITE_FILES "},
    {"CONNECTION", " ALL_PRIVILEGES CREATE_FOREIGN_CATALOG MANAGE USE_CONNECTION "},
};

bool isApplicable(std::string_view privilege, std::string_view type) {
  for (auto [known, privileges] : kPrivileges)
    if (known == type)
      return privilege.find(' ') == std::string_view::npos && !privilege.empty() &&
             privileges.find(" " + std::string(privilege) + " ") != std::string_view::npos;
  return false;
}

using Privileges = std::map<std::string, std::set<std::string>>;  // by principal

Privileges parse(const std::optional<Json>& document) {
  Privileges privileges;
  if (!document || !document->is_object()) return privileges;
  for (const auto& [principal, names] : document->items())
    for (const auto& name : names)
      if (name.is_string()) privileges[principal].insert(name.get<std::string>());
  return privileges;
}

Json describe(const Privileges& privileges) {
  Json list = Json::array();
  for (const auto& [principal, names] : privileges)
    if (!names.empty()) list.push_back({{"principal", principal}, {"privileges", names}});
  return list.empty() ? Json::object() : Json{{"privilege_assignments", std::move(list)}};
}

std::string keyOf(const Securable& object) { return object.first + "/" + object.second; }

// The privileges of `field`, in the API's spelling; an error for one that is none or comes twice.
Reply<std::set<std::string>> readPrivileges(const Json& change, const char* field, const std::string& type) {
  std::set<std::string> names;
  for (const auto& entry : core::arrayAt(change, field)) {
    if (!entry.is_string())
      return malformedRequest("Could not parse request object: Expected 'VALUE_STRING' for field " +
                              std::string(field));
    const auto& name = entry.get_ref<const std::string&>();
    if (!isApplicable(name, type)) return invalidParameter("Privilege " + name + " is not applicable to this entity.");
    if (!names.insert(name).second)
      return invalidParameter("Duplicate privileges to " + std::string(field) + " for principal " +
                              core::stringAt(change, "principal") + ".");
  }
  return names;
}

}  // namespace

Json Grants::direct(const Securable& object) const { return describe(parse(documents_.find(keyOf(object)))); }

Json Grants::effective(const std::vector<Securable>& chain) const {
  std::map<std::string, Json> byPrincipal;
  for (std::size_t i = 0; i < chain.size(); ++i)
    for (const auto& [principal, names] : parse(documents_.find(keyOf(chain[i]))))
      for (const auto& name : names) {
        Json privilege{{"privilege", name}};
        if (i > 0)
          privilege.update({{"inherited_from_type", chain[i].first}, {"inherited_from_name", chain[i].second}});
        byPrincipal[principal].push_back(std::move(privilege));
      }
  Json list = Json::array();
  for (auto& [principal, privileges] : byPrincipal)
    list.push_back({{"principal", principal}, {"privileges", std::move(privileges)}});
  return list.empty() ? Json::object() : Json{{"privilege_assignments", std::move(list)}};
}

bool Grants::any(const std::vector<Securable>& chain, const std::vector<std::string>& principals,
                 std::initializer_list<std::string_view> privileges) const {
  for (const auto& object : chain)
    for (const auto& [principal, names] : parse(documents_.find(keyOf(object)))) {
      bool concerned = std::any_of(principals.begin(), principals.end(),
                                   [&](const std::string& name) { return core::equalsIgnoreCase(name, principal); });
      for (auto privilege : privileges)
        if (concerned && names.contains(std::string(privilege))) return true;
    }
  return false;
}

Reply<Json> Grants::change(const Securable& object, const Json& changes) {
  Json answer;
  auto done = documents_.change(keyOf(object), [&](Json& document) -> Reply<void> {
    Privileges privileges = parse(document);
    for (const auto& change : changes) {
      std::string principal = core::stringAt(change, "principal");
      if (principal.empty()) return missingField("changes.principal");
      auto added = TROWEL_TRY(readPrivileges(change, "add", object.first));
      auto removed = TROWEL_TRY(readPrivileges(change, "remove", object.first));
      for (const auto& name : added) {
        if (removed.contains(name))
          return invalidParameter("Privilege " + name + " is both added and removed for principal " + principal + ".");
        privileges[principal].insert(name);
      }
      for (const auto& name : removed) privileges[principal].erase(name);
      if (removed.contains("ALL_PRIVILEGES")) privileges[principal].clear();
    }
    document = Json::object();
    for (const auto& [principal, names] : privileges)
      if (!names.empty()) document[principal] = names;
    answer = describe(privileges);
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return answer;
}

void Grants::move(const std::string& type, const std::string& from, const std::string& to) {
  for (const auto& [key, document] : documents_.all()) {
    auto slash = key.find('/');
    std::string name = key.substr(slash + 1);
    if (!type.empty() && key.substr(0, slash) != type) continue;
    if (name != from && !name.starts_with(from + ".")) continue;
    if (!to.empty()) documents_.put(key.substr(0, slash + 1) + to + name.substr(from.size()), document);
    documents_.remove(key);
  }
}

}  // namespace trowel::emulator
