// SPDX-License-Identifier: Apache-2.0
// The part of the metastore that shows what SQL made, and what was granted on anything.
#include <nlohmann/json.hpp>

#include "emulator/catalog/metastore.hpp"
#include "emulator/catalog/metastore_rules.hpp"
#include "emulator/catalog/table_columns.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr Field kTableFields[] = {{"owner"}, {"comment"}, {"properties", FieldType::TextMap}};

const SecurableKind* kindNamed(std::string_view type) {
  for (const auto* kind : securableKinds())
    if (kind->type == type) return kind;
  return nullptr;
}

}  // namespace

Reply<SqlTable> Metastore::table(const std::string& wanted) {
  const std::string fullName = core::toLower(wanted);
  std::lock_guard lock(mutex_);
  const std::string schema = parentName(fullName);
  if (!parentName(schema).empty()) TROWEL_TRY(requireParents(securable::kVolume, schema));
  auto found = TROWEL_TRY(asReply(tables_.table(fullName)));
  if (!found) return refuse(404, "TABLE_DOES_NOT_EXIST", "Table '" + fullName + "' does not exist.");
  return *std::move(found);
}

Reply<std::vector<SqlTable>> Metastore::tables(const std::string& wantedCatalog, const std::string& wantedSchema) {
  const std::string catalog = core::toLower(wantedCatalog);
  const std::string schema = core::toLower(wantedSchema);
  std::lock_guard lock(mutex_);
  TROWEL_TRY(findCatalog(catalog));
  if (!schema.empty()) TROWEL_TRY(findSchema(catalog + "." + schema));
  return asReply(tables_.tables(catalog, schema));
}

Reply<Json> Metastore::describe(const SqlTable& table, bool columns) {
  const std::string fullName = table.fullName();
  auto catalog = documents(securable::kCatalog).find(table.catalog).value_or(Json::object());
  std::string owner = core::stringAt(catalog, "owner", world_.options.userName);
  std::string id = uuidOf(id_ + fullName);
  Json described{{"name", table.name},
                 {"catalog_name", table.catalog},
                 {"schema_name", table.schema},
                 {"full_name", fullName},
                 {"table_id", id},
                 {"metastore_id", id_},
                 {"owner", owner},
                 {"created_at", since_},
                 {"created_by", owner},
                 {"updated_at", since_},
                 {"updated_by", owner},
                 {"table_type", "MANAGED"}};
  if (table.view) {
    described["table_type"] = "VIEW";
    described["view_definition"] = TROWEL_TRY(asReply(tables_.definition(table)));
  } else {
    described["data_source_format"] = "DELTA";
    described["storage_location"] = std::string(kStorageRoot) + id_ + "/tables/" + id;
    described["properties"] = {{"delta.minReaderVersion", "1"}, {"delta.minWriterVersion", "2"}};
  }
  if (columns) {
    // Nobody may be able to tell those of a view: then there are none.
    auto found = tables_.columns(fullName);
    if (found && !found->empty()) described["columns"] = describeColumns(*found);
  }
  TROWEL_TRY(addNotes(described, fullName));
  return described;
}

Reply<Json> Metastore::changeTable(const std::string& fullName, const Json& given, const User& user) {
  Json changes = TROWEL_TRY(readChanges(given, kTableFields));
  TROWEL_TRY(checkOwner(changes));
  auto found = TROWEL_TRY(table(fullName));
  TROWEL_TRY(requireTable(found, user));
  changes.update({{"updated", world_.now()}, {"updated_by", user.name}});
  TROWEL_TRY(asReply(tables_.addToDetail(found.fullName(), changes)));
  return describe(found, true);
}

Reply<void> Metastore::requireTable(const SqlTable& table, const User& user) {
  if (table.catalog == "samples" || table.catalog == "system")
    return refuse(403, "PERMISSION_DENIED", "User does not have MANAGE on Table '" + table.fullName() + "'.");
  std::lock_guard lock(mutex_);
  return require(user, "MANAGE", {"TABLE", table.fullName()});
}

Reply<void> Metastore::removeTable(const std::string& fullName, const User& user) {
  auto found = TROWEL_TRY(table(fullName));
  TROWEL_TRY(requireTable(found, user));
  TROWEL_TRY(asReply(tables_.dropTable(found)));
  grants_.move("TABLE", found.fullName(), "");
  return {};
}

// Grants ----------------------------------------------------------------------------------------------------------

// The type in the API's own spelling.
Reply<std::string> Metastore::requireGrantable(const std::string& wanted, const std::string& fullName) {
  std::string type = core::replaceAll(core::toLower(wanted), "-", "_");
  for (char& c : type)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (type == "METASTORE") {
    if (fullName == id_) return type;
    return refuse(404, "METASTORE_DOES_NOT_EXIST", "Metastore '" + fullName + "' does not exist.");
  }
  if (type == "TABLE") {
    TROWEL_TRY(table(fullName));
    return type;
  }
  const auto* kind = kindNamed(type);
  if (!kind) return invalidParameter("Invalid securable type: " + wanted);
  std::lock_guard lock(mutex_);
  // Functions and models share their grants, as the service has them.
  if (kind == &securable::kFunction && documents(securable::kModel).find(fullName)) return "FUNCTION";
  TROWEL_TRY(find(*kind, fullName));
  return kind == &securable::kModel ? "FUNCTION" : type;
}

Reply<Json> Metastore::grants(const std::string& type, const std::string& wanted) {
  const std::string fullName = core::toLower(wanted);
  auto known = TROWEL_TRY(requireGrantable(type, fullName));
  return grants_.direct({known, fullName});
}

Reply<Json> Metastore::effectiveGrants(const std::string& type, const std::string& wanted) {
  const std::string fullName = core::toLower(wanted);
  auto known = TROWEL_TRY(requireGrantable(type, fullName));
  return grants_.effective(chainOf({known, fullName}));
}

Reply<Json> Metastore::changeGrants(const std::string& type, const std::string& wanted, const Json& changes,
                                    const User& user) {
  const std::string fullName = core::toLower(wanted);
  auto known = TROWEL_TRY(requireGrantable(type, fullName));
  for (const auto& change : changes) {
    std::string principal = core::stringAt(change, "principal");
    if (!principal.empty() && !core::arrayAt(change, "add").empty() && !principalExists(principal))
      return refuse(404, "PRINCIPAL_DOES_NOT_EXIST",
                    "Could not find principal with name " + core::toValidUtf8(principal));
  }
  {
    std::lock_guard lock(mutex_);
    TROWEL_TRY(require(user, "MANAGE", {known, fullName}));
  }
  return grants_.change({known, fullName}, changes);
}

}  // namespace trowel::emulator
