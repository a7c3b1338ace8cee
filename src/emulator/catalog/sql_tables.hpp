// SPDX-License-Identifier: Apache-2.0
// The SQL engine's own file of schemas, tables and views, as the catalog reads and changes it.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"
#include "trowel/os/sqlite.hpp"

namespace trowel::emulator {

struct SqlTable {
  std::string catalog;
  std::string schema;
  std::string name;
  bool view = false;

  std::string fullName() const { return catalog + "." + schema + "." + name; }
};

struct SqlColumn {
  std::string name;
  std::string declared = {};   // in SQLite: Spark's own name, but text and blob; empty for an expression of a view
  std::string sparkType = {};  // JSON; where the SQL engine noted it, as it does for views
  std::string comment = {};
  bool required = false;
};

// Any thread. Names are in lower case. As the SQL engine keeps it: a table or view is one of SQLite's with the whole
// "catalog.schema.name" for a name, a schema is a row of __schemas, and what SQLite does not know of any of them
// (owner, comment, a view's own words, ...) is a JSON object in __details, which may be missing.
class SqlTables {
 public:
  // `fill` runs once, before the first look: it brings the tables that a demo has.
  SqlTables(std::filesystem::path file, std::function<void()> fill);

  core::Result<std::vector<std::string>> catalogs();
  core::Result<std::vector<std::string>> schemas(const std::string& catalog);
  core::Result<void> addSchema(const std::string& catalog, const std::string& schema);

  // In the order of names; all of the catalog where `schema` is empty.
  core::Result<std::vector<SqlTable>> tables(const std::string& catalog, const std::string& schema);
  core::Result<std::optional<SqlTable>> table(const std::string& fullName);
  // Of a view that nobody noted the columns of only where SQLite alone can tell: functions that the SQL engine brings
  // are unknown here.
  core::Result<std::vector<SqlColumn>> columns(const std::string& fullName);
  // The query of a view.
  core::Result<std::string> definition(const SqlTable& view);

  // What is noted of a catalog, schema, table or view: owner, created (UTC, text), comment, properties, ...; an empty
  // object where nothing is.
  core::Result<core::Json> detail(const std::string& name);
  core::Result<void> addToDetail(const std::string& name, const core::Json& fields);

  // Without rows. `columns` must not be empty.
  core::Result<void> createTable(const SqlTable& table, const std::vector<SqlColumn>& columns);
  core::Result<void> dropTable(const SqlTable& table);
  // With all tables in it. The whole catalog where `schema` is empty.
  core::Result<void> dropSchema(const std::string& catalog, const std::string& schema);
  // Gives everything beneath a catalog ("a") or a schema ("a.b") the new prefix.
  core::Result<void> rename(const std::string& from, const std::string& to);

 private:
  struct Stored {
    std::string name;
    bool view = false;
    std::string sql;
  };

  core::Result<os::Database*> database();
  core::Result<std::vector<std::string>> names(const std::string& query, const std::string& parameter);
  core::Result<std::string> detailText(const std::string& name);
  core::Result<std::vector<Stored>> beneath(const std::string& prefix);
  core::Result<void> renameIn(os::Database& database, const std::string& from, const std::string& to);

  const std::filesystem::path file_;
  const std::function<void()> fill_;
  std::once_flag filled_;
  std::mutex mutex_;  // guards database_
  std::optional<os::Database> database_;
};

}  // namespace trowel::emulator
