// SPDX-License-Identifier: Apache-2.0
// What only the whole shows: user code beside the API. The driver itself is tested in tests/unit/emulator/python.
#include "command_context.hpp"
#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

TEST_CASE_METHOD(CommandContext, "dbutils.fs, open() and the API see the same files") {
  CHECK(client.post("/api/2.0/dbfs/put", {{"path", "/code/a.txt"}, {"contents", encode("from the API")}}).status ==
        200);
  CHECK(text("dbutils.fs.head('dbfs:/code/a.txt')") == "'from the API'");
  CHECK(text("open('/dbfs/code/a.txt').read()") == "'from the API'");
  CHECK(text("dbutils.fs.put('/code/b.txt', 'from Python')") == "Wrote 11 bytes.\nTrue");
  auto read = client.get("/api/2.0/dbfs/read?path=/code/b.txt");
  CHECK(decode(read.body.at("data")) == "from Python");
  CHECK(text("[f.name for f in dbutils.fs.ls('/code')]") == "['a.txt', 'b.txt']");
  CHECK(error("dbutils.fs.ls('/none')").at("summary").get<std::string>().find("java.io.FileNotFoundException") !=
        std::string::npos);
  auto listed = run("display(dbutils.fs.ls('/code'))");
  CHECK(listed.at("data")[0][0] == "dbfs:/code/a.txt");
  CHECK(listed.at("schema")[3].at("name") == "modificationTime");
}

TEST_CASE_METHOD(CommandContext, "restarting Python forgets variables but keeps the context") {
  CHECK(text("kept = 1\nimport os\npid = os.getpid()") == "");
  CHECK(text("print('before')\ndbutils.library.restartPython()\nprint('never')") == "before");
  CHECK(error("kept").at("summary").get<std::string>().find("NameError") != std::string::npos);
  CHECK(rows("SELECT 1") == Json{{1}});
  CHECK(status().body.at("status") == "Running");
  auto running = begin("import time\ntime.sleep(600)");
  while (state(running).at("status") == "Queued") {
  }
  cancel(running);
  CHECK(await(running).at("status") == "Cancelled");
  CHECK(text("2") == "2");
}

TEST_CASE_METHOD(CommandContext, "results carry the types that Spark gives expressions") {
  auto table =
      run("SELECT 1 = 1 AS b, DATE '2024-01-02' + INTERVAL 1 DAY AS d, CAST('2024-01-02 03:04:05' AS TIMESTAMP) AS t,\n"
          "  1.10 * 2 AS n, array(1, 2) AS a, map('k', 1.5D) AS m, named_struct('x', 1, 'y', 'z') AS s, NULL AS v",
          "sql");
  INFO(table.dump());
  std::vector<std::string> types;
  for (const auto& column : table.at("schema")) types.push_back(column.at("type"));
  CHECK(types[0] == "\"boolean\"");
  CHECK(types[1] == "\"date\"");
  CHECK(types[2] == "\"timestamp\"");
  CHECK(types[3] == "\"decimal(5,2)\"");
  CHECK(Json::parse(types[4]) == Json{{"type", "array"}, {"elementType", "integer"}, {"containsNull", true}});
  CHECK(Json::parse(types[6]).at("fields")[1].at("type") == "string");
  CHECK(types[7] == "\"void\"");
  CHECK(table.at("data")[0] == Json{true, "2024-01-03", "2024-01-02T03:04:05.000Z", "2.20", Json{1, 2},
                                    Json{{"k", 1.5}}, Json{1, "z"}, nullptr});
}

TEST_CASE_METHOD(CommandContext, "Python, SQL and DataFrames change the same tables") {
  text(
      "spark.sql('CREATE SCHEMA IF NOT EXISTS main.usercode')\n"
      "df = spark.createDataFrame([(1, 'a'), (2, 'b')], 'id int, s string')\n"
      "df.write.mode('overwrite').saveAsTable('main.usercode.t')");
  CHECK(rows("MERGE INTO main.usercode.t USING (SELECT 2 AS id, 'B' AS s UNION ALL SELECT 3, 'c') u ON t.id = u.id "
             "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *") == Json{{2, 1, 0, 1}});
  CommandContext other;
  CHECK(other.text("[tuple(r) for r in spark.table('main.usercode.t').orderBy('id').collect()]") ==
        "[(1, 'a'), (2, 'B'), (3, 'c')]");
  CHECK(other.rows("DESCRIBE HISTORY main.usercode.t").size() == 2);
  other.rows("DROP SCHEMA main.usercode CASCADE");
}

TEST_CASE_METHOD(CommandContext, "widgets, their errors, and the notebook's context") {
  CHECK(text("dbutils.widgets.dropdown('w', 'a', ['a', 'b'])\ndbutils.widgets.get('w')") == "'a'");
  CHECK(rows("SELECT :w AS w") == Json{{"a"}});
  CHECK(error("dbutils.widgets.get('none')")
            .at("summary")
            .get<std::string>()
            .find("com.databricks.dbutils_v1.InputWidgetNotDefined: No input widget named none is defined") !=
        std::string::npos);
  CHECK(text("dbutils.notebook.getContext().apiUrl().get()") == "'" + sharedEmulator().host() + "'");
  CHECK(text("dbutils.notebook.entry_point.getDbutils().notebook().getContext().apiToken().get()") == "'[REDACTED]'");
}
