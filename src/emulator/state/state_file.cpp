// SPDX-License-Identifier: Apache-2.0
#include "emulator/state/state_file.hpp"

#include "trowel/core/log.hpp"

namespace trowel::emulator {

namespace {

core::Result<void> change(os::Database& database, const char* sql, std::initializer_list<std::string_view> values) {
  auto statement = TROWEL_TRY(database.prepare(sql));
  int index = 0;
  for (auto value : values) TROWEL_TRY(statement.bindBlob(++index, value));
  return statement.run();
}

core::Result<void> visitAll(
    os::Database& database, std::string_view kind,
    const std::function<void(const std::string& key, const std::string& json, std::string content)>& visit) {
  auto rows = TROWEL_TRY(database.prepare("SELECT key, json, content FROM documents WHERE kind=? ORDER BY key"));
  TROWEL_TRY(rows.bindBlob(1, kind));
  while (TROWEL_TRY(rows.step()))
    visit(std::string(rows.blob(0)), std::string(rows.blob(1)), std::string(rows.blob(2)));
  return {};
}

void report(const core::Result<void>& done) {
  if (!done) core::logError("emulator", "The state file: " + core::describe(done.error()));
}

}  // namespace

core::Result<std::unique_ptr<StateFile>> StateFile::open(const std::string& file) {
  auto database = TROWEL_TRY(os::Database::open(file));
  TROWEL_TRY(
      database.execute("CREATE TABLE IF NOT EXISTS documents(kind BLOB, key BLOB, json BLOB, content BLOB,"
                       " PRIMARY KEY(kind, key)) WITHOUT ROWID"));
  return std::unique_ptr<StateFile>(new StateFile(std::move(database)));
}

void StateFile::put(std::string_view kind, std::string_view key, std::string_view json, std::string_view content) {
  std::lock_guard lock(mutex_);
  report(change(database_, "INSERT OR REPLACE INTO documents VALUES(?,?,?,?)", {kind, key, json, content}));
}

void StateFile::putAll(std::string_view kind, const std::vector<std::pair<std::string, std::string>>& documents) {
  std::lock_guard lock(mutex_);
  report(database_.transaction([&]() -> core::Result<void> {
    for (const auto& [key, json] : documents)
      TROWEL_TRY(change(database_, "INSERT OR REPLACE INTO documents VALUES(?,?,?,?)", {kind, key, json, ""}));
    return {};
  }));
}

void StateFile::remove(std::string_view kind, std::string_view key) {
  std::lock_guard lock(mutex_);
  report(change(database_, "DELETE FROM documents WHERE kind=? AND key=?", {kind, key}));
}

void StateFile::removeTree(std::string_view kind, std::string_view key) {
  std::string from = std::string(key) + "/";
  std::string to = std::string(key) + "0";  // the character after the slash
  std::lock_guard lock(mutex_);
  report(
      change(database_, "DELETE FROM documents WHERE kind=? AND (key=? OR (key>=? AND key<?))", {kind, key, from, to}));
}

void StateFile::load(std::string_view kind,
                     const std::function<void(const std::string&, const std::string&, std::string)>& visit) {
  std::lock_guard lock(mutex_);
  report(visitAll(database_, kind, visit));
}

}  // namespace trowel::emulator
