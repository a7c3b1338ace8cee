// SPDX-License-Identifier: Apache-2.0
// The part of the metastore that shows what SQL made, and what was granted on anything.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/catalog/information_schema.hpp"
#include "emulator/catalog/metastore.hpp"
#include "emulator/catalog/metastore_rules.hpp"
#include "emulator/catalog/table_columns.hpp"
#include "emulator/sql/spark_types.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr Field kTableFields[] = {{"owner"}, {"comment"}, {"properties", FieldType::TextMap}};

constexpr Field kNewTableFields[] = {{"name", FieldType::Text, FieldUse::Key},
                                     {"catalog_name", FieldType::Text, FieldUse::Key},
                                     {"schema_name", FieldType::Text, FieldUse::Key},
                                     {"table_type", FieldType::Text, FieldUse::Key},
                                     {"data_source_format", FieldType::Text, FieldUse::Key},
                                     {"storage_location", FieldType::Text, FieldUse::Key},
                                     {"columns", FieldType::List},
                                     {"properties", FieldType::TextMap},
                                     {"comment"}};
// For the message about a bad name alone.
constexpr SecurableKind kTableNames{"TABLE", "Table", "TABLE", "tables", "tables", "Table", "", 2, {}};

// ColumnInfo, of which name and type_text count, in the words of SQLite's table.
Reply<std::vector<SqlColumn>> readColumns(const Json& given) {
  std::vector<SqlColumn> columns;
  // The service would read those of files that are there already.
  if (given.empty()) return missingField("columns");
  for (const auto& one : given) {
    std::string name = core::stringAt(one, "name");
    std::string type = core::toLower(core::stringAt(one, "type_text"));
    if (name.empty()) return missingField("columns.name");
    if (type.empty()) return missingField("columns.type_text");
    if (!parseSparkType(type)) return invalidParameter("Invalid type of column " + name + ": " + type);
    bool twice = std::any_of(columns.begin(), columns.end(),
                             [&](const SqlColumn& other) { return core::equalsIgnoreCase(other.name, name); });
    if (twice) return invalidParameter("Duplicate column: " + name);
    columns.push_back({.name = name,
                       .declared = type == "string"   ? "text"
                                   : type == "binary" ? "blob"
                                                      : type,
                       .comment = core::stringAt(one, "comment"),
                       .required = !core::boolAt(one, "nullable", true)});
  }
  return columns;
}

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
  if (lastPart(schema) == kInformationSchema && !informationColumns(lastPart(fullName)).empty())
    return SqlTable{parentName(schema), std::string(kInformationSchema), lastPart(fullName), true};
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
  auto found = TROWEL_TRY(asReply(tables_.tables(catalog, schema)));
  if (catalog == "hive_metastore" || (!schema.empty() && schema != kInformationSchema)) return found;
  for (auto view : informationViews())
    found.push_back({catalog, std::string(kInformationSchema), std::string(view), true});
  std::sort(found.begin(), found.end(),
            [](const SqlTable& a, const SqlTable& b) { return a.fullName() < b.fullName(); });
  return found;
}

Reply<Json> Metastore::describe(const SqlTable& table, bool columns) {
  const std::string fullName = table.fullName();
  const bool information = table.schema == kInformationSchema;
  auto catalog = documents(securable::kCatalog).find(table.catalog).value_or(Json::object());
  std::string owner = information ? "System user" : core::stringAt(catalog, "owner", world_.options.userName);
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
    if (!information) described["view_definition"] = TROWEL_TRY(asReply(tables_.definition(table)));
  } else {
    described["data_source_format"] = "DELTA";
    described["storage_location"] = std::string(kStorageRoot) + id_ + "/tables/" + id;
    described["properties"] = {{"delta.minReaderVersion", "1"}, {"delta.minWriterVersion", "2"}};
  }
  if (information) {
    if (columns) described["columns"] = describeColumns(informationColumns(table.name));
    return described;
  }
  if (columns) {
    // Nobody may be able to tell those of a view: then there are none.
    auto found = tables_.columns(fullName);
    if (found && !found->empty()) described["columns"] = describeColumns(*found);
  }
  TROWEL_TRY(addNotes(described, fullName));
  Json noted = TROWEL_TRY(asReply(tables_.detail(fullName)));
  if (std::string location = core::stringAt(noted, "external_location"); !location.empty())
    described.update({{"table_type", "EXTERNAL"}, {"storage_location", location}});
  return described;
}

Reply<Json> Metastore::createTable(const Json& given, const User& user) {
  Json fields = TROWEL_TRY(readNew(given, kNewTableFields));
  if (core::stringAt(fields, "table_type") != "EXTERNAL" || core::stringAt(fields, "data_source_format") != "DELTA")
    return invalidParameter("Only external tables of the format DELTA can be created through this API.");
  auto columns = TROWEL_TRY(readColumns(core::arrayAt(fields, "columns")));
  auto name = TROWEL_TRY(validName(kTableNames, "Create", core::stringAt(fields, "name")));
  const std::string catalog = core::toLower(core::stringAt(fields, "catalog_name"));
  const std::string schema = core::toLower(core::stringAt(fields, "schema_name"));
  const SqlTable made{catalog, schema, name};
  std::lock_guard lock(mutex_);
  TROWEL_TRY(requireParents(securable::kVolume, catalog + "." + schema));
  const auto* system = systemCatalog(securable::kSchema, catalog + "." + schema);
  if ((system && !system->writable) || schema == kInformationSchema)
    return refuse(403, "PERMISSION_DENIED",
                  "User does not have CREATE TABLE on Schema '" + catalog + "." + schema + "'.");
  TROWEL_TRY(require(user, "CREATE_TABLE", {"SCHEMA", catalog + "." + schema}));
  if (TROWEL_TRY(asReply(tables_.table(made.fullName()))))
    return refuse(400, "TABLE_ALREADY_EXISTS", "Table '" + made.fullName() + "' already exists");
  Json notes{{"owner", user.name},
             {"created", toIsoTime(world_.now())},
             {"external_location", core::stringAt(fields, "storage_location")}};
  for (auto field : {"properties", "comment"})
    if (fields.contains(field)) notes[field] = fields[field];
  for (const auto& column : columns)
    if (!column.comment.empty()) notes["comments"][column.name] = column.comment;
  TROWEL_TRY(asReply(tables_.createTable(made, columns)));
  TROWEL_TRY(asReply(tables_.addToDetail(made.fullName(), notes)));
  return describe(made, true);
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
  if (table.catalog == "samples" || table.catalog == "system" || table.schema == kInformationSchema)
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
