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

constexpr Field kTableFields[] = {{"owner"}, {"comment"}, {"properties", FieldType::Object}};

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
  auto found = TROWEL_TRY(table(fullName));
  changes.update({{"updated", world_.now()}, {"updated_by", user.name}});
  TROWEL_TRY(asReply(tables_.addToDetail(found.fullName(), changes)));
  return describe(found, true);
}

Reply<void> Metastore::removeTable(const std::string& fullName) {
  auto found = TROWEL_TRY(table(fullName));
  if (found.catalog == "samples" || found.catalog == "system")
    return refuse(403, "PERMISSION_DENIED", "User does not have MANAGE on Table '" + found.fullName() + "'.");
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
  std::vector<Securable> chain{{known, fullName}};
  for (auto parent = parentName(fullName); !parent.empty(); parent = parentName(parent))
    chain.emplace_back(parentName(parent).empty() ? "CATALOG" : "SCHEMA", parent);
  if (known != "METASTORE") chain.emplace_back("METASTORE", id_);
  return grants_.effective(chain);
}

Reply<Json> Metastore::changeGrants(const std::string& type, const std::string& wanted, const Json& changes) {
  const std::string fullName = core::toLower(wanted);
  auto known = TROWEL_TRY(requireGrantable(type, fullName));
  return grants_.change({known, fullName}, changes);
}

}  // namespace trowel::emulator
