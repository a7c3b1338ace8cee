// SPDX-License-Identifier: Apache-2.0
// The kernel against a workspace that really executes: both rooms read the API on their own, so what they agree on is
// what the reference says.
#include <csignal>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/catch.hpp"
#include "trowel/databricks/clusters.hpp"
#include "trowel/emulator/emulator.hpp"
#include "trowel/http/transport.hpp"
#include "trowel/kernel/cluster_start.hpp"
#include "trowel/kernel/session_table.hpp"

using namespace trowel;
using kernel::RunResult;
using kernel::RunState;

namespace {

struct Workspace {
  Workspace() {
    std::signal(SIGPIPE, SIG_IGN);
    constexpr databricks::Call kCreate{databricks::Verb::Post, "/api/2.1/clusters/create", databricks::Safety::Unsafe};
    auto created = rest->call(kCreate, {{"cluster_name", "test"},
                                        {"spark_version", "15.4.x-scala2.12"},
                                        {"node_type_id", "Standard_DS3_v2"},
                                        {"num_workers", 0}});
    REQUIRE(created);
    clusterId = core::stringAt(*created, "cluster_id");
    REQUIRE(kernel::ensureRunning(*rest, clusterId, environment()));
  }
  kernel::Environment environment() {
    return {core::systemClock(), timer, [] { return 0.5; }};
  }
  std::shared_ptr<const databricks::RestClient> connect() {
    databricks::RestConfig config;
    config.host = http::parseOrigin(emulator->host()).value();
    config.credentials = http::bearer(emulator->token());
    return std::make_shared<databricks::RestClient>(std::move(config), http, core::systemClock());
  }
  std::shared_ptr<kernel::ExecutionSession> open(const std::string& notebook) {
    return sessions.open({"test", clusterId, notebook}, rest);
  }

  std::unique_ptr<emulator::Emulator> emulator = emulator::Emulator::start({}).value();
  core::Timer timer{core::systemClock()};
  http::HttpTransport http{timer, http::NetworkOptions{}};
  std::shared_ptr<const databricks::RestClient> rest = connect();
  std::string clusterId;
  kernel::SessionTable sessions{environment()};
};

std::string shown(const RunResult& result) {
  std::string out;
  for (const auto& output : result.outputs) out += output.items.back().data + "\n";
  return out;
}

bool shows(const RunResult& result, std::string_view text) { return shown(result).find(text) != std::string::npos; }

}  // namespace

TEST_CASE("cells of every kind run on the emulator") {
  Workspace workspace;
  auto session = workspace.open("file:///a.py");
  CHECK(shown(session->run("python", "x = 20\nprint('set')")) == "set\n");
  CHECK(shown(session->run("python", "x + 22")) == "42\n");

  auto table = session->run("python", "%sql SELECT 1 AS one, NULL AS missing, 'a<b' AS text");
  CHECK(table.state == RunState::Succeeded);
  REQUIRE(table.outputs.size() == 1);
  CHECK(table.outputs[0].items[0].mime == "text/html");
  CHECK(shows(table, "one | missing | text"));

  auto plot = session->run("python", "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.show()");
  REQUIRE(plot.outputs.size() == 1);
  CHECK(plot.outputs[0].items[0].mime == "image/png");
  CHECK(plot.outputs[0].items[0].data.starts_with("\x89PNG"));

  auto html = session->run("python", "displayHTML('<h1>Hi</h1>')");
  REQUIRE(html.outputs.size() == 1);
  CHECK(html.outputs[0].items[0].mime == "text/html");

  auto error = session->run("python", "# one\n1/0");
  CHECK(error.state == RunState::Failed);
  auto json = nlohmann::json::parse(error.outputs.at(0).items.at(0).data);
  CHECK(json["name"] == "ZeroDivisionError");
  CHECK(json["message"] == "division by zero");
  CHECK(json["stack"].get<std::string>().find("----> 2") != std::string::npos);

  auto sql = session->run("sql", "SELECT * FROM no_such_table");
  CHECK(sql.state == RunState::Failed);
  CHECK(shows(sql, "TABLE_OR_VIEW_NOT_FOUND"));

  CHECK(shown(session->run("python", "%sh\necho one\necho two >&2")) == "one\ntwo\n");
  auto failedShell = session->run("python", "%sh -e false\necho no");
  CHECK(failedShell.state == RunState::Failed);

  CHECK(shown(workspace.open("file:///b.py")->run("python", "'x' in globals()")) == "False\n");
  workspace.sessions.closeAll();
}

TEST_CASE("a running cell is interrupted and the session goes on") {
  Workspace workspace;
  auto session = workspace.open("file:///a.py");
  session->run("python", "x = 1");
  for (std::string code : {"import time\nwhile True: time.sleep(60)", "%sh sleep 600"}) {
    core::CancelSource source;
    std::promise<void> running;
    bool told = false;
    workspace.emulator->clearRequests();
    std::jthread user([&] {
      running.get_future().wait();
      source.cancel(core::CancelReason::Client);
    });
    auto result = session->run("python", code, {.cancel = source.token(), .onProgress = [&](std::string_view text) {
                                                  if (text == "Running" && !std::exchange(told, true))
                                                    running.set_value();
                                                }});
    CHECK(result.state == RunState::Cancelled);
    CHECK(result.outputs.empty());
    CHECK(shown(session->run("python", "x")) == "1\n");
  }
}

TEST_CASE("faults between the kernel and the workspace do not lose the cell") {
  Workspace workspace;
  auto session = workspace.open("file:///a.py");
  session->run("python", "x = 1");
  workspace.emulator->addFault({.pattern = "GET /api/1.2/commands/status", .drop = true});
  workspace.emulator->addFault({.pattern = "GET /api/1.2/commands/status", .status = 503});
  workspace.emulator->addFault(
      {.pattern = "GET /api/1.2/commands/status", .status = 500, .body = R"({"error":"odd"})"});
  CHECK(shown(session->run("python", "x + 1")) == "2\n");
}

TEST_CASE("a restarted cluster costs the variables, not the notebook") {
  Workspace workspace;
  auto session = workspace.open("file:///a.py");
  session->run("python", "x = 1");
  REQUIRE(databricks::Clusters(*workspace.rest).restart(workspace.clusterId));
  REQUIRE(kernel::ensureRunning(*workspace.rest, workspace.clusterId, workspace.environment()));
  auto result = session->run("python", "'x' in globals()");
  CHECK(result.state == RunState::Succeeded);
  CHECK(shows(result, "variables are gone"));
  CHECK(shows(result, "False"));
}

TEST_CASE("a terminated cluster is offered, then started") {
  Workspace workspace;
  auto session = workspace.open("file:///a.py");
  session->run("python", "x = 1");
  REQUIRE(databricks::Clusters(*workspace.rest).stop(workspace.clusterId));
  auto result = session->run("python", "x");
  CHECK(result.state == RunState::ClusterNotRunning);
  REQUIRE(kernel::ensureRunning(*workspace.rest, workspace.clusterId, workspace.environment()));
  CHECK(shows(session->run("python", "1 + 1"), "2"));
}

TEST_CASE("a cluster that stops under a running cell ends it") {
  Workspace workspace;
  auto session = workspace.open("file:///a.py");
  session->run("python", "x = 1");
  workspace.emulator->addFault({.pattern = "GET /api/1.2/commands/status", .hold = true});
  std::jthread other([&] {
    workspace.emulator->awaitHeld(1);  // so the command was accepted
    (void)databricks::Clusters(*workspace.rest).stop(workspace.clusterId);
    workspace.emulator->releaseHeld();
  });
  auto result = session->run("python", "import time\ntime.sleep(600)");
  CHECK(result.state != RunState::Succeeded);
  CHECK_FALSE(shown(result).empty());
}

TEST_CASE("a busy cluster is full at 145 sessions") {
  Workspace workspace;
  workspace.emulator->addFault(
      {.pattern = "POST /api/1.2/contexts/create",
       .status = 500,
       .body = R"j({"error":"Too many execution contexts are open right now.(Limit set to 145)"})j"});
  auto result = workspace.open("file:///a.py")->run("python", "1");
  CHECK(result.state == RunState::Failed);
  CHECK(shows(result, "145"));
}
