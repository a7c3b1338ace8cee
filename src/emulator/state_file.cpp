// SPDX-License-Identifier: Apache-2.0
#include "emulator/state_file.hpp"

#include <sqlite3.h>

#include <initializer_list>

#include "trowel/core/log.hpp"

namespace trowel::emulator {

namespace {

// A statement for one use; text parameters are bound in order, as blobs.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql, std::initializer_list<std::string_view> parameters) {
    if (sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr) != SQLITE_OK) return;
    int index = 0;
    for (auto parameter : parameters) {
      // A null pointer would bind NULL.
      sqlite3_bind_blob64(statement_, ++index, parameter.empty() ? "" : parameter.data(), parameter.size(),
                          SQLITE_TRANSIENT);
    }
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  int step() { return statement_ ? sqlite3_step(statement_) : SQLITE_ERROR; }
  std::string column(int index) {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, index));
    auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, index));
    return bytes ? std::string(bytes, size) : std::string();
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

void run(sqlite3* database, const char* sql, std::initializer_list<std::string_view> parameters) {
  if (Statement(database, sql, parameters).step() != SQLITE_DONE)
    core::logError("emulator", std::string("The state file was not written: ") + sqlite3_errmsg(database));
}

}  // namespace

core::Result<std::unique_ptr<StateFile>> StateFile::open(const std::filesystem::path& file) {
  sqlite3* database = nullptr;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
  int code = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
  if (code == SQLITE_OK) {
    // Exclusive: two emulators on one folder would each write over what the other one knows.
    code = sqlite3_exec(database,
                        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                        "BEGIN IMMEDIATE;"
                        "CREATE TABLE IF NOT EXISTS documents(kind BLOB, key BLOB, json BLOB, content BLOB,"
                        " PRIMARY KEY(kind, key)) WITHOUT ROWID;"
                        "COMMIT;",
                        nullptr, nullptr, nullptr);
  }
  if (code != SQLITE_OK) {
    std::string why = database ? sqlite3_errmsg(database) : "out of memory";
    sqlite3_close(database);
    bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    return core::fail(damaged ? core::ErrorCode::DataLoss : core::ErrorCode::Unavailable,
                      code == SQLITE_BUSY
                          ? "The data folder is in use by another emulator: " + file.string()
                          : "The emulator's state file cannot be opened (" + why + "): " + file.string());
  }
  return std::unique_ptr<StateFile>(new StateFile(database));
}

StateFile::~StateFile() { sqlite3_close(database_); }

void StateFile::put(std::string_view kind, std::string_view key, std::string_view json, std::string_view content) {
  std::lock_guard lock(mutex_);
  run(database_, "INSERT OR REPLACE INTO documents VALUES(?,?,?,?)", {kind, key, json, content});
}

void StateFile::remove(std::string_view kind, std::string_view key) {
  std::lock_guard lock(mutex_);
  run(database_, "DELETE FROM documents WHERE kind=? AND key=?", {kind, key});
}

void StateFile::removeTree(std::string_view kind, std::string_view key) {
  std::string from = std::string(key) + "/";
  std::string to = std::string(key) + "0";  // the character after the slash
  std::lock_guard lock(mutex_);
  run(database_, "DELETE FROM documents WHERE kind=? AND (key=? OR (key>=? AND key<?))", {kind, key, from, to});
}

void StateFile::load(std::string_view kind,
                     const std::function<void(const std::string&, const std::string&, std::string)>& visit) {
  std::lock_guard lock(mutex_);
  Statement rows(database_, "SELECT key, json, content FROM documents WHERE kind=? ORDER BY key", {kind});
  while (rows.step() == SQLITE_ROW) visit(rows.column(0), rows.column(1), rows.column(2));
}

}  // namespace trowel::emulator
