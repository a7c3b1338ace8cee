// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include "command_context.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

bool startsWith(const Json& text, const std::string& start) { return text.get<std::string>().starts_with(start); }

}  // namespace

TEST_CASE_METHOD(CommandContext, "Python keeps its state, and the last expression is shown") {
  CHECK(text("x = 20\nprint('hello')\nx + 1") == "hello\n21");
  CHECK(text("x") == "20");
  CHECK(text("y = 1") == "");
  CHECK(text("print('a'); print('b')") == "a\nb");
  CHECK(text("None") == "");
  CHECK(text("import os; print(1, flush=True); _ = os.system('echo 2'); print(3)") == "1\n2\n3");
  CHECK(text("print('\\u00e9\\U0001F600')") == "\u00e9\U0001F600");
  CHECK(text("def f():\n  return __name__\nf()") == "'__main__'");
  CHECK(text("dbutils.notebook.exit('bye')") == "bye");
  CHECK(text("dbutils.widgets.text('w', 'v')\ndbutils.widgets.get('w')") == "'v'");
  CHECK(text("displayHTML('<b>x</b>')") == "<b>x</b>");
  CHECK(text("print('x' * 5_000_000)").size() < 2'200'000);
}

TEST_CASE_METHOD(CommandContext, "nothing that user code does to its descriptors breaks the protocol") {
  CHECK(text("import os, sys\nos.close(0); os.close(1); os.close(2)") == "");
  CHECK(text("sys.stdout = None\n1") == "1");
  CHECK(text("print('back')") == "back");
  CHECK(text("os.write(1, b'R{\"resultType\":\"text\"}\\n'); None").find("resultType") != std::string::npos);
  CHECK(text("pid = os.fork()\nif pid: os.waitpid(pid, 0)\nprint('one' if pid else '')").find("one") !=
        std::string::npos);
  CHECK(error("input()").at("summary") == "<span class=\"ansi-red-fg\">EOFError</span>: EOF when reading a line");
}

TEST_CASE_METHOD(CommandContext, "an exception is a finished command with an error result") {
  auto zero = error("def f(n):\n  return 1 / n\nf(0)");
  CHECK(zero.at("summary") == "<span class=\"ansi-red-fg\">ZeroDivisionError</span>: division by zero");
  std::string cause = zero.at("cause");
  CHECK(cause.find("Traceback (most recent call last)") != std::string::npos);
  CHECK(cause.find("\x1b[0;32m<command-1>:2\x1b[0m, in \x1b[0;36mf\x1b[0m") != std::string::npos);
  CHECK(cause.find("return 1 / n") != std::string::npos);
  CHECK(cause.find("driver.py") == std::string::npos);
  CHECK(cause.ends_with("ZeroDivisionError\x1b[0m: division by zero"));

  CHECK(error("raise ValueError('<b> & c')").at("summary") ==
        "<span class=\"ansi-red-fg\">ValueError</span>: &lt;b&gt; &amp; c");
  CHECK(startsWith(error("for i in range(3)\n  pass").at("summary"), "<span class=\"ansi-red-fg\">SyntaxError</span>"));
  CHECK(startsWith(error("import sys\nsys.exit(1)").at("summary"), "<span class=\"ansi-red-fg\">SystemExit</span>"));
  CHECK(text("1") == "1");
}

TEST_CASE_METHOD(CommandContext, "magics are answered as a cluster answers them") {
  CHECK(error("%foo bar").at("summary") ==
        "<span class=\"ansi-red-fg\">UsageError</span>: Line magic function `%foo` not found.");
  CHECK(error("%%nope\nls").at("summary") ==
        "<span class=\"ansi-red-fg\">UsageError</span>: Cell magic `%%nope` not found.");
  for (auto magic : {"%md # hi", "%sh ls", "%fs ls /", "%run ./x", "%sql select 1"})
    CHECK(startsWith(error(magic).at("summary"), "<span class=\"ansi-red-fg\">SyntaxError</span>"));
  CHECK(startsWith(error("%pip install --no-index of-no-such-name").at("summary"),
                   "<span class=\"ansi-red-fg\">CalledProcessError</span>"));
  CHECK(text("%matplotlib inline\nx = '''\n%not a magic'''\nx") == "'\\n%not a magic'");
  CHECK(text("!echo hi") == "hi");
}

TEST_CASE_METHOD(CommandContext, "scala and r are not allowed on these clusters") {
  for (auto language : {"scala", "r"})
    CHECK(error("1", language)
              .at("summary")
              .get<std::string>()
              .find("only allowed sql and python commands on this cluster") != std::string::npos);
}

TEST_CASE_METHOD(CommandContext, "display makes a table with double-encoded types") {
  auto table =
      run("import pandas as pd, decimal, datetime\n"
          "display(pd.DataFrame({'i': [1, 2**60], 'f': [1.5, float('nan')], 's': ['a', None], 'b': [True, False],\n"
          "  't': pd.to_datetime(['2024-01-02 03:04:05.678', None]), 'd': [decimal.Decimal('1.50'), None],\n"
          "  'day': [datetime.date(2024, 5, 6), None], 'l': [[1, 2], []], 'inf': [float('inf'), 1.0]}))");
  REQUIRE(table.at("resultType") == "table");
  CHECK(table.at("isJsonSchema") == true);
  CHECK(table.at("truncated") == false);
  CHECK(table.at("data")[0] ==
        Json{1, 1.5, "a", true, "2024-01-02T03:04:05.678Z", "1.50", "2024-05-06", {1, 2}, "Infinity"});
  CHECK(table.at("data")[1] ==
        Json{1152921504606846976, nullptr, nullptr, false, nullptr, nullptr, nullptr, Json::array(), 1.0});
  std::vector<std::string> types;
  for (const auto& column : table.at("schema")) {
    types.push_back(column.at("type"));
    CHECK(column.at("metadata") == "{}");
  }
  CHECK(types == std::vector<std::string>{
                     "\"long\"", "\"double\"", "\"string\"", "\"boolean\"", "\"timestamp\"", "\"decimal(38,2)\"",
                     "\"date\"", R"({"type":"array","elementType":"long","containsNull":true})", "\"double\""});
  auto many = run("display(spark.range(12_000))");
  CHECK(many.at("truncated") == true);
  CHECK(many.at("data").size() == 10'000);
  auto none = run("display(pd.DataFrame({'a': []}))");
  CHECK(none.at("data") == Json::array());
  CHECK(none.at("schema").size() == 1);
}

TEST_CASE_METHOD(CommandContext, "plots are images") {
  auto one = run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()");
  CHECK(one.at("resultType") == "image");
  CHECK(startsWith(one.at("fileName"), "data:image/png;base64,iVBOR"));
  auto two = run("plt.figure(); plt.plot([1])\nplt.figure(); plt.plot([2]); None");
  CHECK(two.at("resultType") == "images");
  CHECK(two.at("fileNames").size() == 2);
  CHECK(text("1") == "1");
  CHECK(run("fig, ax = plt.subplots()\ndisplay(fig)\nplt.close(fig)").at("resultType") == "image");
}

TEST_CASE_METHOD(CommandContext, "SQL runs against real tables that outlive the context") {
  CHECK(rows("CREATE SCHEMA IF NOT EXISTS main.tests") == Json::array());
  CHECK(rows("CREATE OR REPLACE TABLE main.tests.t (id BIGINT, name STRING, price DECIMAL(10, 2), ok BOOLEAN, "
             "day DATE) USING DELTA COMMENT 'x'") == Json::array());
  CHECK(rows("INSERT INTO main.tests.t VALUES (1, '007', 2.5, true, '2024-01-02'), (2, \"b\", NULL, false, NULL)") ==
        Json{{2, 2}});
  auto table = run("SELECT * FROM main.tests.t ORDER BY id", "sql");
  CHECK(table.at("data") == Json{{1, "007", "2.50", true, "2024-01-02"}, {2, "b", nullptr, false, nullptr}});
  CHECK(table.at("schema")[2].at("type") == "\"decimal(10,2)\"");

  CommandContext other;
  CHECK(other.rows("SELECT t.name, t.id / 2 half FROM main.tests.t WHERE t.id = 1") ==
        Json::parse(R"([["007", 0.5]])"));
  CHECK(other.rows("USE main.tests") == Json::array());
  CHECK(other.rows("WITH q AS (SELECT id FROM t) SELECT count(*) FROM q JOIN `t` x ON x.id = q.id -- note") ==
        Json{{2}});
  CHECK(other.rows("UPDATE t SET name = 'c' WHERE id = 2") == Json{{1}});
  CHECK(other.rows("SELECT max(name), CAST(id AS STRING) FROM t GROUP BY id ORDER BY id DESC LIMIT 1") ==
        Json::parse(R"([["c", "2"]])"));
  CHECK(other.rows("SHOW TABLES") == Json{{"tests", "t", false}});
  CHECK(other.rows("SHOW TABLES IN main.tests LIKE 'x*'") == Json::array());
  CHECK(other.rows("SHOW CATALOGS") == Json{{"hive_metastore"}, {"main"}, {"samples"}, {"system"}});
  CHECK(rows("DESCRIBE TABLE main.tests.t")[2] == Json{"price", "decimal(10,2)", nullptr});
  CHECK(rows("SELECT extract(YEAR FROM day) FROM main.tests.t WHERE day IS NOT NULL") == Json{{2024}});
  CHECK(rows("CREATE OR REPLACE TABLE main.tests.copy AS SELECT id, price FROM main.tests.t") == Json::array());
  CHECK(run("SELECT price FROM main.tests.copy", "sql").at("schema")[0].at("type") == "\"decimal(10,2)\"");
  CHECK(rows("DROP TABLE main.tests.copy") == Json::array());
}

TEST_CASE_METHOD(CommandContext, "Spark's SQL is understood where SQLite's differs") {
  CHECK(rows("SELECT 'it\\'s', \"a\", 7 / 2, 7 DIV 2, left('abc', 2) FROM range(1)") ==
        Json::parse(R"([["it's", "a", 3.5, 3, "ab"]])"));
  CHECK(run("SELECT 7 / 2, left('abc', 2)", "sql").at("schema")[1].at("name") == "left(abc, 2)");
  CHECK(rows("SELECT sum(id) FROM range(2, 5)") == Json{{9}});
  CHECK(rows("(SELECT 1)") == Json{{1}});
  CHECK(rows("SELECT 'a;b'; SELECT 2 -- last;") == Json{{2}});
  CHECK(rows("SELECT r.id FROM range(2) r, (SELECT 5 AS x) AS t WHERE t.x > r.id ORDER BY 1") ==
        Json::parse("[[0],[1]]"));
  CHECK(error("CONVERT TO DELTA t", "sql").at("summary").get<std::string>().find("not part of the Trowel") !=
        std::string::npos);
  CHECK(error("SELECT * FROM explode(1)", "sql").at("resultType") == "error");
}

TEST_CASE_METHOD(CommandContext, "SQL errors say what Spark says") {
  auto missing = error("SELECT * FROM main.default.nope", "sql");
  CHECK(startsWith(missing.at("summary"),
                   "Error in SQL statement: AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view "
                   "`main`.`default`.`nope` cannot be found."));
  CHECK(startsWith(missing.at("cause"), "org.apache.spark.sql.AnalysisException: "));
  CHECK(startsWith(error("SELEC 1", "sql").at("summary"),
                   "Error in SQL statement: ParseException: [PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'."));
  CHECK(error("SELECT nope FROM range", "sql").at("resultType") == "error");
  CHECK(error("SELECT nope(1)", "sql").at("summary").get<std::string>().find("UNRESOLVED_ROUTINE") !=
        std::string::npos);
  auto python = error("spark.sql('select * from nope')");
  CHECK(startsWith(python.at("summary"),
                   "<span class=\"ansi-red-fg\">AnalysisException</span>: [TABLE_OR_VIEW_NOT_FOUND]"));
}

TEST_CASE_METHOD(CommandContext, "spark.sql and SQL see the same tables and views") {
  CHECK(text("df = spark.createDataFrame([(1, 'a'), (2, 'b')], ['n', "
             "'s'])\ndf.createOrReplaceTempView('v')\ndf.count()") == "2");
  CHECK(rows("SELECT s FROM v WHERE n = 2") == Json{{"b"}});
  CHECK(text("spark.sql('SELECT sum(n) AS total FROM v').collect()") == "[Row(total=3)]");
  CHECK(text("spark.table('v').filter('n > 1').collect()[0].s") == "'b'");
  CHECK(text("df") == "DataFrame[n: bigint, s: string]");
  CHECK(text("df.limit(1).show()") == "+---+---+\n|  n|  s|\n+---+---+\n|  1|  a|\n+---+---+\n");
  CHECK(text("spark.sql('SELECT * FROM v').toPandas().shape") == "(2, 2)");
  CHECK(text("spark.range(3).columns") == "['id']");
  CHECK(run("display(spark.sql('SELECT * FROM v'))").at("data") == Json{{1, "a"}, {2, "b"}});
  CHECK(run("spark.sql('SELECT 1 AS one').display()").at("data") == Json{{1}});
  CHECK(text("from pyspark.sql import SparkSession\nSparkSession.builder.appName('x').getOrCreate() is spark") ==
        "True");
  CHECK(error("df.writeStream").at("summary").get<std::string>().find("is not part of the Trowel emulator") !=
        std::string::npos);
  CommandContext other;
  CHECK(
      startsWith(other.error("SELECT * FROM v", "sql").at("summary"), "Error in SQL statement"));  // views are private
}

TEST_CASE_METHOD(CommandContext, "commands of a context run in the order they came") {
  text("seen = []");
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(begin("seen.append(" + std::to_string(i) + ")"));
  for (const auto& id : ids) await(id);
  CHECK(text("seen == list(range(20))") == "True");
}

TEST_CASE_METHOD(CommandContext, "a command can be cancelled, running or queued") {
  TemporaryFolder folder;
  text("import time, pathlib\nkept = 1");
  auto running = begin("pathlib.Path('" + (folder.path / "a").string() + "').touch()\ntime.sleep(600)");
  auto queued = begin("kept = 2");
  CHECK(state(queued).at("status") == "Queued");
  CHECK(state(queued).at("results") == nullptr);
  awaitFile(folder.path / "a");
  CHECK(state(running).at("status") == "Running");
  CHECK(cancel(queued).body.at("id") == queued);
  CHECK(state(queued).at("status") == "Cancelled");
  CHECK(cancel(running).status == 200);
  auto done = await(running);
  CHECK(done.at("status") == "Cancelled");
  CHECK(done.at("results").at("cause").get<std::string>().find("CommandCancelledException") != std::string::npos);
  CHECK(text("kept") == "1");
  CHECK(cancel(running).status == 200);
  CHECK(state(running).at("status") == "Cancelled");

  // At once, before Python has even read it.
  auto early = begin("time.sleep(600)");
  cancel(early);
  CHECK(await(early).at("status") == "Cancelled");
  auto query = begin("SELECT sum(id) FROM range(1000000000000)", "sql");
  while (state(query).at("status") == "Queued") {
  }
  cancel(query);
  CHECK(await(query).at("status") == "Cancelled");
  CHECK(text("kept") == "1");
}

TEST_CASE("a command that ignores the interrupt is killed after the grace time") {
  trowel::test::ManualClock clock;
  auto emulator = std::move(Emulator::start({.cancelGraceTime = 5s}, clock).value());
  WorkspaceClient client(*emulator);
  CommandContext context(*emulator, createCluster(client));
  TemporaryFolder folder;
  auto id = context.begin("import signal, pathlib, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\npathlib.Path('" +
                          (folder.path / "a").string() + "').touch()\nwhile True: time.sleep(1)");
  context.awaitFile(folder.path / "a");
  context.cancel(id);
  CHECK(context.state(id).at("status") == "Cancelling");
  while (context.state(id).at("status") == "Cancelling") clock.advance(5s);  // the grace time may not have begun yet
  CHECK(context.await(id).at("status") == "Cancelled");
  CHECK(context.status().body.at("status") == "Error");
}

TEST_CASE_METHOD(CommandContext, "a Python process that dies is an infrastructure error, and the context is lost") {
  auto id = begin("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)");
  auto waiting = begin("1");
  auto done = await(id);
  CHECK(done.at("status") == "Error");
  CHECK(done.at("results").at("cause").get<std::string>().find("killed by the signal KILL") != std::string::npos);
  for (int again = 0; again < 20; ++again) {  // the end of its socket and its own end come at once
    CommandContext other;
    auto died = other.await(other.begin("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)"));
    CHECK(died.at("results").at("cause").get<std::string>().find("killed by the signal SEGV") != std::string::npos);
  }
  CHECK(await(waiting).at("status") == "Error");
  CHECK(status().body.at("status") == "Error");
  auto later = execute("1");
  CHECK(later.status == 500);
  CHECK(startsWith(later.body.at("error"), "InvalidStateException: "));

  CommandContext exiting;
  CHECK(exiting.await(exiting.begin("import os; os._exit(3)"))
            .at("results")
            .at("cause")
            .get<std::string>()
            .find("exited with status 3") != std::string::npos);
}

TEST_CASE("contexts need a running cluster and end with it") {
  trowel::test::ManualClock clock;
  auto emulator = std::move(Emulator::start({.clusterStartTime = 60s, .contextStartTime = 2s}, clock).value());
  WorkspaceClient client(*emulator);
  auto clusterId = createCluster(client);
  auto early = client.post("/api/1.2/contexts/create", {{"clusterId", clusterId}, {"language", "python"}});
  CHECK(early.status == 500);
  CHECK(early.body == Json{{"error", "ClusterNotReadyException: Cluster " + clusterId +
                                         " not currently ready for driver client (currently Pending)"}});
  auto unknown = client.post("/api/1.2/contexts/create", {{"clusterId", "nope"}, {"language", "python"}});
  CHECK(unknown.status == 500);
  CHECK(unknown.body.at("error") == "ClusterNotFoundException: Cluster not found: nope");

  clock.advance(60s);
  CommandContext context(*emulator, clusterId);
  CHECK(context.status().body == Json{{"id", context.contextId}, {"status", "Pending"}});
  clock.advance(2s);
  CHECK(context.status().body.at("status") == "Running");
  CHECK(context.text("6 * 7") == "42");

  TemporaryFolder folder;
  context.begin("import os, pathlib, time\npathlib.Path('" + (folder.path / "pid").string() +
                ".new').write_text(str(os.getpid()))\nos.rename('" + (folder.path / "pid").string() + ".new', '" +
                (folder.path / "pid").string() + "')\ntime.sleep(600)");
  context.awaitFile(folder.path / "pid");
  std::string pid;
  std::ifstream(folder.path / "pid") >> pid;
  CHECK(client.post("/api/2.1/clusters/restart", {{"cluster_id", clusterId}}).status == 200);
  CHECK_FALSE(std::filesystem::exists("/proc/" + pid));
  CHECK(startsWith(context.execute("1").body.at("error"), "ClusterNotReadyException"));
  clock.advance(30s);
  auto lost = context.execute("1");
  CHECK(lost.status == 500);
  CHECK(startsWith(lost.body.at("error"), "ContextNotFoundException"));
}

TEST_CASE_METHOD(CommandContext, "1.2 has error words of its own") {
  auto call = [&](const std::string& path, const Json& body) {
    auto reply = client.post("/api/1.2/" + path, body);
    CHECK(reply.status == 500);
    return reply.body.value("error", reply.text);
  };
  CHECK(call("contexts/create", {{"language", "python"}}) ==
        "IllegalArgumentException: requirement failed: missing clusterId");
  CHECK(call("contexts/create", {{"clusterId", clusterId}}) ==
        "IllegalArgumentException: requirement failed: missing language");
  CHECK(call("commands/execute", {{"clusterId", clusterId}}) ==
        "IllegalArgumentException: requirement failed: missing contextId");
  Json named{{"clusterId", clusterId}, {"contextId", "1"}, {"language", "python"}, {"command", Json::object()}};
  CHECK(call("commands/execute", named) == "IllegalArgumentException: requirement failed: missing command");
  named["command"] = "";
  CHECK(call("commands/execute", named).starts_with("ContextNotFoundException"));
  CHECK(call("commands/cancel", {{"clusterId", clusterId}, {"contextId", contextId}, {"commandId", "x"}})
            .starts_with("CommandNotFoundException"));
  CHECK(execute("1", "java").body.at("error").get<std::string>().find("Unsupported language") != std::string::npos);

  CommandContext other;
  CHECK(other.client.post("/api/1.2/contexts/destroy", {{"clusterId", other.clusterId}, {"contextId", other.contextId}})
            .body == Json{{"id", other.contextId}});
  CHECK(startsWith(other.status().body.at("error"), "ContextNotFoundException"));
}

TEST_CASE("a cluster has room for 145 contexts") {
  auto emulator = std::move(Emulator::start({}).value());
  WorkspaceClient client(*emulator);
  auto clusterId = createCluster(client);
  Json body{{"clusterId", clusterId}, {"language", "python"}};
  for (int i = 0; i < 145; ++i) REQUIRE(client.post("/api/1.2/contexts/create", body).status == 200);
  auto full = client.post("/api/1.2/contexts/create", body);
  CHECK(full.status == 500);
  CHECK(full.body.at("error") == "Too many execution contexts are open right now.(Limit set to 145)");
}

TEST_CASE("stopping the emulator ends its processes and removes its folder") {
  auto emulator = std::move(Emulator::start({}).value());
  WorkspaceClient client(*emulator);
  TemporaryFolder folder;
  std::string pid;
  std::string work;
  {
    CommandContext context(*emulator, createCluster(client));
    pid = context.text("import os\nprint(os.getpid())");
    work = context.text("print(os.getcwd())");
    context.begin("import time, pathlib\npathlib.Path('" + (folder.path / "a").string() +
                  "').touch()\ntime.sleep(600)");
    context.awaitFile(folder.path / "a");
    emulator->stop();
  }
  CHECK_FALSE(std::filesystem::exists("/proc/" + pid));
  CHECK(std::filesystem::exists(work));
  emulator.reset();
  CHECK_FALSE(std::filesystem::exists(work));
}
