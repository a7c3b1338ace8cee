// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/saved_queries.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

constexpr const char* kOne = R"({"id":"q","display_name":"n","owner_user_name":"ada","lifecycle_state":"ACTIVE",
  "parent_path":"/Users/ada","create_time":"2021-08-13T00:37:30.279Z","update_time":"2021-08-13T00:37:31Z","extra":1})";

// Every call of a kind in its exact form. `wrap` puts what is sent where the API wants it.
template <typename T>
void checkKind(const std::string& base, const std::string& items, const std::string& wrapper) {
  CAPTURE(base);
  test::ScriptedWorkspace scripted;
  SavedSqlService<T> saved(scripted.rest);
  const auto wrap = [&](const std::string& json, const std::string& more = {}) {
    return wrapper.empty() ? json : R"({")" + wrapper + R"(":)" + json + more + "}";
  };
  scripted.http.on("GET", base + "?page_size=100").reply(200, R"({"next_page_token":"t"})");
  scripted.http.on("GET", base + "?page_size=100&page_token=t").reply(200, R"({")" + items + R"(":[)" + kOne + "]}");
  auto all = saved.list().all();
  REQUIRE(all);
  REQUIRE(all->size() == 1);
  CHECK(all->at(0).name == "n");
  CHECK(all->at(0).owner == "ada");
  CHECK(all->at(0).createdAt == 1628815050279);
  CHECK(all->at(0).updatedAt == 1628815051000);
  CHECK(all->at(0).document->at("extra") == 1);

  scripted.http.on("GET", base + "/q").reply(200, kOne);
  CHECK(saved.get("q").value().lifecycleState == "ACTIVE");
  scripted.http.on("POST", base).withJson(wrap(R"({"display_name":"n"})")).reply(200, kOne);
  CHECK(saved.create({{"display_name", "n"}}).value().id == "q");
  scripted.http.on("POST", base).drop();
  CHECK_FALSE(saved.create({{"display_name", "n"}}));

  const std::string change = base + "/q" + (wrapper.empty() ? "?update_mask=a%2Cb" : "");
  const std::string body = wrap(R"({"a":1,"b":2})", R"(,"update_mask":"a,b")");
  scripted.http.on("PATCH", change).withJson(body).drop();
  scripted.http.on("PATCH", change).withJson(body).reply(200, kOne);
  CHECK(saved.update("q", {{"a", 1}, {"b", 2}}));
  scripted.http.on("DELETE", base + "/q").drop();
  scripted.http.on("DELETE", base + "/q");
  CHECK(saved.trash("q"));
  scripted.http.on("GET", base + "/x").reply(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No."})");
  CHECK(saved.get("x").error().code == ErrorCode::NotFound);
}

}  // namespace

TEST_CASE("queries and both kinds of alerts have the same five calls") {
  checkKind<SavedQuery>("/api/2.0/sql/queries", "results", "query");
  checkKind<Alert>("/api/2.0/sql/alerts", "results", "alert");
  checkKind<AlertV2>("/api/2.0/alerts", "alerts", "");
}

TEST_CASE("queries and alerts are read with what is theirs") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/api/2.0/sql/queries/q")
      .reply(200, R"({"query_text":"SELECT","description":"d","warehouse_id":"w","catalog":"c","schema":"s"})");
  auto query = SavedQueries(scripted.rest).get("q").value();
  CHECK(query.text == "SELECT");
  CHECK(query.warehouseId == "w");
  CHECK(query.schema == "s");
  scripted.http.on("GET", "/api/2.0/sql/alerts/a").reply(200, R"({"query_id":"q","state":"TRIGGERED"})");
  CHECK(Alerts(scripted.rest).get("a").value().state == "TRIGGERED");
  scripted.http.on("GET", "/api/2.0/alerts/a").reply(200, R"({"query_text":"SELECT","warehouse_id":"w"})");
  CHECK(AlertsV2(scripted.rest).get("a").value().text == "SELECT");
}
