// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/unity_catalog.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

const std::string kBase = "/api/2.1/unity-catalog/";

// Every call of a kind in its exact form, and which of them are asked again after a lost answer.
template <typename T>
void checkKind(const std::string& path, const std::string& items, const std::string& wrapper = {}) {
  CAPTURE(path);
  test::ScriptedWorkspace scripted;
  Securables<T> objects(scripted.rest);
  const std::string collection = kBase + path;
  const std::string one = collection + "/a.b%2Fc";
  const auto lose = [&](const char* method, const std::string& target) { scripted.http.on(method, target).drop(); };

  scripted.http.on("GET", collection + "?catalog_name=c&include_browse=true&max_results=0&schema_name=s")
      .reply(200, R"({"next_page_token":"t"})");
  const auto second = collection + "?catalog_name=c&include_browse=true&max_results=0&page_token=t&schema_name=s";
  lose("GET", second);
  scripted.http.on("GET", second)
      .reply(200, R"({")" + items + R"(":[{"name":"x","owner":"ada","created_at":1666633474255,"extra":1}]})");
  auto listed = objects.list({.catalog = "c", .schema = "s"}).all();
  REQUIRE(listed);
  REQUIRE(listed->size() == 1);
  CHECK(listed->at(0).name == "x");
  CHECK(listed->at(0).fullName == "x");
  CHECK(listed->at(0).owner == "ada");
  CHECK(listed->at(0).createdAt == 1666633474255);
  CHECK(listed->at(0).document->at("extra") == 1);

  const auto aliases =
      path == "models" ? std::string("?include_aliases=true&include_browse=true") : std::string("?include_browse=true");
  scripted.http.on("GET", one + aliases).reply(200, R"({"name":"c","full_name":"a.b.c","browse_only":true})");
  auto found = objects.get("a.b/c");
  REQUIRE(found);
  CHECK(found->fullName == "a.b.c");
  CHECK(found->browseOnly);

  const std::string created = R"({"name":"x"})";
  scripted.http.on("POST", collection)
      .withJson(wrapper.empty() ? created : R"({")" + wrapper + R"(":)" + created + "}")
      .reply(200, created);
  CHECK(objects.create({{"name", "x"}}).value().name == "x");
  lose("POST", collection);
  CHECK_FALSE(objects.create({{"name", "x"}}));

  lose("PATCH", one);
  scripted.http.on("PATCH", one).withJson(R"({"comment":"k"})").reply(200, R"({"comment":"k"})");
  CHECK(objects.update("a.b/c", {{"comment", "k"}}).value().comment == "k");
  lose("PATCH", one);
  CHECK_FALSE(objects.update("a.b/c", {{"new_name", "k"}}));

  lose("DELETE", one);
  scripted.http.on("DELETE", one);
  CHECK(objects.remove("a.b/c"));
  scripted.http.on("DELETE", one + "?force=true");
  CHECK(objects.remove("a.b/c", true));
}

}  // namespace

TEST_CASE("every kind of object has the same five calls") {
  checkKind<Catalog>("catalogs", "catalogs");
  checkKind<Schema>("schemas", "schemas");
  checkKind<Table>("tables", "tables");
  checkKind<Volume>("volumes", "volumes");
  checkKind<Function>("functions", "functions", "function_info");
  checkKind<RegisteredModel>("models", "registered_models");
  checkKind<ExternalLocation>("external-locations", "external_locations");
  checkKind<StorageCredential>("storage-credentials", "storage_credentials");
  checkKind<Connection>("connections", "connections");
  checkKind<Metastore>("metastores", "metastores");
}

TEST_CASE("a table is read with its columns") {
  test::ScriptedWorkspace scripted;
  Tables tables(scripted.rest);
  scripted.http.on("GET", kBase + "tables/main.default.t?include_browse=true").reply(200, R"({"name":"t",
    "catalog_name":"main","schema_name":"default","full_name":"main.default.t","table_type":"MANAGED","table_id":"u",
    "data_source_format":"DELTA","storage_location":"abfss://x","view_definition":null,"pipeline_id":"p",
    "properties":{"delta.minReaderVersion":"1"},"columns":[
     {"name":"id","type_text":"bigint","type_name":"LONG","position":0,"nullable":false},
     {"name":"day","type_text":"date","type_name":"DATE","position":1,"comment":"c","partition_index":0}]})");
  auto table = tables.get("main.default.t");
  REQUIRE(table);
  CHECK(table->catalog == "main");
  CHECK(table->schema == "default");
  CHECK(table->format == "DELTA");
  CHECK(table->pipelineId == "p");
  CHECK_FALSE(table->isView());
  CHECK(table->properties.at("delta.minReaderVersion") == "1");
  REQUIRE(table->columns.size() == 2);
  CHECK(table->columns[0].type == "bigint");
  CHECK_FALSE(table->columns[0].nullable);
  CHECK_FALSE(table->columns[0].partitionIndex);
  CHECK(table->columns[1].nullable);
  CHECK(table->columns[1].partitionIndex == 0);

  scripted.http.on("GET", kBase +
                              "tables?catalog_name=c&include_browse=true&max_results=0&omit_columns=true"
                              "&omit_properties=true&schema_name=s");
  CHECK(tables.list({.catalog = "c", .schema = "s", .brief = true}).all());
}

TEST_CASE("tables are summed up across schemas, and asked whether they exist") {
  test::ScriptedWorkspace scripted;
  Tables tables(scripted.rest);
  scripted.http
      .on("GET", kBase +
                     "table-summaries?catalog_name=main&max_results=0&schema_name_pattern=d%25"
                     "&table_name_pattern=%25t")
      .reply(200, R"({"tables":[{"full_name":"main.default.t","table_type":"VIEW"}]})");
  auto summaries = tables.summaries("main", "d%", "%t").all();
  REQUIRE(summaries);
  CHECK(summaries->at(0).fullName == "main.default.t");
  CHECK(summaries->at(0).type == "VIEW");
  scripted.http.on("GET", kBase + "tables/main.default.t/exists").reply(200, R"({"table_exists":true})");
  CHECK(tables.exists("main.default.t").value());
  scripted.http.on("GET", kBase + "tables/main.default.u/exists");
  CHECK_FALSE(tables.exists("main.default.u").value());
}

TEST_CASE("the other kinds are read with what is theirs") {
  test::ScriptedWorkspace scripted;
  auto answer = [&](const std::string& path, const char* json) {
    scripted.http.on("GET", kBase + path + "?include_browse=true").reply(200, json);
  };
  answer("catalogs/main", R"({"name":"main","catalog_type":"MANAGED_CATALOG","isolation_mode":"OPEN",
    "storage_root":"abfss://r","connection_name":"c","properties":{"a":"b"}})");
  auto catalog = Catalogs(scripted.rest).get("main").value();
  CHECK(catalog.type == "MANAGED_CATALOG");
  CHECK(catalog.connectionName == "c");
  CHECK(catalog.properties.at("a") == "b");

  answer("volumes/main.default.v", R"({"name":"v","catalog_name":"main","schema_name":"default","volume_type":"MANAGED",
    "volume_id":"u"})");
  auto volume = Volumes(scripted.rest).get("main.default.v").value();
  CHECK(volume.type == "MANAGED");
  CHECK(volume.path() == "/Volumes/main/default/v");

  answer("functions/main.default.f",
         R"({"name":"f","data_type":"LONG","full_data_type":"BIGINT","routine_body":"EXTERNAL",
    "external_language":"Python","routine_definition":"return x","is_deterministic":true,
    "input_params":{"parameters":[{"name":"x","type_text":"int","parameter_default":"1"}]},"return_params":null})");
  auto function = Functions(scripted.rest).get("main.default.f").value();
  CHECK(function.returnType == "BIGINT");
  CHECK(function.language == "Python");
  CHECK(function.definition == "return x");
  CHECK(function.deterministic);
  CHECK(function.parameters.at(0).defaultValue == "1");
  CHECK(function.returnColumns.empty());

  answer("external-locations/l", R"({"name":"l","url":"s3://b","credential_name":"k","read_only":true})");
  auto location = ExternalLocations(scripted.rest).get("l").value();
  CHECK(location.url == "s3://b");
  CHECK(location.credential == "k");
  CHECK(location.readOnly);

  answer("storage-credentials/k", R"({"id":"u","name":"k","used_for_managed_storage":true})");
  CHECK(StorageCredentials(scripted.rest).get("k").value().forManagedStorage);

  answer("connections/c", R"({"name":"c","connection_id":"u","connection_type":"MYSQL","url":"jdbc://h"})");
  CHECK(Connections(scripted.rest).get("c").value().type == "MYSQL");
}

TEST_CASE("models have versions and aliases") {
  test::ScriptedWorkspace scripted;
  Models models(scripted.rest);
  const std::string model = kBase + "models/c.s.m";
  const char* version = R"({"model_name":"m","catalog_name":"c","schema_name":"s","version":3,"status":"READY",
    "run_id":"r","source":"dbfs:/m","created_at":1666633474255,"aliases":[{"alias_name":"champion"}]})";
  scripted.http.on("GET", model + "/versions?max_results=0")
      .reply(200, std::string(R"({"model_versions":[)") + version + "]}");
  auto versions = models.versions("c.s.m").all();
  REQUIRE(versions);
  CHECK(versions->at(0).model == "c.s.m");
  CHECK(versions->at(0).version == 3);
  CHECK(versions->at(0).status == "READY");
  CHECK(versions->at(0).aliases == std::vector<std::string>{"champion"});
  scripted.http.on("GET", model + "/versions/3?include_aliases=true").reply(200, version);
  CHECK(models.version("c.s.m", 3).value().runId == "r");
  scripted.http.on("GET", model + "/aliases/champion?include_aliases=true").reply(200, version);
  CHECK(models.versionByAlias("c.s.m", "champion").value().version == 3);
  scripted.http.on("PATCH", model + "/versions/3").withJson(R"({"comment":"k"})").reply(200, version);
  CHECK(models.updateVersion("c.s.m", 3, {{"comment", "k"}}));
  scripted.http.on("PUT", model + "/aliases/champion").withJson(R"({"version_num":3})");
  CHECK(models.setAlias("c.s.m", "champion", 3));
  scripted.http.on("DELETE", model + "/aliases/champion");
  CHECK(models.removeAlias("c.s.m", "champion"));
  scripted.http.on("DELETE", model + "/versions/3");
  CHECK(models.removeVersion("c.s.m", 3));
  scripted.http.on("GET", model + "?include_aliases=true&include_browse=true")
      .reply(200, R"({"name":"m","aliases":[{"alias_name":"champion","version_num":3}]})");
  CHECK(models.get("c.s.m").value().aliases.at(0).version == 3);
}

TEST_CASE("a workspace knows its metastore, or says that it has none") {
  test::ScriptedWorkspace scripted;
  Metastores metastores(scripted.rest);
  scripted.http.on("GET", kBase + "metastore_summary")
      .reply(200, R"({"metastore_id":"u","name":"m","cloud":"azure","region":"westeurope","storage_root":"abfss://r",
                      "global_metastore_id":"azure:westeurope:u"})");
  auto current = metastores.current();
  REQUIRE(current);
  CHECK(current->id == "u");
  CHECK(current->globalId == "azure:westeurope:u");
  CHECK(current->region == "westeurope");
  scripted.http.on("GET", kBase + "current-metastore-assignment")
      .reply(200, R"({"metastore_id":"u","workspace_id":9007199254740993,"default_catalog_name":"main"})");
  auto assignment = metastores.assignment();
  REQUIRE(assignment);
  CHECK(assignment->workspaceId == 9007199254740993);
  CHECK(assignment->defaultCatalog == "main");
  scripted.http.on("GET", kBase + "metastore_summary")
      .reply(
          404,
          R"({"error_code":"METASTORE_DOES_NOT_EXIST","message":"No metastore assigned for the current workspace."})");
  auto none = metastores.current();
  CHECK(none.error().code == ErrorCode::NotFound);
  CHECK(none.error().message == "No metastore assigned for the current workspace.");
}

TEST_CASE("what Unity Catalog refuses keeps its meaning") {
  struct Row {
    int status;
    const char* code;
    ErrorCode expected;
  };
  const Row rows[] = {
      {404, "CATALOG_DOES_NOT_EXIST", ErrorCode::NotFound}, {400, "SCHEMA_ALREADY_EXISTS", ErrorCode::AlreadyExists},
      {400, "CATALOG_NOT_EMPTY", ErrorCode::Conflict},      {403, "PERMISSION_DENIED", ErrorCode::PermissionDenied},
      {400, "FEATURE_DISABLED", ErrorCode::Unsupported},    {400, "INVALID_PARAMETER_VALUE", ErrorCode::InvalidParams},
  };
  for (const auto& row : rows) {
    CAPTURE(row.code);
    test::ScriptedWorkspace scripted;
    scripted.http.on("DELETE", kBase + "catalogs/x")
        .reply(row.status, std::string(R"({"message":"Why.","error_code":")") + row.code + R"("})");
    CHECK(Catalogs(scripted.rest).remove("x").error().code == row.expected);
  }
}
