// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/commands.hpp"

#include "databricks/reading/command_result.hpp"
#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;
using Kind = ResultCell::Kind;

namespace {

constexpr CommandRef kRef{.cluster = "c", .context = "x", .command = "m"};
constexpr const char* kStatusTarget = "/api/1.2/commands/status?clusterId=c&commandId=m&contextId=x";

Command statusOf(const std::string& body) {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", kStatusTarget).reply(200, body);
  return Commands(scripted.rest).status(kRef).value();
}

}  // namespace

TEST_CASE("a context is made, asked for and destroyed") {
  test::ScriptedWorkspace scripted;
  Commands commands(scripted.rest);
  scripted.http.on("POST", "/api/1.2/contexts/create")
      .withJson(R"({"clusterId":"c","language":"python"})")
      .reply(200, R"({"id":"3216732672153451234"})");
  CHECK(commands.createContext("c", "python").value() == "3216732672153451234");
  scripted.http.on("GET", "/api/1.2/contexts/status?clusterId=c&contextId=x")
      .reply(200, R"({"id":"x","status":"Pending"})");
  CHECK_FALSE(commands.contextStatus("c", "x")->isRunning());
  scripted.http.on("POST", "/api/1.2/contexts/destroy").withJson(R"({"clusterId":"c","contextId":"x"})");
  CHECK(commands.destroyContext("c", "x"));
}

TEST_CASE("a command is sent once, whatever happens to the connection") {
  test::ScriptedWorkspace scripted;
  Commands commands(scripted.rest);
  scripted.http.on("POST", "/api/1.2/commands/execute")
      .withJson(R"({"clusterId":"c","contextId":"x","language":"sql","command":"SELECT 'ü'"})")
      .reply(200, R"({"id":"ab01"})");
  CHECK(commands.execute("c", "x", "sql", "SELECT 'ü'").value() == "ab01");
  scripted.http.on("POST", "/api/1.2/commands/execute").drop();
  CHECK(commands.execute("c", "x", "sql", "SELECT 1").error().code == ErrorCode::Unavailable);
  scripted.http.on("POST", "/api/1.2/commands/execute").reply(200, "{}");
  CHECK(commands.execute("c", "x", "sql", "SELECT 1").error().code == ErrorCode::DataLoss);
  scripted.http.on("POST", "/api/1.2/commands/cancel").withJson(R"({"clusterId":"c","contextId":"x","commandId":"m"})");
  CHECK(commands.cancel(kRef));
}

TEST_CASE("a cluster that is coming up is waited for, one that is going down is not") {
  test::ScriptedWorkspace scripted;
  Commands commands(scripted.rest);
  auto notReady = [](const char* state) {
    return std::string(R"({"error":"ClusterNotReadyException: Cluster c not currently ready for driver client )") +
           "(currently " + state + ")\"}";
  };
  scripted.http.on("POST", "/api/1.2/contexts/create").reply(500, notReady("Pending"));
  scripted.http.on("POST", "/api/1.2/contexts/create").reply(200, R"({"id":"1"})");
  CHECK(commands.createContext("c", "python"));
  scripted.http.on("POST", "/api/1.2/contexts/create").reply(500, notReady("Terminated"));
  auto refused = commands.createContext("c", "python");
  CHECK(refused.error().code == ErrorCode::Conflict);
  CHECK(refused.error().httpStatus == 500);
}

TEST_CASE("a command that runs has no result yet") {
  for (auto body : {R"({"id":"m","status":"Running","results":null})", R"({"id":"m","status":"Queued"})"}) {
    auto command = statusOf(body);
    CHECK_FALSE(command.isOver());
    CHECK_FALSE(command.result);
  }
}

TEST_CASE("text is taken as it is") {
  auto command = statusOf(R"({"id":"m","status":"Finished","results":{"resultType":"text","data":"Out[1]: 2"}})");
  CHECK(command.isOver());
  CHECK(command.result->type == "text");
  CHECK(command.result->text == "Out[1]: 2");
}

TEST_CASE("a table keeps every value exactly and tells its types in Spark's short form") {
  auto command = statusOf(R"({"id":"m","status":"Finished","results":{"resultType":"table",
    "data":[[9223372036854775807,"a \"b\"",1.5,true,null,"5365.62",[1,2],{"k":"v"}]],
    "schema":[{"name":"id","type":"\"long\"","metadata":"{}"},{"name":"s","type":"\"string\"","metadata":"{}"},
      {"name":"d","type":"\"double\""},{"name":"b","type":"\"boolean\""},{"name":"n","type":"\"void\""},
      {"name":"m","type":"\"decimal(12,2)\""},
      {"name":"a","type":"{\"type\":\"array\",\"elementType\":\"integer\",\"containsNull\":true}"},
      {"name":"p","type":"{\"type\":\"map\",\"keyType\":\"string\",\"valueType\":\"string\"}"}],
    "truncated":true,"isJsonSchema":true}})");
  const auto& result = *command.result;
  CHECK(result.truncated);
  REQUIRE(result.columns.size() == 8);
  CHECK(result.columns[0].type == "long");
  CHECK(result.columns[0].metadata == "{}");
  CHECK(result.columns[5].type == "decimal(12,2)");
  CHECK(result.columns[6].type == "array<integer>");
  CHECK(result.columns[7].type == "map<string,string>");
  REQUIRE(result.rows.size() == 1);
  const auto& row = result.rows[0];
  REQUIRE(row.size() == 8);
  CHECK((row[0].kind == Kind::Number && row[0].text == "9223372036854775807"));
  CHECK((row[1].kind == Kind::Text && row[1].text == "a \"b\""));
  CHECK((row[2].kind == Kind::Number && row[2].text == "1.5"));
  CHECK((row[3].kind == Kind::Bool && row[3].text == "true"));
  CHECK(row[4].kind == Kind::Null);
  CHECK((row[5].kind == Kind::Text && row[5].text == "5365.62"));
  CHECK((row[6].kind == Kind::Json && row[6].text == "[1,2]"));
  CHECK((row[7].kind == Kind::Json && row[7].text == R"({"k":"v"})"));
}

TEST_CASE("types are nested, plain, or whatever they are") {
  CHECK(shortType(R"({"type":"struct","fields":[{"name":"a","type":"string"},
                     {"name":"b","type":{"type":"array","elementType":"long"}}]})") ==
        "struct<a:string,b:array<long>>");
  CHECK(shortType("\"timestamp_ntz\"") == "timestamp_ntz");
  CHECK(shortType("bigint") == "bigint");
  CHECK(shortType("12") == "12");
  CHECK(shortType("") == "");
  CHECK(shortType(R"({"type":"array"})") == "array<?>");
  CHECK(shortType(R"({"type":"struct","fields":[1]})") == "struct<:?>");
}

TEST_CASE("an empty table is one") {
  auto command = statusOf(
      R"({"status":"Finished","results":{"resultType":"table","data":[],"schema":[{"name":"a","type":"\"long\""}]}})");
  CHECK(command.result->rows.empty());
  CHECK(command.result->columns.size() == 1);
}

TEST_CASE("one image or several are the same to the reader") {
  CHECK(statusOf(R"({"status":"Finished","results":{"resultType":"image","fileName":"data:image/png;base64,aa"}})")
            .result->images == std::vector<std::string>{"data:image/png;base64,aa"});
  CHECK(statusOf(R"({"status":"Finished","results":{"resultType":"images","fileNames":["a","/plots/b.png"]}})")
            .result->images == std::vector<std::string>{"a", "/plots/b.png"});
}

TEST_CASE("an error's summary becomes plain text, its traceback keeps its colours") {
  auto command = statusOf(R"({"status":"Finished","results":{"resultType":"error",
    "summary":"<span class=\"ansi-red-fg\">ZeroDivisionError</span>: a &lt;b&gt; &amp;lt; &#39;c&#39; <d>",
    "cause":"\u001b[0;31mZeroDivisionError\u001b[0m: division by zero"}})");
  CHECK(command.isOver());
  CHECK(command.result->summary == "ZeroDivisionError: a <b> &lt; 'c' <d>");
  CHECK(command.result->cause == "\x1b[0;31mZeroDivisionError\x1b[0m: division by zero");
  CHECK(statusOf(R"({"status":"Finished","results":{"resultType":"error","summary":null,"cause":"x"}})")
            .result->summary.empty());
  CHECK(plainSummary("cut <span class=") == "cut ");
}
