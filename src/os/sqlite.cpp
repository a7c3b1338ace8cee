// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>

#include <utility>

#include "trowel/os/unique_fd.hpp"

namespace trowel::os {

namespace {

core::ErrorCode codeOf(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CONSTRAINT:
    case SQLITE_FULL:
      return core::ErrorCode::Conflict;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
      return core::ErrorCode::DataLoss;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return core::ErrorCode::PermissionDenied;
    case SQLITE_INTERRUPT:
      return core::ErrorCode::Cancelled;
    case SQLITE_ERROR:
    case SQLITE_RANGE:
    case SQLITE_MISUSE:
      return core::ErrorCode::InvalidParams;
    default:
      return core::ErrorCode::Internal;
  }
}

std::unexpected<core::Error> failSqlite(sqlite3* database, int code, std::string what) {
  const char* reason = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  return core::fail(codeOf(code), std::move(what) + ": " + reason + ".", "sqlite " + std::to_string(code));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

core::Result<void> Statement::check(int code) const {
  if (code == SQLITE_OK) return {};
  return failSqlite(sqlite3_db_handle(statement_.get()), code, "The statement cannot be prepared");
}

core::Result<void> Statement::bind(int index, std::int64_t value) {
  return check(sqlite3_bind_int64(statement_.get(), index, value));
}

core::Result<void> Statement::bind(int index, double value) {
  return check(sqlite3_bind_double(statement_.get(), index, value));
}

core::Result<void> Statement::bind(int index, std::string_view text) {
  const char* data = text.data() != nullptr ? text.data() : "";  // a null pointer would bind NULL
  return check(sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

core::Result<void> Statement::bindBlob(int index, std::string_view bytes) {
  if (bytes.empty()) return check(sqlite3_bind_zeroblob(statement_.get(), index, 0));
  return check(sqlite3_bind_blob64(statement_.get(), index, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
}

core::Result<void> Statement::bindNull(int index) { return check(sqlite3_bind_null(statement_.get(), index)); }

core::Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failSqlite(sqlite3_db_handle(statement_.get()), code, "The statement failed");
}

core::Result<void> Statement::run() {
  auto done = step();
  reset();
  if (!done) return std::unexpected(std::move(done).error());
  return {};
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }

std::string_view Statement::columnName(int column) const {
  const char* name = sqlite3_column_name(statement_.get(), column);
  return name != nullptr ? name : "";
}

SqlType Statement::type(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_INTEGER:
      return SqlType::Integer;
    case SQLITE_FLOAT:
      return SqlType::Real;
    case SQLITE_TEXT:
      return SqlType::Text;
    case SQLITE_BLOB:
      return SqlType::Blob;
    default:
      return SqlType::Null;
  }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string_view Statement::text(int column) const {
  const unsigned char* data = sqlite3_column_text(statement_.get(), column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string_view Statement::blob(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

core::Result<Database> Database::open(const std::string& path) {
  // SQLite would create it readable by all; its -wal and -shm files get the same mode.
  if (path != ":memory:") UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database database(raw);
  if (code != SQLITE_OK) return failSqlite(raw, code, "Cannot open the database " + path);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, 5000);
  for (const char* pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"}) {
    if (auto done = database.execute(pragma); !done)
      return core::failBecause(std::move(done).error(), "Cannot use the database " + path);
  }
  auto quick = database.prepare("PRAGMA quick_check(1)");
  auto row = quick ? quick->step() : core::Result<bool>(std::unexpected(quick.error()));
  if (!row) return core::failBecause(std::move(row).error(), "Cannot use the database " + path);
  if (quick->text(0) != "ok")
    return core::fail(core::ErrorCode::DataLoss, "The database " + path + " is damaged.", std::string(quick->text(0)));
  return database;
}

core::Result<void> Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failSqlite(database_.get(), code, "The statement failed");
  return {};
}

core::Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return failSqlite(database_.get(), code, "The statement is not valid");
  if (statement == nullptr) return core::fail(core::ErrorCode::InvalidParams, "The statement is empty.");
  return Statement(statement);
}

std::int64_t Database::lastInsertId() const { return sqlite3_last_insert_rowid(database_.get()); }
std::int64_t Database::changes() const { return sqlite3_changes64(database_.get()); }
void Database::interrupt() const { sqlite3_interrupt(database_.get()); }

}  // namespace trowel::os
