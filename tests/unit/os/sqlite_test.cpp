// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/sqlite.hpp"

#include <sys/stat.h>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace trowel;

TEST_CASE("rows go in and come out with their types") {
  auto db = os::Database::open(":memory:").value();
  REQUIRE(db.execute("CREATE TABLE t (i, r, x, b, n)"));
  auto insert = db.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)").value();
  REQUIRE(insert.bindAll(42, 1.5, "text"));
  REQUIRE(insert.bindBlob(4, std::string_view("a\0b", 3)));
  REQUIRE(insert.bindNull(5));
  REQUIRE(insert.run());
  CHECK(db.lastInsertId() == 1);
  auto select = db.prepare("SELECT * FROM t").value();
  REQUIRE(select.step().value());
  CHECK(select.columns() == 5);
  CHECK(select.columnName(2) == "x");
  CHECK(select.integer(0) == 42);
  CHECK(select.real(1) == 1.5);
  CHECK(select.text(2) == "text");
  CHECK(select.blob(3) == std::string_view("a\0b", 3));
  CHECK(select.type(4) == os::SqlType::Null);
  CHECK_FALSE(select.step().value());
}

TEST_CASE("a failed transaction leaves nothing") {
  auto db = os::Database::open(":memory:").value();
  REQUIRE(db.execute("CREATE TABLE t (i)"));
  auto done = db.transaction([&]() -> core::Result<void> {
    TROWEL_TRY(db.execute("INSERT INTO t VALUES (1)"));
    return core::fail(core::ErrorCode::Conflict, "no");
  });
  CHECK(done.error().code == core::ErrorCode::Conflict);
  REQUIRE(db.transaction([&] { return db.execute("INSERT INTO t VALUES (2)"); }));
  auto count = db.prepare("SELECT count(*), max(i) FROM t").value();
  REQUIRE(count.step().value());
  CHECK(count.integer(0) == 1);
  CHECK(count.integer(1) == 2);
}

TEST_CASE("a database on disk is private and keeps what was committed") {
  test::TempDir dir;
  {
    auto db = os::Database::open(dir / "d.sqlite").value();
    REQUIRE(db.execute("CREATE TABLE t (i); INSERT INTO t VALUES (7)"));
  }
  struct stat status{};
  REQUIRE(::stat((dir / "d.sqlite").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  auto db = os::Database::open(dir / "d.sqlite").value();
  auto mode = db.prepare("PRAGMA journal_mode").value();
  REQUIRE(mode.step().value());
  CHECK(mode.text(0) == "wal");
}

TEST_CASE("a file that is no database says so") {
  test::TempDir dir;
  dir.write("d.sqlite", std::string(4096, 'x'));
  CHECK(os::Database::open(dir / "d.sqlite").error().code == core::ErrorCode::DataLoss);
  CHECK(os::Database::open(dir / "no/such.sqlite").error().code == core::ErrorCode::PermissionDenied);
}

TEST_CASE("wrong statements are errors with SQLite's own words") {
  auto db = os::Database::open(":memory:").value();
  auto bad = db.prepare("SELECT * FROM absent");
  CHECK(bad.error().message == "The statement is not valid: no such table: absent.");
  CHECK(db.prepare("").error().code == core::ErrorCode::InvalidParams);
}

TEST_CASE("a running statement can be interrupted") {
  auto db = os::Database::open(":memory:").value();
  auto endless = db.prepare("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n").value();
  REQUIRE(endless.step().value());
  db.interrupt();
  CHECK(endless.step().error().code == core::ErrorCode::Cancelled);
}
