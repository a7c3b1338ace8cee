// SPDX-License-Identifier: Apache-2.0
// Results of statements that are large, or come by links; and how the history is asked.
#include <httplib.h>

#include "emulator/sql/sql_text.hpp"
#include "emulator/sql/statement_chunks.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

struct Results {
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator = std::move(Emulator::start({}, clock).value());
  WorkspaceClient client{*emulator};
  std::string warehouse =
      client.post("/api/2.0/sql/warehouses", {{"name", "w"}, {"cluster_size", "Small"}}).body.at("id");

  Json run(const std::string& statement, Json more = Json::object()) {
    Json body{{"statement", statement}, {"warehouse_id", warehouse}, {"wait_timeout", "50s"}};
    body.update(more);
    auto reply = client.post("/api/2.0/sql/statements", body);
    INFO(reply.text.substr(0, 1000));
    REQUIRE(reply.status == 200);
    return reply.body;
  }
  // Without signing in.
  httplib::Result download(const std::string& link) {
    const std::string host = emulator->host();
    REQUIRE(link.starts_with(host + "/"));
    return httplib::Client(host).Get(link.substr(host.size()));
  }
};

const Json kLinks{{"disposition", "EXTERNAL_LINKS"}};

}  // namespace

TEST_CASE_METHOD(Results, "a result has all its rows, in chunks of a few megabytes") {
  auto small = run("SELECT id FROM range(20000)");
  CHECK(small.at("manifest").at("total_row_count") == 20000);
  CHECK(small.at("manifest").at("truncated") == false);
  auto large = run("SELECT id, repeat('x', 1000) AS x FROM range(9000)");
  auto manifest = large.at("manifest");
  CHECK(manifest.at("total_row_count") == 9000);
  REQUIRE(manifest.at("total_chunk_count") == 3);
  Json result = large.at("result");
  std::size_t rows = result.at("data_array").size();
  while (result.contains("next_chunk_internal_link")) {
    result = client.get(result.at("next_chunk_internal_link").get<std::string>()).body;
    CHECK(result.at("row_offset") == rows);
    rows += result.at("data_array").size();
  }
  CHECK(rows == 9000);
  CHECK(run("SELECT id FROM range(20000)", {{"row_limit", 15000}}).at("manifest").at("total_row_count") == 15000);
  CHECK(run("SELECT id FROM range(20000)", {{"row_limit", 20000}}).at("manifest").at("truncated") == false);
}

TEST_CASE_METHOD(Results, "inline results end at 25 MiB, unless a limit cuts them before") {
  const std::string query = "SELECT repeat('x', 10000) AS x FROM range(2700)";
  auto failed = run(query).at("status");
  CHECK(failed.at("state") == "FAILED");
  CHECK(failed.at("error").at("message").get<std::string>().starts_with("Inline byte limit exceeded."));
  CHECK(run(query, {{"byte_limit", 1'000'000}}).at("manifest").at("truncated") == true);
  auto linked = run(query, kLinks);
  CHECK(linked.at("manifest").at("total_row_count") == 2700);
  CHECK(linked.at("manifest").at("total_chunk_count") == 2);
}

TEST_CASE_METHOD(Results, "a link needs no sign-in, and lives for a quarter of an hour") {
  auto answer = run("SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS t(id, name)", kLinks);
  CHECK_FALSE(answer.at("result").contains("data_array"));
  auto link = answer.at("result").at("external_links")[0];
  CHECK(link.at("row_count") == 2);
  CHECK(link.at("expiration") == "2026-01-01T00:15:00.000Z");
  auto body = download(link.at("external_link"));
  REQUIRE(body);
  CHECK(Json::parse(body->body) == Json::array({{"1", "a"}, {"2", nullptr}}));
  CHECK(link.at("byte_count") == body->body.size());
  CHECK(download(link.at("external_link").get<std::string>() + "0")->status == 403);
  clock.advance(15min);
  CHECK(download(link.at("external_link"))->status == 403);
  auto again =
      client.get("/api/2.0/sql/statements/" + answer.at("statement_id").get<std::string>() + "/result/chunks/0");
  CHECK(download(again.body.at("external_links")[0].at("external_link"))->status == 200);
  Json csv = kLinks;
  csv["format"] = "CSV";
  auto text = run("SELECT 1 AS id, 'say \"hi\", twice' AS name, NULL AS none", csv);
  CHECK(text.at("manifest").at("format") == "CSV");
  CHECK(download(text.at("result").at("external_links")[0].at("external_link"))->body ==
        "id,name,none\r\n1,\"say \"\"hi\"\", twice\",null\r\n");
}

TEST_CASE_METHOD(Results, "a statement that is too deep fails in plain words") {
  auto status = run("SELECT " + std::string(5000, '(') + "1" + std::string(5000, ')')).at("status");
  CHECK(status.at("state") == "FAILED");
  CHECK(status.at("sql_state") == "54001");
  CHECK(status.at("error").at("message").get<std::string>().starts_with("[FAILED_TO_PARSE_TOO_COMPLEX]"));
}

TEST_CASE_METHOD(Results, "the history is filtered by user and time, and has metrics for who asks") {
  run("-- a comment\n SELECT 1");
  clock.advance(1min);
  run("/* another */ (select 2)");
  auto history = [&](const std::string& query) {
    return client.get("/api/2.0/sql/history/queries" + query).body.value("res", Json::array());
  };
  auto all = history("");
  REQUIRE(all.size() == 2);
  for (const auto& entry : all) {
    CHECK(entry.at("statement_type") == "SELECT");
    CHECK_FALSE(entry.contains("metrics"));
  }
  CHECK(history("?include_metrics=true")[0].at("metrics").at("rows_produced_count") == 1);
  CHECK(history("?filter_by.user_ids=1").empty());
  CHECK(history("?filter_by.user_ids=" + all[0].at("user_id").dump()).size() == 2);
  const std::string range = "?filter_by.query_start_time_range.";
  CHECK(history(range + "start_time_ms=99999999999999").empty());
  CHECK(history(range + "start_time_ms=" + all[0].at("query_start_time_ms").dump()).size() == 1);
  CHECK(history(range + "end_time_ms=" + all[1].at("query_start_time_ms").dump()).size() == 1);
}

TEST_CASE("chunks are cut by rows and by bytes") {
  StatementChunks byRows(ResultFormat::Json, Json::array(), 2, 1000);
  for (auto row : {R"(["a"])", R"(["b"])", R"(["c"])"}) byRows.add(Json::parse(row), row);
  REQUIRE(byRows.count() == 2);
  CHECK(byRows.text(0) == R"([["a"],["b"]])");
  CHECK(byRows.text(1) == R"([["c"]])");
  CHECK(byRows.place(1).offset == 2);
  StatementChunks byBytes(ResultFormat::Json, Json::array(), 0, 12);
  for (auto row : {R"(["a"])", R"(["a row that is longer than a chunk"])", R"(["b"])"})
    byBytes.add(Json::parse(row), row);
  CHECK(byBytes.count() == 3);
  CHECK(byBytes.rows() == 3);
}
