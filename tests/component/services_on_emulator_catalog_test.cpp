// SPDX-License-Identifier: Apache-2.0
// Unity Catalog as the services call it against a workspace that keeps one.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/emulator_workspace.hpp"
#include "trowel/databricks/grants.hpp"
#include "trowel/databricks/statements.hpp"
#include "trowel/databricks/unity_catalog.hpp"
#include "trowel/databricks/warehouses.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;
using core::Json;

namespace {

// Small pages, and in Unity Catalog an empty first one that has a token.
struct Bench : test::EmulatorWorkspace {
  Bench() : EmulatorWorkspace({.pageCap = 2}) {}

  std::string warehouse = Warehouses(rest).create({{"name", "w"}, {"cluster_size", "Small"}}).value();

  void sql(const std::string& text) {
    static constexpr std::chrono::seconds kLongest{50};
    auto done = Statements(rest).execute({.text = text, .warehouseId = warehouse, .wait = kLongest}).value();
    INFO(done.errorMessage);
    REQUIRE(done.succeeded());
  }

  // Makes one, lists it, reads it, changes its comment, renames and removes it.
  template <typename T>
  void goesRound(const Json& definition, const Within& within, const std::string& fullName) {
    CAPTURE(fullName);
    Securables<T> objects(rest);
    auto made = objects.create(definition);
    INFO((made ? std::string() : core::describe(made.error())));
    REQUIRE(made);
    CHECK(made->fullName == fullName);
    CHECK(made->owner == emulator->userName());
    CHECK(objects.create(definition).error().code == ErrorCode::AlreadyExists);
    auto listed = objects.list(within).all().value();
    CHECK(std::ranges::any_of(listed, [&](const T& object) { return object.fullName == fullName; }));
    auto found = objects.get(fullName).value();
    CHECK(found.metastoreId == made->metastoreId);
    CHECK(found.createdAt > 1'600'000'000'000);
    auto changed = objects.update(fullName, {{"owner", "users"}}).value();
    CHECK(changed.owner == "users");
    auto parent = fullName.substr(0, fullName.rfind('.') + 1);
    auto renamed = objects.update(fullName, {{"new_name", "renamed"}});
    INFO((renamed ? std::string() : core::describe(renamed.error())));
    REQUIRE(renamed);
    CHECK(renamed->fullName == parent + "renamed");
    CHECK(objects.get(fullName).error().code == ErrorCode::NotFound);
    REQUIRE(objects.remove(parent + "renamed", true));  // a new catalog has a schema
    CHECK(objects.remove(parent + "renamed").error().code == ErrorCode::NotFound);
  }
};

}  // namespace

TEST_CASE("each kind of securable goes its round in a workspace") {
  Bench bench;
  const Within schema{.catalog = "main", .schema = "default"};
  bench.goesRound<Catalog>({{"name", "lab"}}, {}, "lab");
  bench.goesRound<Schema>({{"name", "raw"}, {"catalog_name", "main"}}, {.catalog = "main"}, "main.raw");
  Json inSchema = {{"catalog_name", "main"}, {"schema_name", "default"}};
  Json volume = inSchema;
  volume.update({{"name", "v"}, {"volume_type", "MANAGED"}});
  bench.goesRound<Volume>(volume, schema, "main.default.v");
  Json model = inSchema;
  model["name"] = "m";
  bench.goesRound<RegisteredModel>(model, schema, "main.default.m");
  bench.goesRound<StorageCredential>({{"name", "k"}}, {}, "k");
  REQUIRE(StorageCredentials(bench.rest).create({{"name", "key"}}));
  bench.goesRound<ExternalLocation>({{"name", "l"}, {"url", "s3://bucket"}, {"credential_name", "key"}}, {}, "l");
  bench.goesRound<Connection>(
      {{"name", "c"}, {"connection_type", "MYSQL"}, {"options", {{"host", "h"}, {"password", "planted-secret"}}}}, {},
      "c");
}

TEST_CASE("functions are made, read and removed") {
  Bench bench;
  Functions functions(bench.rest);
  auto made = functions.create({{"name", "f"},
                                {"catalog_name", "main"},
                                {"schema_name", "default"},
                                {"data_type", "LONG"},
                                {"full_data_type", "BIGINT"},
                                {"routine_body", "SQL"},
                                {"routine_definition", "x + 1"},
                                {"input_params", {{"parameters", {{{"name", "x"}, {"type_text", "bigint"}}}}}}});
  INFO((made ? std::string() : core::describe(made.error())));
  REQUIRE(made);
  CHECK(made->fullName == "main.default.f");
  auto listed = functions.list({.catalog = "main", .schema = "default"}).all().value();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].returnType == "BIGINT");
  CHECK(listed[0].definition == "x + 1");
  CHECK(listed[0].parameters.at(0).name == "x");
  REQUIRE(functions.remove("main.default.f"));
  CHECK(functions.get("main.default.f").error().code == ErrorCode::NotFound);
}

TEST_CASE("what SQL made is there, page by page") {
  Bench bench;
  Tables tables(bench.rest);
  for (const char* name : {"a", "b", "c"})
    bench.sql("CREATE TABLE main.default." + std::string(name) + " (id BIGINT, price DECIMAL(10,2))");
  bench.sql("CREATE VIEW main.default.v AS SELECT id FROM main.default.a");
  auto all = tables.list({.catalog = "main", .schema = "default"}).all().value();
  REQUIRE(all.size() == 4);
  CHECK(std::ranges::count_if(all, &Table::isView) == 1);
  auto table = std::ranges::find(all, "main.default.b", &Table::fullName);
  REQUIRE(table != all.end());
  REQUIRE(table->columns.size() == 2);
  CHECK(table->columns[1].type == "decimal(10,2)");
  CHECK(table->columns[1].typeName == "DECIMAL");
  CHECK(tables.list({.catalog = "main", .schema = "default", .brief = true}).all().value().at(0).columns.empty());
  CHECK(tables.summaries("main", "def%", "%").all().value().size() == 4);
  CHECK(tables.summaries("main", {}, "v").all().value().at(0).type == "VIEW");
  CHECK(tables.exists("main.default.a").value());
  CHECK_FALSE(tables.exists("main.default.nope").value());
  CHECK(Schemas(bench.rest).list({.catalog = "main"}).all().value().size() == 2);
  CHECK(Catalogs(bench.rest).list().all().value().size() == 4);
  CHECK(tables.get("main.default.nope").error().message == "Table 'main.default.nope' does not exist.");

  REQUIRE(Schemas(bench.rest).create({{"name", "full"}, {"catalog_name", "main"}}));
  bench.sql("CREATE TABLE main.full.t (id INT)");
  CHECK(Schemas(bench.rest).remove("main.full").error().code == ErrorCode::Conflict);
  REQUIRE(Schemas(bench.rest).remove("main.full", true));
  REQUIRE(tables.remove("main.default.v"));
  CHECK(tables.get("main.default.v").error().code == ErrorCode::NotFound);

  auto external = tables.create({{"name", "outside"},
                                 {"catalog_name", "main"},
                                 {"schema_name", "default"},
                                 {"table_type", "EXTERNAL"},
                                 {"data_source_format", "DELTA"},
                                 {"storage_location", "abfss://x/y"},
                                 {"columns", {{{"name", "id"}, {"type_text", "bigint"}}}}});
  REQUIRE(external);
  CHECK(external->type == "EXTERNAL");
  CHECK(tables.update("main.default.outside", {{"owner", "users"}}));
}

TEST_CASE("versions and aliases of a model") {
  Bench bench;
  Models models(bench.rest);
  REQUIRE(models.create({{"name", "m"}, {"catalog_name", "main"}, {"schema_name", "default"}}));
  constexpr Call kMake{Verb::Post, "/api/2.0/mlflow/unity-catalog/model-versions/create", Safety::Unsafe};
  constexpr Call kReady{Verb::Post, "/api/2.0/mlflow/unity-catalog/model-versions/finalize", Safety::Unsafe};
  for (const char* version : {"1", "2", "3"}) {
    REQUIRE(bench.rest.call(kMake, {{"name", "main.default.m"}, {"source", "dbfs:/m"}}));
    REQUIRE(bench.rest.call(kReady, {{"name", "main.default.m"}, {"version", version}}));
  }
  auto versions = models.versions("main.default.m").all().value();
  REQUIRE(versions.size() == 3);
  CHECK(versions[0].model == "main.default.m");
  CHECK(versions[0].status == "READY");
  REQUIRE(models.setAlias("main.default.m", "champion", 2));
  CHECK(models.versionByAlias("main.default.m", "champion").value().version == 2);
  CHECK(models.version("main.default.m", 2).value().aliases == std::vector<std::string>{"champion"});
  CHECK(models.get("main.default.m").value().aliases.at(0).version == 2);
  CHECK(models.updateVersion("main.default.m", 1, {{"comment", "first"}}).value().comment == "first");
  REQUIRE(models.removeAlias("main.default.m", "champion"));
  CHECK(models.versionByAlias("main.default.m", "champion").error().code == ErrorCode::NotFound);
  REQUIRE(models.removeVersion("main.default.m", 3));
  CHECK(models.versions("main.default.m").all().value().size() == 2);
}

TEST_CASE("the metastore is known by its summary, its list and its assignment") {
  Bench bench;
  Metastores metastores(bench.rest);
  auto current = metastores.current().value();
  CHECK_FALSE(current.id.empty());
  CHECK(metastores.assignment().value().metastoreId == current.id);
  CHECK(metastores.assignment().value().defaultCatalog == "main");
  CHECK(metastores.list().all().value().size() == 1);
  CHECK(metastores.get(current.id).value().name == current.name);
}

TEST_CASE("grants are changed, listed and inherited") {
  Bench bench;
  Grants grants(bench.rest);
  auto after =
      grants.change({"catalog", "main"}, {{.principal = "account users", .add = {"USE_CATALOG", "SELECT"}}}).value();
  CHECK(std::ranges::any_of(after, [](const Privileges& all) { return all.principal == "account users"; }));
  auto own = grants.list({"catalog", "main"}, "account users").all().value();
  REQUIRE(own.size() == 1);
  CHECK(std::ranges::count(own[0].privileges, "SELECT") == 1);
  auto inherited = grants.effective({"schema", "main.default"}, "account users").all().value();
  REQUIRE(inherited.size() == 1);
  CHECK(std::ranges::any_of(inherited[0].privileges, [](const EffectivePrivilege& privilege) {
    return privilege.privilege == "SELECT" && privilege.inheritedFromType == "CATALOG" &&
           privilege.inheritedFromName == "main";
  }));
  REQUIRE(grants.change({"catalog", "main"}, {{.principal = "account users", .remove = {"SELECT"}}}));
  CHECK(std::ranges::count(grants.list({"catalog", "main"}, "account users").all().value().at(0).privileges,
                           "SELECT") == 0);
  auto refused = grants.change({"catalog", "main"}, {{.principal = "account users", .add = {"READ_FILES"}}});
  CHECK(refused.error().code == ErrorCode::InvalidParams);
  CHECK(grants.list({"catalog", "nope"}).all().error().code == ErrorCode::NotFound);
}
