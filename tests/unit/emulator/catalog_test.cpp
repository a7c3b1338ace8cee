// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <set>

#include "command_context.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

const std::string kBase = "/api/2.1/unity-catalog/";

// An emulator of one's own, with a folder that can be looked into.
struct Catalog {
  TemporaryFolder folder;
  std::unique_ptr<Emulator> emulator = start();
  std::unique_ptr<WorkspaceClient> client = std::make_unique<WorkspaceClient>(*emulator);

  std::unique_ptr<Emulator> start(std::size_t pageCap = 0) {
    return std::move(Emulator::start({.dataDir = folder.path, .pageCap = pageCap}).value());
  }
  void restart(std::size_t pageCap = 0) {
    client.reset();
    emulator.reset();
    emulator = start(pageCap);
    client = std::make_unique<WorkspaceClient>(*emulator);
  }

  Reply get(const std::string& path) { return client->get(kBase + path); }
  Reply post(const std::string& path, const Json& body) { return client->post(kBase + path, body); }
  Reply patch(const std::string& path, const Json& body) { return client->patch(kBase + path, body); }
  Reply remove(const std::string& path) { return client->remove(kBase + path); }

  void sql(const std::string& statements) {
    CommandContext context(*emulator, createCluster(*client));
    auto results = context.run(statements, "sql");
    INFO(results.dump());
    REQUIRE(results.at("resultType") == "table");
  }
  std::vector<std::string> names(const std::string& path, const std::string& field) {
    std::vector<std::string> found;
    auto reply = get(path);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    if (reply.body.contains(field))
      for (const auto& object : reply.body.at(field)) found.push_back(object.at("name"));
    return found;
  }
  bool volumeFolder(const std::string& path) {
    return std::filesystem::is_directory(folder.path / "root" / "Volumes" / path);
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Catalog, "a workspace has the catalogs that every workspace has") {
  CHECK(names("catalogs", "catalogs") == Names{"hive_metastore", "main", "samples", "system"});
  auto main = get("catalogs/main").body;
  CHECK(main.at("catalog_type") == "MANAGED_CATALOG");
  CHECK(main.at("full_name") == "main");
  CHECK(main.at("isolation_mode") == "OPEN");
  CHECK(main.at("created_at").is_number_integer());
  CHECK(get("catalogs/system").body.at("catalog_type") == "SYSTEM_CATALOG");
  CHECK(names("schemas?catalog_name=main", "schemas") == Names{"default", "information_schema"});
  CHECK(get("schemas/main.default").body.at("full_name") == "main.default");
  CHECK(get("tables?catalog_name=main&schema_name=default").body == Json::object());

  auto id = get("current-metastore-assignment").body.at("metastore_id").get<std::string>();
  CHECK(get("metastore_summary").body.at("metastore_id") == id);
  CHECK(get("metastores").body.at("metastores").size() == 1);
  CHECK(get("metastores/" + id).body.at("name") == get("metastore_summary").body.at("name"));
  CHECK(get("metastores/x").errorCode() == "METASTORE_DOES_NOT_EXIST");
  CHECK(main.at("metastore_id") == id);
}

TEST_CASE_METHOD(Catalog, "catalogs and schemas are made, changed, renamed and removed") {
  auto made = post("catalogs", {{"name", "Lab"}, {"comment", "ours"}, {"properties", {{"a", "b"}}}});
  CHECK(made.status == 200);
  CHECK(made.body.at("name") == "lab");
  CHECK(made.body.at("owner") == "demo@example.com");
  CHECK(post("catalogs", {{"name", "LAB"}}).errorCode() == "CATALOG_ALREADY_EXISTS");
  CHECK(post("schemas", {{"name", "raw"}, {"catalog_name", "Lab"}, {"comment", "in"}}).body.at("full_name") ==
        "lab.raw");
  CHECK(post("schemas", {{"name", "raw"}, {"catalog_name", "lab"}}).errorCode() == "SCHEMA_ALREADY_EXISTS");
  CHECK(names("schemas?catalog_name=lab", "schemas") == Names{"default", "information_schema", "raw"});
  CHECK(patch("schemas/lab.raw", {{"comment", "out"}, {"unknown", 1}}).body.at("comment") == "out");

  sql("CREATE TABLE lab.raw.t(id BIGINT); CREATE VIEW lab.raw.v AS SELECT id FROM lab.raw.t; "
      "INSERT INTO lab.raw.t VALUES (7)");
  CHECK(
      post("volumes", {{"name", "files"}, {"catalog_name", "lab"}, {"schema_name", "raw"}, {"volume_type", "MANAGED"}})
          .status == 200);
  CHECK(
      patch("permissions/schema/lab.raw", {{"changes", {{{"principal", "users"}, {"add", {"USE_SCHEMA"}}}}}}).status ==
      200);

  CHECK(patch("schemas/lab.raw", {{"new_name", "Cooked"}}).body.at("full_name") == "lab.cooked");
  CHECK(get("schemas/lab.raw").message() == "Schema 'lab.raw' does not exist.");
  CHECK(patch("catalogs/lab", {{"new_name", "plant"}}).body.at("name") == "plant");
  auto schema = get("schemas/plant.cooked").body;
  CHECK(schema.at("comment") == "out");
  CHECK(schema.at("catalog_name") == "plant");
  CHECK(names("tables?catalog_name=plant&schema_name=cooked", "tables") == Names{"t", "v"});
  CHECK(get("volumes/plant.cooked.files").body.at("schema_name") == "cooked");
  CHECK(volumeFolder("plant/cooked/files"));
  CHECK_FALSE(volumeFolder("lab"));
  CHECK(get("permissions/schema/plant.cooked").body.at("privilege_assignments")[0].at("privileges")[0] == "USE_SCHEMA");
  sql("INSERT INTO plant.cooked.t SELECT id + 1 FROM plant.cooked.v");

  auto full = remove("schemas/plant.cooked");
  CHECK(full.status == 400);
  CHECK(full.errorCode() == "SCHEMA_NOT_EMPTY");
  CHECK(full.message() == "Schema 'plant.cooked' is not empty. The schema has 2 table(s), 1 volume(s).");
  CHECK(remove("catalogs/plant").errorCode() == "CATALOG_NOT_EMPTY");
  CHECK(remove("schemas/plant.cooked?force=true").body == Json::object());
  CHECK_FALSE(volumeFolder("plant/cooked"));
  CHECK(remove("catalogs/plant?force=true").body == Json::object());
  CHECK(get("catalogs/plant").errorCode() == "CATALOG_DOES_NOT_EXIST");
  CHECK(get("tables/plant.cooked.t").status == 404);
}

TEST_CASE_METHOD(Catalog, "what cannot be done is refused as the service refuses it") {
  auto message = [&](const Reply& reply, int status, const std::string& code) {
    CHECK(reply.status == status);
    CHECK(reply.errorCode() == code);
    return reply.message();
  };
  CHECK(message(get("catalogs/x"), 404, "CATALOG_DOES_NOT_EXIST") == "Catalog 'x' does not exist.");
  CHECK(message(get("schemas?catalog_name=x"), 404, "CATALOG_DOES_NOT_EXIST") == "Catalog 'x' does not exist.");
  CHECK(message(get("tables?catalog_name=main&schema_name=x"), 404, "SCHEMA_DOES_NOT_EXIST") ==
        "Schema 'main.x' does not exist.");
  CHECK(message(get("tables/main.default.x"), 404, "TABLE_DOES_NOT_EXIST") == "Table 'main.default.x' does not exist.");
  CHECK(message(get("volumes/main.default.x"), 404, "RESOURCE_DOES_NOT_EXIST") ==
        "Volume 'main.default.x' does not exist.");
  CHECK(message(get("functions/main.default.x"), 404, "ROUTINE_DOES_NOT_EXIST") ==
        "Routine or Model 'main.default.x' does not exist.");
  CHECK(message(get("schemas"), 400, "INVALID_PARAMETER_VALUE") == "Missing required field: catalog_name");
  for (auto name : {"", "a b", "a.b", "a/b", "..", "a\tb"})
    CHECK(message(post("catalogs", {{"name", name}}), 400, "INVALID_PARAMETER_VALUE")
              .starts_with("Invalid input: RPC CreateCatalog Field managedcatalog.CatalogInfo.name: name \"" +
                           std::string(name) + "\" is not a valid name."));
  message(post("catalogs", {{"name", {1}}}), 400, "INVALID_PARAMETER_VALUE");
  message(post("catalogs", {{"name", "x"}, {"comment", {1}}}), 400, "MALFORMED_REQUEST");
  message(post("catalogs", {{"name", "x"}, {"properties", "p"}}), 400, "MALFORMED_REQUEST");
  CHECK(message(post("schemas", {{"name", "x"}}), 400, "INVALID_PARAMETER_VALUE") ==
        "Missing required field: catalog_name");
  message(post("schemas", {{"name", "x"}, {"catalog_name", "nope"}}), 404, "CATALOG_DOES_NOT_EXIST");
  CHECK(message(post("schemas", {{"name", "x"}, {"catalog_name", "samples"}}), 403, "PERMISSION_DENIED") ==
        "User does not have CREATE SCHEMA on Catalog 'samples'.");
  message(remove("catalogs/system?force=true"), 403, "PERMISSION_DENIED");
  message(remove("schemas/main.information_schema"), 403, "PERMISSION_DENIED");
  message(get("catalogs?max_results=-1"), 400, "INVALID_PARAMETER_VALUE");
  message(get("catalogs?page_token=bad"), 400, "INVALID_PARAMETER_VALUE");
  message(get("permissions/cluster/x"), 400, "INVALID_PARAMETER_VALUE");

  Json volume{{"name", "v"}, {"catalog_name", "main"}, {"schema_name", "default"}};
  CHECK(message(post("volumes", volume), 400, "INVALID_PARAMETER_VALUE") == "Missing required field: volume_type");
  volume.update({{"volume_type", "MANAGED"}, {"storage_location", "abfss://x"}});
  CHECK(message(post("volumes", volume), 400, "INVALID_PARAMETER_VALUE") ==
        "CreateVolume storage_location can not be provided.");
  auto credentials =
      client->post("/api/2.0/unity-catalog/temporary-table-credentials", {{"table_id", "x"}, {"operation", "READ"}});
  message(credentials, 403, "PERMISSION_DENIED");
  message(client->post("/api/2.0/unity-catalog/temporary-path-credentials", Json::object()), 400,
          "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Catalog, "tables are those that SQL made, with types in three spellings") {
  sql("CREATE TABLE cities(id BIGINT NOT NULL, name STRING, price DECIMAL(12, 2), day DATE, ok BOOLEAN, small INT); "
      "CREATE VIEW names AS SELECT name, id * 2 AS twice FROM cities");
  auto table = get("tables/Main.Default.Cities").body;
  CHECK(table.at("full_name") == "main.default.cities");
  CHECK(table.at("table_type") == "MANAGED");
  CHECK(table.at("data_source_format") == "DELTA");
  auto columns = table.at("columns");
  auto spelled = [&](std::size_t i) {
    return columns[i].at("type_text").get<std::string>() + " " + columns[i].at("type_name").get<std::string>();
  };
  CHECK(spelled(0) == "bigint LONG");
  CHECK(spelled(1) == "string STRING");
  CHECK(spelled(2) == "decimal(12,2) DECIMAL");
  CHECK(spelled(3) == "date DATE");
  CHECK(spelled(4) == "boolean BOOLEAN");
  CHECK(spelled(5) == "int INT");
  CHECK(columns[0].at("position") == 0);
  CHECK(columns[0].at("nullable") == false);
  CHECK(columns[2].at("type_precision") == 12);
  CHECK(columns[2].at("type_scale") == 2);
  CHECK(Json::parse(columns[5].at("type_json").get<std::string>()) ==
        Json{{"name", "small"}, {"type", "integer"}, {"nullable", true}, {"metadata", Json::object()}});
  auto view = get("tables/main.default.names").body;
  CHECK(view.at("table_type") == "VIEW");
  CHECK(view.at("view_definition").get<std::string>().starts_with("SELECT name"));
  CHECK(view.at("columns")[0].at("type_name") == "STRING");

  auto bare = get("tables?catalog_name=main&schema_name=default&omit_columns=true&omit_properties=true").body;
  CHECK(bare.at("tables").size() == 2);
  CHECK_FALSE(bare.at("tables")[0].contains("columns"));
  CHECK_FALSE(bare.at("tables")[0].contains("properties"));
  auto summaries = get("table-summaries?catalog_name=main&schema_name_pattern=def%25&table_name_pattern=%25it%25").body;
  CHECK(summaries.at("tables") == Json::array({{{"full_name", "main.default.cities"}, {"table_type", "MANAGED"}}}));
  CHECK(get("tables/main.default.cities/exists").body.at("table_exists") == true);
  CHECK(get("tables/main.default.none/exists").body.at("table_exists") == false);
  CHECK(patch("tables/main.default.cities", {{"owner", "users"}}).body.at("owner") == "users");
  CHECK(get("tables/main.default.cities").body.at("owner") == "users");
  CHECK(remove("tables/main.default.names").body == Json::object());
  CHECK(remove("tables/main.default.names").errorCode() == "TABLE_DOES_NOT_EXIST");
}

TEST_CASE_METHOD(Catalog, "lists come in pages, and a capped one begins with an empty page") {
  for (int i = 0; i < 5; ++i)
    REQUIRE(post("schemas", {{"name", "s" + std::to_string(i)}, {"catalog_name", "main"}}).status == 200);
  auto follow = [&](const std::string& path) {
    std::set<std::string> seen;
    std::string token;
    int pages = 0;
    do {
      auto page = get(path + "&page_token=" + token).body;
      if (page.contains("schemas"))
        for (const auto& schema : page.at("schemas")) CHECK(seen.insert(schema.at("name")).second);
      token = page.value("next_page_token", "");
      ++pages;
    } while (!token.empty());
    CHECK(seen.size() == 7);
    return pages;
  };
  CHECK(follow("schemas?catalog_name=main") == 1);
  CHECK(follow("schemas?catalog_name=main&max_results=0") == 1);
  CHECK(follow("schemas?catalog_name=main&max_results=99999") == 1);
  CHECK(follow("schemas?catalog_name=main&max_results=3") == 3);
  restart(2);
  CHECK_FALSE(get("schemas?catalog_name=main").body.contains("schemas"));
  CHECK(follow("schemas?catalog_name=main") == 5);
}

TEST_CASE_METHOD(Catalog, "grants are given, taken back and inherited") {
  auto change = [&](const std::string& object, const Json& changes) {
    return patch("permissions/" + object, {{"changes", changes}});
  };
  CHECK(get("permissions/catalog/main").body == Json::object());
  auto given = change("CATALOG/main", {{{"principal", "users"}, {"add", {"USE_CATALOG", "BROWSE"}}}});
  CHECK(given.body.at("privilege_assignments") ==
        Json::array({{{"principal", "users"}, {"privileges", {"BROWSE", "USE_CATALOG"}}}}));
  CHECK(change("schema/main.default", {{{"principal", "users"}, {"add", {"SELECT"}}},
                                       {{"principal", "demo@example.com"}, {"add", {"ALL_PRIVILEGES"}}}})
            .status == 200);
  CHECK(get("permissions/schema/main.default?principal=users").body.at("privilege_assignments").size() == 1);
  auto effective = get("effective-permissions/schema/main.default?principal=users").body;
  auto privileges = effective.at("privilege_assignments")[0].at("privileges");
  REQUIRE(privileges.size() == 3);
  CHECK(privileges[0] == Json{{"privilege", "SELECT"}});
  CHECK(privileges[1] ==
        Json{{"privilege", "BROWSE"}, {"inherited_from_type", "CATALOG"}, {"inherited_from_name", "main"}});
  CHECK(change("catalog/main", {{{"principal", "users"}, {"add", {"SELECT", "SELECT"}}}}).errorCode() ==
        "INVALID_PARAMETER_VALUE");
  CHECK(change("catalog/main", {{{"principal", "users"}, {"add", {"FLY"}}}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(change("catalog/main", {{{"principal", "users"}, {"add", {1}}}}).errorCode() == "MALFORMED_REQUEST");
  CHECK(change("table/main.default.x", Json::array()).errorCode() == "TABLE_DOES_NOT_EXIST");
  CHECK(change("catalog/main", {{{"principal", "users"}, {"remove", {"BROWSE", "USE_CATALOG"}}}}).body ==
        Json::object());
}

TEST_CASE_METHOD(Catalog, "volumes, functions, models, locations and connections outlive a restart") {
  Json place{{"catalog_name", "main"}, {"schema_name", "default"}};
  auto with = [&](Json more) {
    more.update(place);
    return more;
  };
  CHECK(post("volumes", with({{"name", "Landing"}, {"volume_type", "MANAGED"}})).body.at("full_name") ==
        "main.default.landing");
  CHECK(volumeFolder("main/default/landing"));
  Json function = with({{"name", "twice"},
                        {"data_type", "LONG"},
                        {"full_data_type", "BIGINT"},
                        {"routine_body", "SQL"},
                        {"routine_definition", "x * 2"},
                        {"input_params", {{"parameters", Json::array()}}}});
  CHECK(post("functions", {{"function_info", function}}).body.at("specific_name") == "twice");
  CHECK(post("models", with({{"name", "churn"}})).status == 200);
  CHECK(post("storage-credentials",
             {{"name", "cred"}, {"azure_service_principal", {{"directory_id", "d"}, {"client_secret", "s3cret"}}}})
            .text.find("s3cret") == std::string::npos);
  CHECK(post("external-locations", {{"name", "loc"}, {"url", "abfss://x"}, {"credential_name", "cred"}}).status == 200);
  auto connection =
      post("connections",
           {{"name", "pg"}, {"connection_type", "POSTGRESQL"}, {"options", {{"host", "h"}, {"password", "s3cret"}}}});
  CHECK(connection.body.at("options") == Json{{"host", "h"}});
  restart();
  // The first one is there from the beginning, as a folder that nobody has described.
  CHECK(names("volumes?catalog_name=main&schema_name=default", "volumes") == Names{"data", "landing"});
  CHECK(get("volumes/main.default.data").body.at("volume_type") == "MANAGED");
  CHECK(names("functions?catalog_name=main&schema_name=default", "functions") == Names{"twice"});
  CHECK(names("models", "registered_models") == Names{"churn"});
  CHECK(get("models/main.default.churn/versions").body == Json::object());
  CHECK(get("models/main.default.churn/versions/1").status == 404);
  CHECK(names("storage-credentials", "storage_credentials") == Names{"cred"});
  CHECK(names("external-locations", "external_locations") == Names{"loc"});
  CHECK(names("connections", "connections") == Names{"pg"});
  CHECK(patch("volumes/main.default.landing", {{"new_name", "arrivals"}, {"comment", "c"}}).body.at("comment") == "c");
  CHECK(volumeFolder("main/default/arrivals"));
  CHECK(remove("volumes/main.default.arrivals").body == Json::object());
  CHECK_FALSE(volumeFolder("main/default/arrivals"));
  CHECK(client->send("PUT", "/api/2.0/fs/directories/Volumes/main/default/data/sub").status == 204);
  CHECK(patch("volumes/main.default.data", {{"new_name", "moved"}}).body.at("full_name") == "main.default.moved");
  CHECK(volumeFolder("main/default/moved/sub"));
  CHECK(remove("connections/pg").body == Json::object());
  CHECK(get("connections/pg").errorCode() == "CONNECTION_DOES_NOT_EXIST");
}

TEST_CASE("the demo's tables are in the catalog before anything has run") {
  auto emulator = std::move(Emulator::start({.demo = true}).value());
  WorkspaceClient client(*emulator);
  auto tables = client.get(kBase + "tables?catalog_name=samples&schema_name=nyctaxi").body.at("tables");
  REQUIRE(tables.size() == 1);
  CHECK(tables[0].at("full_name") == "samples.nyctaxi.trips");
  CHECK(tables[0].at("columns").size() == 6);
  CHECK(client.get("/api/2.0/sql/warehouses").body.at("warehouses").size() == 2);
  CHECK(client.get("/api/2.0/pipelines").body.at("statuses").size() == 1);
}

TEST_CASE_METHOD(Catalog, "a catalog without schemas is still one, and SQL's own are seen and go with it") {
  post("catalogs", {{"name", "bare"}});
  CHECK(remove("schemas/bare.default").body == Json::object());
  CHECK(names("schemas?catalog_name=bare", "schemas") == Names{"information_schema"});
  CHECK(post("schemas", {{"name", "s"}, {"catalog_name", "bare"}}).status == 200);
  sql("DROP SCHEMA bare.s");
  CHECK(get("catalogs/bare").errorCode() == "CATALOG_DOES_NOT_EXIST");
}
