// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/sql_tables.hpp"

#include "trowel/core/text.hpp"

namespace trowel::emulator {

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
                       "PRAGMA legacy_alter_table=ON"));
    for (auto catalog : {"hive_metastore", "main", "samples", "system"})
      TROWEL_TRY(runWith(opened, "INSERT OR IGNORE INTO __schemas VALUES(?, ?)", catalog, "default"));
    database_ = std::move(opened);
  }
  return &*database_;
}

core::Result<std::vector<std::string>> SqlTables::schemas(const std::string& catalog) {
  std::call_once(filled_, fill_);
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  auto rows = TROWEL_TRY(file.prepare("SELECT name FROM __schemas WHERE catalog=? ORDER BY name"));
  TROWEL_TRY(rows.bindAll(catalog));
  std::vector<std::string> names;
  while (TROWEL_TRY(rows.step())) names.emplace_back(rows.text(0));
  return names;
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

core::Result<std::vector<SqlColumn>> SqlTables::columns(const std::string& fullName) {
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  auto rows = TROWEL_TRY(file.prepare("PRAGMA table_info(" + identifier(fullName) + ")"));
  std::vector<SqlColumn> columns;
  while (TROWEL_TRY(rows.step()))
    columns.push_back({std::string(rows.text(1)), std::string(rows.text(2)), rows.integer(3) != 0});
  return columns;
}

core::Result<std::string> SqlTables::definition(const SqlTable& view) {
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

core::Result<void> SqlTables::dropTable(const SqlTable& table) {
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  return drop(file, table.fullName(), table.view);
}

core::Result<void> SqlTables::dropSchema(const std::string& catalog, const std::string& schema) {
  std::lock_guard lock(mutex_);
  os::Database& file = *TROWEL_TRY(database());
  return file.transaction([&]() -> core::Result<void> {
    auto found = TROWEL_TRY(beneath(schema.empty() ? catalog : catalog + "." + schema));
    for (const auto& entry : found) TROWEL_TRY(drop(file, entry.name, entry.view));
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
  auto [oldCatalog, oldSchema] = splitSchema(from);
  auto [newCatalog, newSchema] = splitSchema(to);
  if (oldSchema.empty())
    return runWith(file, "UPDATE __schemas SET catalog=?2 WHERE catalog=?1", oldCatalog, newCatalog);
  TROWEL_TRY(runWith(file, "DELETE FROM __schemas WHERE catalog=? AND name=?", oldCatalog, oldSchema));
  return runWith(file, "INSERT OR IGNORE INTO __schemas VALUES(?, ?)", newCatalog, newSchema);
}

}  // namespace trowel::emulator
