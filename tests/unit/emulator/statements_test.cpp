// SPDX-License-Identifier: Apache-2.0
#include "emulator/sql/sql_text.hpp"
#include "emulator/sql/statement_result.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

const std::string kBase = "/api/2.0/sql/statements";

// A warehouse on a clock that the test moves.
struct Sql {
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator;
  WorkspaceClient client;
  std::string warehouse;

  explicit Sql(Options options)
      : emulator(std::move(Emulator::start(std::move(options), clock).value())), client(*emulator) {
    auto made = client.post("/api/2.0/sql/warehouses", {{"name", "w"}, {"cluster_size", "Small"}});
    REQUIRE(made.status == 200);
    warehouse = made.body.at("id");
  }
  Sql() : Sql(Options{}) {}

  emulator::test::Reply execute(const std::string& statement, Json more = Json::object()) {
    Json body{{"statement", statement}, {"warehouse_id", warehouse}};
    body.update(more);
    return client.post(kBase, body);
  }
  // To the end; the answer.
  Json run(const std::string& statement, Json more = Json::object()) {
    auto reply = execute(statement, std::move(more));
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body;
  }
  Json rows(const std::string& statement, Json more = Json::object()) {
    auto answer = run(statement, std::move(more));
    INFO(answer.dump());
    REQUIRE(answer.at("status").at("state") == "SUCCEEDED");
    return answer.at("result").value("data_array", Json::array());
  }
  Json get(const std::string& id) { return client.get(kBase + "/" + id).body; }
  std::string state(const std::string& id) { return get(id).at("status").at("state"); }
  void awaitState(const std::string& id, const std::string& wanted) {
    for (std::string now = state(id); now != wanted; now = state(id)) REQUIRE((now == "PENDING" || now == "RUNNING"));
  }
};

struct SlowSql : Sql {
  SlowSql() : Sql(Options{.clusterStartTime = 60s}) {}
};
struct CappedSql : Sql {
  CappedSql() : Sql(Options{.pageCap = 2}) {}
};

// Keeps the engine busy for longer than anybody waits; needs the table of digits.
const std::string kDigits =
    "CREATE TABLE digits AS SELECT * FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))";
const std::string kEndless =
    "SELECT count(*) FROM digits a, digits b, digits c, digits d, digits e, digits f, digits g, digits h, digits i, "
    "digits j, digits k, digits l, digits m, digits n";

}  // namespace

TEST_CASE_METHOD(Sql, "a statement answers with a manifest, and every value is text or null") {
  auto made = run(
      "CREATE TABLE t(id BIGINT, price DECIMAL(10, 2), ok BOOLEAN, day DATE, at TIMESTAMP, size DOUBLE, name STRING)");
  CHECK(made.at("status").at("state") == "SUCCEEDED");
  CHECK(made.at("manifest").at("schema").at("column_count") == 0);
  CHECK(made.at("result") == Json::object());
  run("INSERT INTO t VALUES (1, 9.99, true, DATE '2024-01-02', TIMESTAMP '2024-01-02 03:04:05', 1.5, 'x'), "
      "(2, NULL, false, NULL, NULL, 1e10, NULL)");
  auto answer = run("SELECT * FROM t ORDER BY id");
  CHECK(answer.at("statement_id").get<std::string>().starts_with("01ef"));
  auto manifest = answer.at("manifest");
  CHECK(manifest.at("format") == "JSON_ARRAY");
  CHECK(manifest.at("total_row_count") == 2);
  CHECK(manifest.at("total_chunk_count") == 1);
  CHECK(manifest.at("truncated") == false);
  CHECK(manifest.at("chunks") == Json::array({{{"chunk_index", 0}, {"row_offset", 0}, {"row_count", 2}}}));
  auto columns = manifest.at("schema").at("columns");
  CHECK(columns[0] == Json{{"name", "id"}, {"position", 0}, {"type_text", "BIGINT"}, {"type_name", "LONG"}});
  CHECK(columns[1] == Json{{"name", "price"},
                           {"position", 1},
                           {"type_text", "DECIMAL(10,2)"},
                           {"type_name", "DECIMAL"},
                           {"type_precision", 10},
                           {"type_scale", 2}});
  CHECK(answer.at("result").at("data_array") ==
        Json::array({{"1", "9.99", "true", "2024-01-02", "2024-01-02T03:04:05.000Z", "1.5", "x"},
                     {"2", nullptr, "false", nullptr, nullptr, "1.0E10", nullptr}}));
  CHECK(get(answer.at("statement_id")) == answer);
  auto none = run("SELECT id FROM t WHERE id > 5");
  CHECK(none.at("manifest").at("total_chunk_count") == 0);
  CHECK_FALSE(none.at("manifest").contains("chunks"));
  CHECK(none.at("result") == Json::object());
}

TEST_CASE_METHOD(Sql, "a statement that fails is a success of HTTP") {
  auto failed = run("SELECT * FROM nowhere");
  CHECK(failed.at("status").at("state") == "FAILED");
  CHECK(failed.at("status").at("sql_state") == "42P01");
  CHECK(failed.at("status").at("error").at("error_code") == "BAD_REQUEST");
  CHECK(failed.at("status").at("error").at("message").get<std::string>().starts_with(
      "[TABLE_OR_VIEW_NOT_FOUND] The table or view `nowhere` cannot be found."));
  CHECK_FALSE(failed.contains("manifest"));
  CHECK(run("SELECT 1; SELECT 2").at("status").at("sql_state") == "42601");
  CHECK(run("SELECT ';' -- ; \n ; ").at("status").at("state") == "SUCCEEDED");
  CHECK(run("SELECT 1 < 2 FROM nowhere WHERE '<b>' = 1").at("status").at("state") == "FAILED");
}

TEST_CASE_METHOD(Sql, "names are looked up in the catalog and schema of the request, which nothing outlives") {
  run("CREATE SCHEMA main.lab");
  run("CREATE TABLE t AS SELECT 'here' AS place", {{"catalog", "main"}, {"schema", "lab"}});
  CHECK(rows("SELECT place FROM main.lab.t") == Json::array({{"here"}}));
  CHECK(rows("SELECT place FROM t", {{"schema", "lab"}}) == Json::array({{"here"}}));
  CHECK(run("SELECT place FROM t").at("status").at("state") == "FAILED");
  run("CREATE TEMPORARY VIEW v AS SELECT 1");
  CHECK(run("SELECT * FROM v").at("status").at("state") == "FAILED");
  CHECK(client.get("/api/2.1/unity-catalog/tables/main.lab.t").body.at("columns")[0].at("type_name") == "STRING");
}

TEST_CASE_METHOD(Sql, "parameters are bound by name and type") {
  Json parameters = Json::array({{{"name", "n"}, {"value", "2"}, {"type", "INT"}},
                                 {{"name", "text"}, {"value", "it's :n \\ here"}},
                                 {{"name", "none"}},
                                 {{"name", "day"}, {"value", "2024-01-02"}, {"type", "DATE"}}});
  CHECK(rows("SELECT :n + 1, :text, :none, ':n' -- :missing", {{"parameters", parameters}}) ==
        Json::array({{"3", "it's :n \\ here", nullptr, ":n"}}));
  CHECK(run("SELECT :missing").at("status").at("sql_state") == "42P02");
  parameters[0]["value"] = "two";
  CHECK(run("SELECT :n", {{"parameters", parameters}}).at("status").at("sql_state") == "22018");
  parameters[0] = {{"name", "n"}, {"value", "1"}, {"type", "INT); DROP TABLE t; --"}};
  CHECK(run("SELECT :n", {{"parameters", parameters}}).at("status").at("state") == "FAILED");
}

TEST_CASE_METHOD(Sql, "what cannot be asked is refused") {
  auto refused = [&](Json more) {
    auto reply = execute("SELECT 1", std::move(more));
    CHECK(reply.errorCode() == (reply.status == 501   ? "NOT_IMPLEMENTED"
                                : reply.status == 404 ? "RESOURCE_DOES_NOT_EXIST"
                                                      : "INVALID_PARAMETER_VALUE"));
    return reply.message();
  };
  for (auto timeout : {"1s", "4s", "51s", "10", "s", "-5s", "5m", "99999999999s"})
    CHECK(refused({{"wait_timeout", timeout}}).starts_with("wait_timeout must be"));
  CHECK(refused({{"format", "ARROW_STREAM"}}) ==
        "The format field must be JSON_ARRAY when the disposition field is INLINE.");
  CHECK(refused({{"disposition", "EXTERNAL_LINKS"}, {"format", "ARROW_STREAM"}}) ==
        "The local workspace writes no ARROW_STREAM.");
  CHECK(refused({{"disposition", "POST"}}) == "Invalid value for field disposition: POST");
  CHECK(refused({{"on_wait_timeout", "X"}}) == "Invalid value for field on_wait_timeout: X");
  CHECK(refused({{"row_limit", 0}}) == "row_limit must be at least 1.");
  CHECK(refused({{"warehouse_id", "0123456789abcdef"}}) == "SQL warehouse 0123456789abcdef does not exist.");
  CHECK(refused({{"warehouse_id", nullptr}}) == "Missing required field: warehouse_id");
  CHECK(refused({{"statement", ""}}) == "Missing required field: statement");
  CHECK(refused({{"parameters", {{{"value", "x"}}}}}) == "Missing required field: parameters.name");
  CHECK(execute("SELECT 1", {{"parameters", {{{"name", "x"}, {"value", 1}}}}}).errorCode() == "MALFORMED_REQUEST");
  for (const auto& path : {"/nope", "/nope/result/chunks/0"}) {
    auto reply = client.get(kBase + path);
    CHECK(reply.status == 404);
    CHECK(reply.errorCode() == "NOT_FOUND");
    CHECK(reply.message() == "The statement nope was not found.");
  }
  CHECK(client.post(kBase + "/nope/cancel", Json::object()).status == 404);
}

TEST_CASE_METHOD(CappedSql, "results come in chunks, cut where the limits say") {
  auto answer = run("SELECT * FROM (VALUES (1), (2), (3), (4), (5))");
  CHECK(answer.at("manifest").at("total_chunk_count") == 3);
  auto first = answer.at("result");
  CHECK(first.at("data_array") == Json::array({{"1"}, {"2"}}));
  CHECK(first.at("next_chunk_index") == 1);
  auto second = client.get(first.at("next_chunk_internal_link").get<std::string>()).body;
  CHECK(second.at("row_offset") == 2);
  auto last = client.get(second.at("next_chunk_internal_link").get<std::string>()).body;
  CHECK(last == Json{{"chunk_index", 2}, {"row_offset", 4}, {"row_count", 1}, {"data_array", {{"5"}}}});
  std::string chunks = kBase + "/" + answer.at("statement_id").get<std::string>() + "/result/chunks/";
  CHECK(client.get(chunks + "3").errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.get(chunks + "x").errorCode() == "INVALID_PARAMETER_VALUE");
  auto limited = run("SELECT * FROM (VALUES (1), (2), (3))", {{"row_limit", 2}});
  CHECK(limited.at("manifest").at("truncated") == true);
  CHECK(limited.at("manifest").at("total_row_count") == 2);
  CHECK(run("SELECT * FROM (VALUES ('aaaa'), ('bbbb'))", {{"byte_limit", 10}}).at("manifest").at("total_row_count") ==
        1);
}

TEST_CASE_METHOD(SlowSql, "a stopped warehouse is started, and the statement waits for it") {
  auto id = execute("SELECT 1", {{"wait_timeout", "0s"}}).body.at("statement_id").get<std::string>();
  CHECK(state(id) == "PENDING");
  CHECK_FALSE(get(id).contains("manifest"));
  clock.awaitWaiters(1);
  clock.advance(60s);
  awaitState(id, "SUCCEEDED");
  CHECK(client.get("/api/2.0/sql/warehouses/" + warehouse).body.at("state") == "RUNNING");
  client.post("/api/2.0/sql/warehouses/" + warehouse + "/stop", Json::object());
  clock.advance(30s);
  auto again = execute("SELECT 1", {{"wait_timeout", "0s"}}).body.at("statement_id").get<std::string>();
  CHECK(client.get("/api/2.0/sql/warehouses/" + warehouse).body.at("state") == "STARTING");
  CHECK(client.post(kBase + "/" + again + "/cancel", Json::object()).body == Json::object());
  awaitState(again, "CANCELED");
  CHECK(client.get(kBase + "/" + again + "/result/chunks/0").errorCode() == "INVALID_STATE");
}

TEST_CASE_METHOD(Sql, "a running statement can be cancelled, and a timeout may do it") {
  run(kDigits);
  auto id = execute(kEndless, {{"wait_timeout", "0s"}}).body.at("statement_id").get<std::string>();
  awaitState(id, "RUNNING");
  CHECK(client.post(kBase + "/" + id + "/cancel", Json::object()).body == Json::object());
  awaitState(id, "CANCELED");
  CHECK(client.post(kBase + "/" + id + "/cancel", Json::object()).status == 200);

  clock.advanceOnWait();
  CHECK(execute(kEndless, {{"wait_timeout", "5s"}, {"on_wait_timeout", "CONTINUE"}})
            .body.at("status")
            .at("state")
            .get<std::string>() != "SUCCEEDED");
}

TEST_CASE_METHOD(Sql, "results are kept for an hour and statements for twelve, and the history knows them") {
  auto id = run("SELECT 1").at("statement_id").get<std::string>();
  run("SELECT * FROM nowhere");
  auto history = client.get("/api/2.0/sql/history/queries").body;
  REQUIRE(history.at("res").size() == 2);
  CHECK(history.at("has_next_page") == false);
  CHECK(history.at("res")[0].at("status") == "FAILED");
  CHECK(history.at("res")[1].at("query_text") == "SELECT 1");
  CHECK(history.at("res")[1].at("rows_produced") == 1);
  CHECK(history.at("res")[1].at("warehouse_id") == warehouse);
  CHECK(client.get("/api/2.0/sql/history/queries?filter_by.statuses=FINISHED&max_results=1").body.at("res").size() ==
        1);
  clock.advance(59min);
  CHECK(state(id) == "SUCCEEDED");
  clock.advance(1min);
  CHECK(state(id) == "CLOSED");
  CHECK_FALSE(get(id).contains("result"));
  CHECK(client.get(kBase + "/" + id + "/result/chunks/0").status == 404);
  clock.advance(11h);
  CHECK(client.get(kBase + "/" + id).status == 404);
}

TEST_CASE("doubles are printed as Java prints them") {
  CHECK(javaDouble(1) == "1.0");
  CHECK(javaDouble(-0.5) == "-0.5");
  CHECK(javaDouble(0.001) == "0.001");
  CHECK(javaDouble(0.00012) == "1.2E-4");
  CHECK(javaDouble(9999999) == "9999999.0");
  CHECK(javaDouble(1e7) == "1.0E7");
  CHECK(javaDouble(-123456789.125) == "-1.23456789125E8");
  CHECK(javaDouble(1e300) == "1.0E300");
  CHECK(javaDouble(0) == "0.0");
}

TEST_CASE("types within types have names in SQL's words") {
  Json type{{"type", "map"},
            {"keyType", "string"},
            {"valueType", {{"type", "struct"}, {"fields", {{{"name", "a"}, {"type", "long"}}}}}}};
  Json schema = Json::array({{{"name", "m"}, {"type", type.dump()}},
                             {{"name", "l"}, {"type", R"({"type":"array","elementType":"integer"})"}}});
  auto columns = statementColumns(schema);
  CHECK(columns[0].at("type_text") == "MAP<STRING, STRUCT<a: BIGINT>>");
  CHECK(columns[0].at("type_name") == "MAP");
  CHECK(columns[1].at("type_text") == "ARRAY<INT>");
  CHECK(statementRow(schema, Json::array({Json{{"k", 1}}, Json::array({1, 2})})) ==
        Json::array({"{\"k\":1}", "[1,2]"}));
}
