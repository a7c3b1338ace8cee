// SPDX-License-Identifier: Apache-2.0
// Tables that the API made, those of information_schema, and versions of models.
#include "command_context.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

const std::string kBase = "/api/2.1/unity-catalog/";
const std::string kMlflow = "/api/2.0/mlflow/unity-catalog/model-versions/";

struct Models {
  TemporaryFolder folder;
  std::unique_ptr<Emulator> emulator = start();
  std::unique_ptr<WorkspaceClient> client = std::make_unique<WorkspaceClient>(*emulator);

  std::unique_ptr<Emulator> start() { return std::move(Emulator::start({.dataDir = folder.path}).value()); }
  void restart() {
    client.reset();
    emulator.reset();
    emulator = start();
    client = std::make_unique<WorkspaceClient>(*emulator);
  }
  Reply get(const std::string& path) { return client->get(kBase + path); }
  Reply post(const std::string& path, const Json& body) { return client->post(kBase + path, body); }
};

}  // namespace

TEST_CASE_METHOD(Models, "information_schema has views that can be read and not changed") {
  auto list = get("tables?catalog_name=main&schema_name=information_schema").body.at("tables");
  CHECK(list.size() == 5);
  CHECK(list[0].at("name") == "catalogs");
  auto tables = get("tables/main.information_schema.tables").body;
  CHECK(tables.at("table_type") == "VIEW");
  CHECK(tables.at("owner") == "System user");
  CHECK(tables.at("columns")[0].at("name") == "table_catalog");
  CHECK(get("tables/main.information_schema.columns").body.at("columns")[4].at("type_name") == "INT");
  CHECK(get("tables/main.information_schema.nope").errorCode() == "TABLE_DOES_NOT_EXIST");
  CHECK(get("table-summaries?catalog_name=main&schema_name_pattern=information%25").body.at("tables").size() == 5);
  CHECK(client->remove(kBase + "tables/main.information_schema.tables").status == 403);
  CHECK(client->patch(kBase + "tables/main.information_schema.tables", {{"comment", "c"}}).status == 403);
  CHECK(client
            ->send("GET", kBase + "table-summaries", {{"Content-Type", "application/json"}},
                   Json{{"catalog_name", "main"}, {"table_name_pattern", std::string(3'000'000, '%')}}.dump())
            .errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Models, "an external table is made by the API, and SQL sees it") {
  Json table{{"name", "Outside"},
             {"catalog_name", "main"},
             {"schema_name", "default"},
             {"table_type", "EXTERNAL"},
             {"data_source_format", "DELTA"},
             {"storage_location", "abfss://x/y"},
             {"properties", {{"k", 1}}},
             {"columns",
              {{{"name", "id"}, {"type_text", "bigint"}, {"nullable", false}},
               {{"name", "tags"}, {"type_text", "array<string>"}, {"comment", "c"}}}}};
  auto refused = [&](const char* field, const Json& value) {
    Json wrong = table;
    wrong[field] = value;
    return post("tables", wrong).errorCode();
  };
  CHECK(refused("table_type", "MANAGED") == "INVALID_PARAMETER_VALUE");
  CHECK(refused("columns", Json::array()) == "INVALID_PARAMETER_VALUE");
  CHECK(refused("columns", {{{"name", "id"}, {"type_text", "number"}}}) == "INVALID_PARAMETER_VALUE");
  CHECK(refused("name", "a b") == "INVALID_PARAMETER_VALUE");
  CHECK(refused("schema_name", "nope") == "SCHEMA_DOES_NOT_EXIST");
  CHECK(refused("schema_name", "information_schema") == "PERMISSION_DENIED");
  CHECK(refused("catalog_name", "samples") == "PERMISSION_DENIED");
  auto made = post("tables", table);
  CHECK(made.status == 200);
  CHECK(made.body.at("full_name") == "main.default.outside");
  CHECK(made.body.at("table_type") == "EXTERNAL");
  CHECK(made.body.at("storage_location") == "abfss://x/y");
  CHECK(made.body.at("properties").at("k") == "1");
  CHECK(made.body.at("columns")[0].at("nullable") == false);
  CHECK(made.body.at("columns")[1].at("type_text") == "array<string>");
  CHECK(made.body.at("columns")[1].at("comment") == "c");
  CHECK(post("tables", table).errorCode() == "TABLE_ALREADY_EXISTS");
  auto warehouse = client->post("/api/2.0/sql/warehouses", {{"name", "w"}, {"cluster_size", "Small"}}).body.at("id");
  auto rows = client->post("/api/2.0/sql/statements",
                           {{"statement", "SELECT count(*) FROM outside"}, {"warehouse_id", warehouse}});
  CHECK(rows.body.at("result").at("data_array") == Json::array({{"0"}}));
  restart();
  CHECK(get("tables/main.default.outside").body == made.body);
}

TEST_CASE_METHOD(Models, "a model has versions, and aliases that point to them") {
  CHECK(post("models", {{"catalog_name", "main"}, {"schema_name", "default"}, {"name", "churn"}}).status == 200);
  const std::string model = "models/main.default.churn";
  CHECK(client->post(kMlflow + "create", {{"name", "main.default.churn"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client->post(kMlflow + "create", {{"name", "main.default.x"}, {"source", "s"}}).status == 404);
  for (auto version : {"1", "2"}) {
    auto made =
        client->post(kMlflow + "create", {{"name", "main.default.churn"}, {"source", "s"}, {"description", "d"}});
    CHECK(made.body.at("model_version").at("version") == version);
    CHECK(made.body.at("model_version").at("status") == "PENDING_REGISTRATION");
  }
  auto ready = client->post(kMlflow + "finalize", {{"name", "main.default.churn"}, {"version", "2"}});
  CHECK(ready.body.at("model_version").at("status") == "READY");
  auto versions = get(model + "/versions").body.at("model_versions");
  REQUIRE(versions.size() == 2);
  CHECK(versions[0].at("version") == 2);
  CHECK(versions[0].at("comment") == "d");
  CHECK(get(model + "/versions?max_results=1").body.contains("next_page_token"));

  auto put = [&](const std::string& alias, std::int64_t version) {
    return client->put(kBase + model + "/aliases/" + alias, {{"version_num", version}});
  };
  CHECK(put("champion", 7).status == 404);
  CHECK(put("champion", 1).body.at("alias_name") == "champion");
  CHECK(put("champion", 2).body.at("version_num") == 2);
  CHECK(get(model + "/aliases/champion").body.at("version") == 2);
  CHECK(get(model + "/versions/2?include_aliases=true").body.at("aliases").size() == 1);
  CHECK_FALSE(get(model).body.contains("aliases"));
  CHECK(get(model + "?include_aliases=true").body.at("aliases")[0].at("model_name") == "churn");
  CHECK(client->patch(kBase + model + "/versions/1", {{"comment", "old"}}).body.at("comment") == "old");

  client->patch(kBase + "models/main.default.churn", {{"new_name", "loyalty"}});
  restart();
  CHECK(get(model + "/versions").status == 404);
  const std::string renamed = "models/main.default.loyalty";
  CHECK(get(renamed + "/aliases/champion").body.at("model_name") == "loyalty");
  CHECK(client->remove(kBase + renamed + "/versions/2").body == Json::object());
  CHECK(get(renamed + "/aliases/champion").status == 404);
  CHECK(client->remove(kBase + renamed + "/aliases/champion").status == 404);
  CHECK(get(renamed + "/versions").body.at("model_versions").size() == 1);
  CHECK(client->remove(kBase + renamed).body == Json::object());
  CHECK(get(renamed + "/versions/1").status == 404);
}
