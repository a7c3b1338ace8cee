// SPDX-License-Identifier: Apache-2.0
// The C++ side of the driver protocol, against a driver that plays a script.
#include "emulator/execution/host_calls.hpp"

#include <fstream>
#include <future>

#include "command_context.hpp"
#include "emulator/execution/execution_context.hpp"
#include "emulator/execution/preparation.hpp"
#include "emulator/execution/python_interpreter.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"

using namespace trowel;
using namespace trowel::emulator;
using emulator::test::Json;
using emulator::test::TemporaryFolder;
using namespace std::chrono_literals;

namespace {

// Executes the command as Python with `say(line)`, `ask(json)` and `configuration`; its `result` is the answer.
constexpr const char* kDriver = R"(
import json, signal, socket
def main(configuration):
    link = socket.socket(fileno=3)
    lines = link.makefile("r")
    say = lambda line: link.sendall((line + "\n").encode())
    def ask(**question):
        say("Q" + json.dumps(question))
        return json.loads(lines.readline())
    for line in lines:
        names = {"say": say, "ask": ask, "configuration": json.loads(configuration), "result": "", "lines": lines, "json": json}
        say("S")
        try:
            exec(json.loads(line)["command"], names)
        except KeyboardInterrupt:
            names["result"] = "interrupted"
        say("R" + json.dumps({"resultType": "text", "data": names["result"]}))
)";

struct ScriptedContext {
  TemporaryFolder folder;
  trowel::test::ManualClock clock;
  core::Timer timer{clock};
  HostCalls calls;
  std::unique_ptr<ExecutionContext> context;
  int commands = 0;

  ExecutionContext& start(ContextSetup setup = {}) {
    std::filesystem::create_directories(folder.path / "trowel_cluster");
    std::ofstream(folder.path / "trowel_cluster" / "driver.py") << kDriver;
    REQUIRE(writeKeeper(folder.path).has_value());
    context = std::make_unique<ExecutionContext>(
        clock, timer,
        ExecutionContext::Settings{
            .python = {.interpreter = findPython().value(),
                       .modules = folder.path.string(),
                       .work = folder.path.string(),
                       .configuration = driverConfiguration(R"({"tables":"t"})", setup, {"http://x", "secret"})},
            .readyAt = {},
            .cancelGrace = 1h,
            .working = [](bool) {},
            .origin = setup.origin,
            .hostCalls = &calls});
    return *context;
  }
  std::string begin(const std::string& code) {
    std::string id = std::to_string(++commands);
    REQUIRE(context->execute(id, {{"language", "python"}, {"command", code}}).has_value());
    return id;
  }
  CommandStatus run(const std::string& code) { return context->await(begin(code), {}).value(); }
  Json data(const std::string& code) { return Json::parse(run(code).results).at("data"); }
};

}  // namespace

TEST_CASE_METHOD(ScriptedContext, "user code asks, and a handler of that name answers") {
  calls.add("secrets/get", [](const HostCall& call) -> Reply<Json> {
    if (call.parameters.value("key", "") != "k") return doesNotExist("No such secret.");
    return Json{{"value", call.origin.user.name + " " + call.parameters.value("scope", "")}};
  });
  start({.origin = {.user = {.id = "1", .name = "ada"}}});
  CHECK(data("result = ask(call='secrets/get', scope='s', key='k')") == Json{{"result", {{"value", "ada s"}}}});
  CHECK(data("result = [ask(call='secrets/get', key='k')['result'], ask(call='secrets/get')]") ==
        Json::parse(R"([{"value":"ada "},{"error":{"code":"RESOURCE_DOES_NOT_EXIST","message":"No such secret."}}])"));
  CHECK(data("result = ask(call='nope')['error']['code']") == "NOT_IMPLEMENTED");
  CHECK(data("say('Qnot json'); result = json.loads(lines.readline())['error']['code']") == "NOT_IMPLEMENTED");
}

TEST_CASE_METHOD(ScriptedContext, "the value of dbutils.notebook.exit is told from the result") {
  start();
  auto done = run("say('X' + json.dumps('b\\u00fcy\\n'))\nresult = 'shown'");
  CHECK(done.state == CommandState::Finished);
  CHECK(done.exit == "b\u00fcy\n");
  CHECK(run("result = 1").exit == std::nullopt);
}

TEST_CASE_METHOD(ScriptedContext, "an interrupt ends the question that user code waits for") {
  std::promise<void> asked;
  calls.add("notebook/run", [&](const HostCall& call) -> Reply<Json> {
    std::promise<void> ended;
    auto registration = call.cancel.onCancel([&] { ended.set_value(); });
    asked.set_value();
    ended.get_future().wait();
    return refuse(499, "CANCELLED", "Cancelled.");
  });
  start();
  auto id = begin("ask(call='notebook/run')");
  asked.get_future().wait();
  CHECK(context->cancel(id));
  CHECK(context->await(id, {})->state == CommandState::Cancelled);
}

TEST_CASE_METHOD(ScriptedContext, "a context that is stopped ends the question too") {
  std::promise<void> asked;
  calls.add("wait", [&](const HostCall& call) -> Reply<Json> {
    std::promise<void> ended;
    auto registration = call.cancel.onCancel([&] { ended.set_value(); });
    asked.set_value();
    ended.get_future().wait();
    return refuse(499, "CANCELLED", "Cancelled.");
  });
  start();
  auto id = begin("ask(call='wait')");
  asked.get_future().wait();
  context->stop();
  CHECK(context->await(id, {})->state == CommandState::Error);
  CHECK_FALSE(context->execute("later", {{"command", "1"}}).has_value());
}

TEST_CASE_METHOD(ScriptedContext, "whoever awaits a command cancels it with his token") {
  TemporaryFolder marks;
  start();
  core::CancelSource source;
  auto id = begin("open('" + (marks.path / "a").string() + "', 'w').close()\nimport time\ntime.sleep(600)");
  auto waiting = std::async(std::launch::async, [&] { return context->await(id, source.token()); });
  while (!std::filesystem::exists(marks.path / "a")) std::this_thread::yield();
  source.cancel(core::CancelReason::Client);
  CHECK(waiting.get()->state == CommandState::Cancelled);
  CHECK(context->await("nope", {}) == std::nullopt);
}

TEST_CASE_METHOD(ScriptedContext, "the driver learns for whom and for what it runs, and nobody else does") {
  ContextSetup setup = notebookSetup(
      {.user = {.id = "1", .name = "ada"}, .clusterId = "c", .jobId = 5, .jobRunId = 6, .runId = 7, .taskKey = "t"},
      "/Repos/ada/shop/jobs/nb", "/Repos/ada/shop");
  setup.widgets["day"] = "2024-01-01";
  start(setup);
  Json configuration = data("result = configuration");
  CHECK(configuration.at("tables") == "t");
  CHECK(configuration.at("notebook") == "/Repos/ada/shop/jobs/nb");
  CHECK(configuration.at("cwd") == "/Workspace/Repos/ada/shop/jobs");
  CHECK(configuration.at("sysPath") == Json{"/Workspace/Repos/ada/shop"});
  CHECK(configuration.at("widgets") == Json{{"day", "2024-01-01"}});
  CHECK(configuration.at("context") == Json{{"user", "ada"},
                                            {"clusterId", "c"},
                                            {"apiUrl", "http://x"},
                                            {"apiToken", "secret"},
                                            {"jobId", "5"},
                                            {"jobRunId", "6"},
                                            {"runId", "7"},
                                            {"taskKey", "t"}});
  CHECK(data("result = 'secret' in open('/proc/self/cmdline').read()") == false);
}

TEST_CASE_METHOD(ScriptedContext, "a context remembers results up to a bound, and takes no endless queue") {
  start();
  auto first = begin("result = 'x' * 30_000_000");
  for (int i = 0; i < 2; ++i) run("result = 'x' * 30_000_000");
  auto last = begin("result = 1");
  CHECK(context->await(last, {})->state == CommandState::Finished);
  CHECK(context->command(first) == std::nullopt);

  begin("lines.readline()");
  std::string big(30'000'000, '#');
  CHECK(context->execute("b1", {{"command", big}}).has_value());
  CHECK(context->execute("b2", {{"command", big}}).has_value());
  auto refused = context->execute("b3", {{"command", big}});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().status == 500);
}
