// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/statements.hpp"

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

constexpr const char* kSucceeded = R"json({"statement_id":"01ef","status":{"state":"SUCCEEDED"},
  "manifest":{"format":"JSON_ARRAY","schema":{"column_count":2,"columns":[
     {"name":"id","type_text":"BIGINT","type_name":"LONG","position":0},
     {"name":"p","type_text":"DECIMAL(10,2)","type_name":"DECIMAL","type_precision":10,"type_scale":2,"position":1}]},
   "total_chunk_count":2,"total_row_count":3,"total_byte_count":9007199254740993,"truncated":true},
  "result":{"chunk_index":0,"row_offset":0,"row_count":2,"data_array":[["9007199254740993","9.99"],["2",null]],
            "next_chunk_index":1}})json";

Statement statementOf(test::ScriptedWorkspace& scripted, std::string json) {
  scripted.http.on("GET", "/api/2.0/sql/statements/01ef").reply(200, std::move(json));
  return Statements(scripted.rest).get("01ef").value();
}

std::string linksTo(const std::string& url, const std::string& more = {}) {
  return R"({"external_links":[{"chunk_index":0,"row_offset":0,"row_count":1,"byte_count":7,"external_link":")" + url +
         R"(","expiration":"2024-01-01T00:15:00.000Z","http_headers":{"x-key":"k"})" + more + "}]}";
}

}  // namespace

TEST_CASE("a statement goes out with what was asked and only that") {
  test::ScriptedWorkspace scripted;
  Statements statements(scripted.rest);
  scripted.http.on("POST", "/api/2.0/sql/statements")
      .withJson(R"({"statement":"SELECT 1","warehouse_id":"w","wait_timeout":"10s","on_wait_timeout":"CONTINUE",
                    "disposition":"INLINE","format":"JSON_ARRAY"})")
      .reply(200, R"({"statement_id":"01ef","status":{"state":"PENDING"}})");
  auto pending = statements.execute({.text = "SELECT 1", .warehouseId = "w"});
  REQUIRE(pending);
  CHECK(pending->id == "01ef");
  CHECK_FALSE(pending->isOver());
  scripted.http.on("POST", "/api/2.0/sql/statements")
      .withJson(R"({"statement":"SELECT :a","warehouse_id":"w","catalog":"main","schema":"default",
        "parameters":[{"name":"a","value":"1","type":"INT"},{"name":"b","type":"STRING"}],"row_limit":5,"byte_limit":6,
        "wait_timeout":"0s","disposition":"EXTERNAL_LINKS","format":"CSV"})")
      .reply(200, R"({"statement_id":"01ef","status":{"state":"RUNNING"}})");
  CHECK(statements.execute({.text = "SELECT :a",
                            .warehouseId = "w",
                            .catalog = "main",
                            .schema = "default",
                            .parameters = {{.name = "a", .value = "1", .type = "INT"}, {.name = "b", .value = {}}},
                            .rowLimit = 5,
                            .byteLimit = 6,
                            .wait = std::chrono::seconds(0),
                            .disposition = "EXTERNAL_LINKS",
                            .format = "CSV"}));
}

TEST_CASE(
    "a statement is not run twice after a lost answer, and its state, its parts and a cancel are asked for again") {
  test::ScriptedWorkspace scripted;
  Statements statements(scripted.rest);
  scripted.http.on("POST", "/api/2.0/sql/statements").drop();
  CHECK_FALSE(statements.execute({.text = "INSERT", .warehouseId = "w"}));
  scripted.http.on("POST", "/api/2.0/sql/statements/01ef/cancel").drop();
  scripted.http.on("POST", "/api/2.0/sql/statements/01ef/cancel");
  CHECK(statements.cancel("01ef"));
  scripted.http.on("GET", "/api/2.0/sql/statements/01ef/result/chunks/3").drop();
  scripted.http.on("GET", "/api/2.0/sql/statements/01ef/result/chunks/3").reply(200, R"({"chunk_index":3})");
  CHECK(statements.chunk("01ef", 3).value().index == 3);
}

TEST_CASE("a result keeps NULL apart from an empty text and numbers as they are") {
  test::ScriptedWorkspace scripted;
  auto statement = statementOf(scripted, kSucceeded);
  CHECK(statement.isOver());
  CHECK(statement.succeeded());
  CHECK(statement.truncated);
  CHECK(statement.rowCount == 3);
  CHECK(statement.byteCount == 9007199254740993);
  REQUIRE(statement.columns.size() == 2);
  CHECK(statement.columns[1].type == "DECIMAL(10,2)");
  CHECK(statement.columns[1].scale == 2);
  REQUIRE(statement.first.rows.size() == 2);
  CHECK(statement.first.rows[0][0] == "9007199254740993");
  CHECK_FALSE(statement.first.rows[1][1]);
  CHECK(statement.first.next == 1);
}

TEST_CASE("a statement that failed says why, and is no failed call") {
  test::ScriptedWorkspace scripted;
  auto failed = statementOf(scripted, R"({"statement_id":"01ef","status":{"state":"FAILED","sql_state":"42P01",
    "error":{"error_code":"BAD_REQUEST","message":"[TABLE_OR_VIEW_NOT_FOUND] The table or view `x` cannot be found"}}})");
  CHECK(failed.isOver());
  CHECK_FALSE(failed.succeeded());
  CHECK(failed.errorCode == "BAD_REQUEST");
  CHECK(failed.errorMessage.starts_with("[TABLE_OR_VIEW_NOT_FOUND]"));
  CHECK(failed.sqlState == "42P01");
  CHECK(failed.columns.empty());
}

TEST_CASE("rows come part by part, when the reader gets there") {
  test::ScriptedWorkspace scripted;
  StatementRows rows(scripted.rest, statementOf(scripted, kSucceeded));
  CHECK(rows.next().value()->size() == 2);
  CHECK(scripted.http.requests().size() == 1);
  scripted.http.on("GET", "/api/2.0/sql/statements/01ef/result/chunks/1")
      .reply(200, R"({"chunk_index":1,"row_count":0,"data_array":[],"next_chunk_index":2})");
  scripted.http.on("GET", "/api/2.0/sql/statements/01ef/result/chunks/2")
      .reply(200, R"({"chunk_index":2,"data_array":[["3",""]]})");
  auto last = rows.next();
  REQUIRE(last);
  CHECK(last.value()->at(0).at(1) == "");
  CHECK_FALSE(rows.next().value());
  CHECK_FALSE(rows.next().value());

  StatementRows none(scripted.rest, statementOf(scripted, R"({"status":{"state":"SUCCEEDED"},
    "manifest":{"total_chunk_count":0},"result":{}})"));
  CHECK_FALSE(none.next().value());
}

TEST_CASE("parts that name themselves again end the rows with an error") {
  test::ScriptedWorkspace scripted;
  StatementRows rows(scripted.rest, statementOf(scripted, kSucceeded));
  CHECK(rows.next());
  scripted.http.on("GET", "/api/2.0/sql/statements/01ef/result/chunks/1")
      .reply(200, R"({"chunk_index":1,"data_array":[["1","2"]],"next_chunk_index":1})");
  auto looped = rows.next();
  REQUIRE_FALSE(looped);
  CHECK(looped.error().code == ErrorCode::DataLoss);
  CHECK(looped.error().message ==
        "http://127.0.0.1:8080 does not come to an end with this result: after part 1 it names part 1.");
  CHECK_FALSE(rows.next().value());
}

TEST_CASE("links are followed without the workspace's token and with their own headers") {
  test::ScriptedWorkspace scripted;
  auto statement =
      statementOf(scripted, R"({"statement_id":"01ef","status":{"state":"SUCCEEDED"},"result":)" +
                                linksTo("https://storage.example/a?sig=s", R"(,"next_chunk_index":1)") + "}");
  REQUIRE(statement.first.links.size() == 1);
  CHECK(statement.first.links[0].expiration == 1704068100000);
  CHECK(statement.first.links[0].byteCount == 7);
  CHECK(statement.first.next == 1);
  StatementRows rows(scripted.rest, statement);
  scripted.http.on("GET", "/a?sig=s").reply(200, R"([["1",null]])");
  CHECK_FALSE(rows.next().value()->at(0).at(1));
  auto request = scripted.http.requests().back();
  CHECK(request.origin == "https://storage.example");
  CHECK(request.authorization.empty());
  CHECK(http::headerOf(request.headers, "x-key") == "k");
}

TEST_CASE("a link that has expired is asked for again, once") {
  test::ScriptedWorkspace scripted;
  auto json = R"({"statement_id":"01ef","status":{"state":"SUCCEEDED"},"result":)" +
              linksTo("https://storage.example/old") + "}";
  StatementRows rows(scripted.rest, statementOf(scripted, json));
  scripted.http.on("GET", "/old").reply(403, "<Error>expired</Error>");
  scripted.http.on("GET", "/api/2.0/sql/statements/01ef/result/chunks/0")
      .reply(200, linksTo("https://storage.example/new"));
  scripted.http.on("GET", "/new").reply(200, R"([["1"]])");
  CHECK(rows.next().value()->size() == 1);

  StatementRows refused(scripted.rest, statementOf(scripted, json));
  scripted.http.on("GET", "/old").reply(403, "");
  scripted.http.on("GET", "/api/2.0/sql/statements/01ef/result/chunks/0")
      .reply(200, linksTo("https://storage.example/new"));
  scripted.http.on("GET", "/new").reply(403, "");
  CHECK(refused.next().error().code == ErrorCode::PermissionDenied);
}

TEST_CASE("a link that holds something else than rows is damage") {
  test::ScriptedWorkspace scripted;
  auto json =
      R"({"statement_id":"01ef","status":{"state":"SUCCEEDED"},"result":)" + linksTo("https://storage.example/a") + "}";
  StatementRows rows(scripted.rest, statementOf(scripted, json));
  scripted.http.on("GET", "/a").reply(200, R"([["1"],)");
  auto damaged = rows.next();
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == ErrorCode::DataLoss);
  CHECK(damaged.error().message == "Part 0 of the result is damaged. Run the statement again.");
}

TEST_CASE("a statement that the workspace no longer knows is NotFound") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/sql/statements/x%2Fy")
      .reply(404, R"({"error_code":"NOT_FOUND","message":"The statement x/y was not found."})");
  auto gone = Statements(scripted.rest).get("x/y");
  CHECK(gone.error().code == ErrorCode::NotFound);
  CHECK(gone.error().message == "The statement x/y was not found.");
}
