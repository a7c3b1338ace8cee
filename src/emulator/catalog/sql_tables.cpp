// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/sql_tables.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::string identifier(std::string_view name) { return '"' + core::replaceAll(std::string(name), "\"", "\"\"") + '"'; }

// "a.b.c" -> a, b, c; the last part may have dots. Nothing where there are fewer parts.
std::optional<SqlTable> parseName(const std::string& name, bool view) {
  auto first = name.find('.');
  auto second = first == std::string::npos ? first : name.find('.', first + 1);
  if (second == std::string::npos) return std::nullopt;
  return SqlTable{name.substr(0, first), name.substr(first + 1, second - first - 1), name.substr(second + 1), view};
}

core::Result<void> runWith(os::Database& database, std::string_view sql, std::string_view one, std::string_view other) {
  auto statement = TROWEL_TRY(database.prepare(sql));
  TROWEL_TRY(statement.bindAll(one, other));
  return statement.run();
}

// Takes `name`, and with it what lies beneath it, out of what stands beside SQLite's own.
core::Result<void> forget(os::Database& database, const std::string& name) {
  for (std::string table : {"__details", "__history"})
    TROWEL_TRY(runWith(database, "DELETE FROM " + table + " WHERE name=? OR name GLOB ?", name, name + ".*"));
  return {};
}

core::Result<void> drop(os::Database& database, const std::string& name, bool view) {
  return database.execute((view ? "DROP VIEW " : "DROP TABLE ") + identifier(name));
}

// "a.b" -> a, b; "a" -> a, nothing
std::pair<std::string, std::string> splitSchema(const std::string& name) {
  auto dot = name.find('.');
  if (dot == std::string::npos) return {name, ""};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

}  // namespace

SqlTables::SqlTables(std::filesystem::path file, std::function<void()> fill)
    : file_(std::move(file)), fill_(std::move(fill)) {}

core::Result<os::Database*> SqlTables::database() {
  if (!database_) {
    auto opened = TROWEL_TRY(os::Database::open(file_.string()));
    TROWEL_TRY(
        opened.execute("CREATE TABLE IF NOT EXISTS __schemas(catalog TEXT, name TEXT, PRIMARY KEY(catalog, name));"
                       "CREATE TABLE IF NOT EXISTS __details(name TEXT PRIMARY KEY, detail TEXT);"
                       "CREATE TABLE IF NOT EXISTS __history(name TEXT, version INTEGER, timestamp TEXT, user TEXT, "
                       "operation TEXT, parameters TEXT, metrics TEXT, PRIMARY KEY(name, version));"
                       "PRAGMA legacy_alter_table=ON"));
    for (auto catalog : {"hive_metastore", "main", "samples", "system"})
      TROWEL_TRY(runWith(opened, "INSERT OR IGNORE INTO __schemas VALUES(?, ?)", catalog, "default"));
    database_ = std::move(opened);
  }
  return &*database_;
}

core::Result<std::vector<std::string>> SqlTables::names(const std::string& query, const std::string& parameter) {
  std::call_once(filled_, fill_);
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  auto rows = TROWEL_TRY(file.prepare(query));
  TROWEL_TRY(rows.bindAll(parameter));
  std::vector<std::string> found;
  while (TROWEL_TRY(rows.step())) found.emplace_back(rows.text(0));
  return found;
}

core::Result<std::vector<std::string>> SqlTables::catalogs() {
  return names("SELECT DISTINCT catalog FROM __schemas WHERE catalog<>? ORDER BY catalog", "");
}

core::Result<std::vector<std::string>> SqlTables::schemas(const std::string& catalog) {
  return names("SELECT name FROM __schemas WHERE catalog=? ORDER BY name", catalog);
}

core::Result<void> SqlTables::addSchema(const std::string& catalog, const std::string& schema) {
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  return runWith(file, "INSERT OR IGNORE INTO __schemas VALUES(?, ?)", catalog, schema);
}

core::Result<std::vector<SqlTables::Stored>> SqlTables::beneath(const std::string& prefix) {
  os::Database& file = *TROWEL_TRY(database());
  auto rows = TROWEL_TRY(file.prepare(
      "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table','view') AND name GLOB ? ORDER BY name"));
  TROWEL_TRY(rows.bindAll(prefix + ".*"));
  std::vector<Stored> found;
  while (TROWEL_TRY(rows.step()))
    found.push_back({std::string(rows.text(0)), rows.text(1) == "view", std::string(rows.text(2))});
  return found;
}

core::Result<std::vector<SqlTable>> SqlTables::tables(const std::string& catalog, const std::string& schema) {
  std::call_once(filled_, fill_);
  std::lock_guard lock(mutex_);
  auto found = TROWEL_TRY(beneath(schema.empty() ? catalog : catalog + "." + schema));
  std::vector<SqlTable> tables;
  for (const auto& entry : found)
    if (auto table = parseName(entry.name, entry.view)) tables.push_back(*std::move(table));
  return tables;
}

core::Result<std::optional<SqlTable>> SqlTables::table(const std::string& fullName) {
  std::call_once(filled_, fill_);
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  auto rows = TROWEL_TRY(file.prepare("SELECT type FROM sqlite_master WHERE type IN ('table','view') AND name=?"));
  TROWEL_TRY(rows.bindAll(fullName));
  if (!TROWEL_TRY(rows.step())) return std::nullopt;
  return parseName(fullName, rows.text(0) == "view");
}

core::Result<std::string> SqlTables::detailText(const std::string& name) {
  os::Database& file = *TROWEL_TRY(database());
  auto rows = TROWEL_TRY(file.prepare("SELECT detail FROM __details WHERE name=?"));
  TROWEL_TRY(rows.bindAll(name));
  if (!TROWEL_TRY(rows.step())) return std::string("{}");
  return std::string(rows.text(0));
}

core::Result<Json> SqlTables::detail(const std::string& name) {
  std::lock_guard lock(mutex_);
  auto text = TROWEL_TRY(detailText(name));
  auto detail = core::parseJson(text);
  return detail && detail->is_object() ? *std::move(detail) : Json::object();
}

core::Result<void> SqlTables::addToDetail(const std::string& name, const Json& fields) {
  Json whole = TROWEL_TRY(detail(name));
  whole.update(fields);
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  return runWith(file, "INSERT OR REPLACE INTO __details VALUES(?, ?)", name, core::dumpJson(whole));
}

core::Result<std::vector<SqlColumn>> SqlTables::columns(const std::string& fullName) {
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  auto text = TROWEL_TRY(detailText(fullName));
  // In the order in which they were noted, which is the view's own.
  auto detail = nlohmann::ordered_json::parse(text, nullptr, false);
  std::vector<SqlColumn> columns;
  if (detail.is_object() && detail.contains("columns") && detail["columns"].is_object())
    for (const auto& [name, entry] : detail["columns"].items())
      columns.push_back({.name = name, .sparkType = entry.contains("type") ? entry["type"].dump() : ""});
  if (columns.empty()) {
    auto rows = TROWEL_TRY(file.prepare("PRAGMA table_info(" + identifier(fullName) + ")"));
    while (TROWEL_TRY(rows.step()))
      columns.push_back(
          {.name = std::string(rows.text(1)), .declared = std::string(rows.text(2)), .required = rows.integer(3) != 0});
  }
  if (auto known = core::parseJson(text); known && known->is_object())
    for (auto& column : columns)
      column.comment = core::stringAt(core::objectAt(*known, "comments"), column.name.c_str());
  return columns;
}

core::Result<std::string> SqlTables::definition(const SqlTable& view) {
  auto noted = TROWEL_TRY(detail(view.fullName()));
  if (std::string words = core::stringAt(noted, "view"); !words.empty()) return words;
  std::lock_guard lock(mutex_);
  auto found = TROWEL_TRY(beneath(view.catalog + "." + view.schema));
  for (const auto& entry : found) {
    if (entry.name != view.fullName()) continue;
    std::string start = identifier(entry.name) + " AS ";
    auto at = entry.sql.find(start);
    return at == std::string::npos ? entry.sql : entry.sql.substr(at + start.size());
  }
  return std::string();
}

core::Result<void> SqlTables::createTable(const SqlTable& table, const std::vector<SqlColumn>& columns) {
  std::string definition;
  for (const auto& column : columns)
    definition += (definition.empty() ? "" : ", ") + identifier(column.name) + " " + identifier(column.declared) +
                  (column.required ? " NOT NULL" : "");
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  return file.execute("CREATE TABLE " + identifier(table.fullName()) + "(" + definition + ")");
}

core::Result<void> SqlTables::dropTable(const SqlTable& table) {
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  return file.transaction([&]() -> core::Result<void> {
    TROWEL_TRY(drop(file, table.fullName(), table.view));
    return forget(file, table.fullName());
  });
}

core::Result<void> SqlTables::dropSchema(const std::string& catalog, const std::string& schema) {
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  return file.transaction([&]() -> core::Result<void> {
    const std::string whole = schema.empty() ? catalog : catalog + "." + schema;
    auto found = TROWEL_TRY(beneath(whole));
    for (const auto& entry : found) TROWEL_TRY(drop(file, entry.name, entry.view));
    TROWEL_TRY(forget(file, whole));
    return runWith(file, "DELETE FROM __schemas WHERE catalog=?1 AND (?2='' OR name=?2)", catalog, schema);
  });
}

core::Result<void> SqlTables::rename(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  return file.transaction([&] { return renameIn(file, from, to); });
}

// Views name their tables in full and in quotes, so their text can be rewritten; SQLite itself cannot rename a view.
core::Result<void> SqlTables::renameIn(os::Database& file, const std::string& from, const std::string& to) {
  auto found = TROWEL_TRY(beneath(from));
  for (const auto& entry : found)
    if (!entry.view)
      TROWEL_TRY(file.execute("ALTER TABLE " + identifier(entry.name) + " RENAME TO " +
                              identifier(to + entry.name.substr(from.size()))));
  for (const auto& entry : found) {
    if (!entry.view) continue;
    TROWEL_TRY(drop(file, entry.name, true));
    TROWEL_TRY(file.execute(core::replaceAll(entry.sql, '"' + from + ".", '"' + to + ".")));
  }
  TROWEL_TRY(forget(file, to));
  for (std::string table : {"__details", "__history"})
    TROWEL_TRY(runWith(
        file, "UPDATE " + table + " SET name=?2||substr(name, length(?1)+1) WHERE name=?1 OR name GLOB ?1||'.*'", from,
        to));
  auto [oldCatalog, oldSchema] = splitSchema(from);
  auto [newCatalog, newSchema] = splitSchema(to);
  if (oldSchema.empty())
    return runWith(file, "UPDATE __schemas SET catalog=?2 WHERE catalog=?1", oldCatalog, newCatalog);
  TROWEL_TRY(runWith(file, "DELETE FROM __schemas WHERE catalog=? AND name=?", oldCatalog, oldSchema));
  return runWith(file, "INSERT OR IGNORE INTO __schemas VALUES(?, ?)", newCatalog, newSchema);
}

}  // namespace trowel::emulator
