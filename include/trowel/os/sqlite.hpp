// SPDX-License-Identifier: Apache-2.0
// SQLite with values for errors and owners for handles. One thread at a time per Database.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "trowel/core/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace trowel::os {

enum class SqlType : std::uint8_t { Integer, Real, Text, Blob, Null };

// A prepared statement. Indices of parameters begin at 1, of columns at 0, as in SQLite.
class Statement {
 public:
  core::Result<void> bind(int index, std::int64_t value);
  core::Result<void> bind(int index, double value);
  core::Result<void> bind(int index, std::string_view text);
  core::Result<void> bindBlob(int index, std::string_view bytes);
  core::Result<void> bindNull(int index);

  // Binds parameters 1, 2, … in this order.
  template <typename... Values>
  core::Result<void> bindAll(const Values&... values) {
    int index = 0;
    core::Result<void> result;
    ((result = result ? bindOne(++index, values) : result), ...);
    return result;
  }

  // True: a row is there; false: done.
  core::Result<bool> step();
  // Runs a statement that returns no rows, then makes it ready for the next values.
  core::Result<void> run();
  // Ready to run again; bound values stay.
  void reset();

  int columns() const;
  std::string_view columnName(int column) const;
  // The views live until the next step.
  SqlType type(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;

 private:
  friend class Database;
  template <typename Value>
  core::Result<void> bindOne(int index, const Value& value) {
    if constexpr (std::is_floating_point_v<Value>) {
      return bind(index, static_cast<double>(value));
    } else if constexpr (std::is_integral_v<Value> || std::is_enum_v<Value>) {
      return bind(index, static_cast<std::int64_t>(value));
    } else {
      return bind(index, std::string_view(value));
    }
  }

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  core::Result<void> check(int code) const;

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Write-ahead log, synchronous=FULL (what is committed survives a power loss), 5 s of patience with other processes.
class Database {
 public:
  // ":memory:" is a private one in memory. A new file gets mode 0600. DataLoss where the file is no database of SQLite
  // or fails its quick check.
  static core::Result<Database> open(const std::string& path);

  // One or more statements without parameters.
  core::Result<void> execute(const std::string& sql);
  // The first statement of `sql`; statements must end before their database.
  core::Result<Statement> prepare(std::string_view sql);
  // Runs `work` between BEGIN IMMEDIATE and COMMIT; rolls back where it fails.
  template <typename Work>
  core::Result<void> transaction(const Work& work) {
    TROWEL_TRY(execute("BEGIN IMMEDIATE"));
    core::Result<void> done = work();
    if (done) done = execute("COMMIT");
    if (!done) (void)execute("ROLLBACK");
    return done;
  }

  std::int64_t lastInsertId() const;
  std::int64_t changes() const;
  // Makes a running statement of another thread end with Cancelled. Any thread.
  void interrupt() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : database_(database) {}
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace trowel::os
