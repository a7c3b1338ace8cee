// SPDX-License-Identifier: Apache-2.0
// Warehouses and statements as the services call them against a workspace that really executes SQL.
#include <nlohmann/json.hpp>

#include "support/emulator_workspace.hpp"
#include "trowel/databricks/statements.hpp"
#include "trowel/databricks/warehouses.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;
using core::Json;

namespace {

struct Bench : test::EmulatorWorkspace {
  using EmulatorWorkspace::EmulatorWorkspace;

  Warehouses warehouses{rest};
  Statements statements{rest};
  std::string warehouse = make("Bench");

  std::string make(const std::string& name) {
    return warehouses.create({{"name", name}, {"cluster_size", "Small"}, {"auto_stop_mins", 10}}).value();
  }
  Statement run(StatementRequest request) {
    request.warehouseId = warehouse;
    auto statement = statements.execute(request).value();
    await([&] {
      if (!statement.isOver()) statement = statements.get(statement.id).value();
      return statement.isOver();
    });
    return statement;
  }
  Statement run(std::string text) { return run(StatementRequest{.text = std::move(text), .warehouseId = {}}); }
};

}  // namespace

TEST_CASE("warehouses are made, listed in pages, edited, started, stopped and deleted") {
  Bench bench({.pageCap = 2});
  for (const char* name : {"a", "b", "c"}) bench.make(name);
  auto all = bench.warehouses.list().all().value();
  CHECK(all.size() == 4);
  CHECK(bench.warehouses.dataSources().all().value().size() == 4);

  auto id = bench.warehouse;
  auto warehouse = bench.warehouses.get(id).value();
  CHECK(warehouse.name == "Bench");
  CHECK(warehouse.autoStopMinutes == 10);
  CHECK(warehouse.httpPath == "/sql/1.0/warehouses/" + id);
  Json definition = *warehouse.document;
  definition["name"] = "Renamed";
  REQUIRE(bench.warehouses.edit(id, definition));
  warehouse = bench.warehouses.get(id).value();
  CHECK(warehouse.name == "Renamed");
  CHECK(warehouse.size == "Small");

  REQUIRE(bench.warehouses.stop(id));
  bench.await([&] { return bench.warehouses.get(id).value().state == "STOPPED"; });
  REQUIRE(bench.warehouses.stop(id));
  REQUIRE(bench.warehouses.start(id));
  bench.await([&] { return bench.warehouses.get(id).value().isRunning(); });
  REQUIRE(bench.warehouses.start(id));
  REQUIRE(bench.warehouses.remove(id));
  CHECK(bench.warehouses.get(id).error().code == ErrorCode::NotFound);
}

TEST_CASE("a statement's rows come with NULLs, parameters and types") {
  Bench bench;
  auto statement = bench.run({.text = "SELECT :n AS n, CAST(NULL AS STRING) AS gone, '' AS empty",
                              .warehouseId = {},
                              .parameters = {{.name = "n", .value = "9007199254740993", .type = "BIGINT"}}});
  INFO(statement.errorMessage);
  REQUIRE(statement.succeeded());
  REQUIRE(statement.columns.size() == 3);
  CHECK(statement.columns[0].name == "n");
  CHECK(statement.columns[0].typeName == "LONG");
  CHECK(statement.rowCount == 1);
  StatementRows rows(bench.rest, statement);
  auto row = rows.next().value()->at(0);
  CHECK(row[0] == "9007199254740993");
  CHECK_FALSE(row[1]);
  CHECK(row[2] == "");
  CHECK_FALSE(rows.next().value());
}

TEST_CASE("a statement that fails says why, and one that is unknown is NotFound") {
  Bench bench;
  auto failed = bench.run("SELECT * FROM no_such_table");
  CHECK(failed.state == "FAILED");
  CHECK(failed.errorMessage.find("TABLE_OR_VIEW_NOT_FOUND") != std::string::npos);
  auto gone = bench.statements.get("01ef0000-0000-0000-0000-000000000000");
  CHECK(gone.error().code == ErrorCode::NotFound);
  auto none = bench.statements.execute({.text = "SELECT 1", .warehouseId = "0000000000000000"});
  CHECK(none.error().code == ErrorCode::NotFound);
}

TEST_CASE("a large result is read part by part, inline and through links without a token") {
  Bench bench;
  const std::string query = "SELECT id, repeat('x', 1000) AS x FROM range(9000)";
  for (const char* disposition : {"INLINE", "EXTERNAL_LINKS"}) {
    CAPTURE(disposition);
    auto statement = bench.run({.text = query, .warehouseId = {}, .disposition = disposition});
    REQUIRE(statement.succeeded());
    bench.emulator->clearRequests();
    StatementRows rows(bench.rest, statement);
    std::size_t count = 0;
    std::size_t parts = 0;
    while (auto some = rows.next().value()) {
      CHECK(some->front()[0] == std::to_string(count));
      count += some->size();
      ++parts;
    }
    CHECK(count == 9000);
    CHECK(static_cast<std::int64_t>(parts) == statement.chunkCount);
    for (const auto& request : bench.emulator->requests()) {
      CAPTURE(request.path);
      bool foreign = request.path.starts_with("/sql-results/");
      CHECK(request.user.empty() == foreign);
    }
  }
  auto csv = bench.run(
      {.text = "SELECT 1 AS one, NULL AS none", .warehouseId = {}, .disposition = "EXTERNAL_LINKS", .format = "CSV"});
  REQUIRE(csv.first.links.size() == 1);
  std::string text;
  REQUIRE(bench.statements.download(csv.first.links[0], [&](std::string_view piece) -> core::Result<void> {
    text += piece;
    return {};
  }));
  CHECK(text == "one,none\r\n1,null\r\n");
}

TEST_CASE("a statement is cancelled") {
  Bench bench;
  auto statement = bench.statements
                       .execute({.text = "SELECT count(*) FROM range(100000000000)",
                                 .warehouseId = bench.warehouse,
                                 .wait = std::chrono::seconds(0)})
                       .value();
  CHECK_FALSE(statement.isOver());
  REQUIRE(bench.statements.cancel(statement.id));
  bench.await([&] { return bench.statements.get(statement.id).value().isOver(); });
  CHECK(bench.statements.get(statement.id).value().state == "CANCELED");
}
