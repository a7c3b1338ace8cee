// SPDX-License-Identifier: Apache-2.0
#include "trowel/kernel/execution_session.hpp"

#include <future>
#include <thread>

#include "scripted_cluster.hpp"

using namespace trowel;
using kernel::RunState;
using test::ScriptedCluster;
using test::shown;
using test::shows;

TEST_CASE("the first cell opens a context, the next ones use it") {
  ScriptedCluster cluster;
  cluster.clusterIs("RUNNING");
  cluster.create().reply(200, R"({"id":"x1"})");
  cluster.contextIs("x1", "Pending");
  cluster.contextIs("x1", "Running");
  cluster.accepts("x1", "x = 1");
  cluster.commandIs("x1", "Queued");
  cluster.commandIs("x1", "Running");
  cluster.prints("x1", "");
  auto first = cluster.session.run("python", "x = 1");
  CHECK(first.state == RunState::Succeeded);
  CHECK(first.outputs.empty());

  cluster.accepts("x1", "SELECT 1", "sql");
  cluster.commandIs("x1", "Finished",
                    {{"resultType", "table"},
                     {"data", {{1, nullptr, "a"}}},
                     {"schema",
                      {{{"name", "n"}, {"type", "\"long\""}, {"metadata", "{}"}},
                       {{"name", "m"}, {"type", "\"string\""}, {"metadata", "{}"}},
                       {{"name", "s"}, {"type", "\"string\""}, {"metadata", "{}"}}}},
                     {"truncated", false},
                     {"isJsonSchema", true}});
  auto second = cluster.session.run("python", "%sql SELECT 1");
  CHECK(second.state == RunState::Succeeded);
  CHECK(shows(second, "<td class=\"number\">1</td><td class=\"null\">null</td><td>a</td>"));
}

TEST_CASE("polling is quick at first and slows down") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  for (int i = 0; i < 20; ++i) cluster.commandIs("x1", "Running");
  cluster.prints("x1", "done");
  CHECK(cluster.session.run("python", "long()").state == RunState::Succeeded);
  auto waits = cluster.clock.waits();
  REQUIRE(waits.size() == 20);
  CHECK(waits.front() == std::chrono::milliseconds(45));
  CHECK(waits.back() == std::chrono::milliseconds(1800));
}

TEST_CASE("an exception in the cell is a failed cell with its traceback") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "1/0");
  cluster.commandIs("x1", "Finished",
                    {{"resultType", "error"},
                     {"summary", "<span class=\"ansi-red-fg\">ZeroDivisionError</span>: division by zero"},
                     {"cause", "Traceback\nZeroDivisionError: division by zero"}});
  auto result = cluster.session.run("python", "1/0");
  CHECK(result.state == RunState::Failed);
  CHECK(shows(result, R"("name":"ZeroDivisionError")"));
}

TEST_CASE("plots arrive, one or many") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "plot()");
  cluster.commandIs("x1", "Finished", {{"resultType", "image"}, {"fileName", "data:image/png;base64,iVBORw=="}});
  CHECK(cluster.session.run("python", "plot()").outputs.at(0).items.at(0).mime == "image/png");
  cluster.accepts("x1", "plots()");
  cluster.commandIs(
      "x1", "Finished",
      {{"resultType", "images"}, {"fileNames", {"data:image/png;base64,iVBORw==", "data:image/png;base64,iVBORw=="}}});
  CHECK(cluster.session.run("python", "plots()").outputs.size() == 2);
}

TEST_CASE("markdown, empty cells and what cannot run need no cluster") {
  ScriptedCluster cluster;
  CHECK(cluster.session.run("python", "%md # Hi").outputs.at(0).items.at(0).mime == "text/markdown");
  CHECK(cluster.session.run("python", "\n").state == RunState::Succeeded);
  auto refused = cluster.session.run("python", "%run ./x");
  CHECK(refused.state == RunState::Failed);
  CHECK(shows(refused, "%run is not expanded yet"));
}

TEST_CASE("a cluster that is down is reported without sending anything") {
  ScriptedCluster cluster;
  cluster.clusterIs("TERMINATED");
  auto result = cluster.session.run("python", "1");
  CHECK(result.state == RunState::ClusterNotRunning);
  CHECK(result.clusterState == "TERMINATED");
}

TEST_CASE("lost polls do not lose the cell") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  cluster.commandIs("x1", "Running");
  cluster.poll("x1").drop(http::Stage::Connect);  // the client gives up on this one at once
  cluster.poll("x1").drop(http::Stage::Lookup);
  cluster.poll("x1").reply(429, "{}", {{"Retry-After", "1"}});  // and repeats these itself
  cluster.poll("x1").reply(503, "");
  cluster.poll("x1").reply(500, ScriptedCluster::error("something unheard of"));  // the context's word decides
  cluster.contextIs("x1", "Running");
  cluster.commandIs("x1", "Running");
  cluster.prints("x1", "done");
  std::vector<std::string> told;
  auto result =
      cluster.session.run("python", "long()", {.onProgress = [&](std::string_view text) { told.emplace_back(text); }});
  CHECK(result.state == RunState::Succeeded);
  CHECK(shown(result) == "done\n");
  REQUIRE(told.size() == 4);
  CHECK(told[1] == "Running");
  CHECK(told[2].ends_with("Trowel goes on asking for the cell's result."));
  CHECK(told[3] == "Running");
}

TEST_CASE("ten minutes of silence end the waiting with a word of caution") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  for (int i = 0; i < 3; ++i) cluster.poll("x1").drop(http::Stage::Connect);
  int waits = 0;
  cluster.onRandom = [&] {
    if (++waits == 2) cluster.clock.advance(std::chrono::minutes(11));
  };
  auto result = cluster.session.run("python", "long()");
  CHECK(result.state == RunState::Failed);
  CHECK(shows(result, "may still run on the cluster"));
  CHECK(cluster.http.requests().size() == 7);
}

TEST_CASE("a cell is interrupted and the workspace's confirmation awaited") {
  ScriptedCluster cluster;
  core::CancelSource source;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  cluster.commandIs("x1", "Running");
  int waits = 0;
  cluster.onRandom = [&] {
    if (++waits == 1) source.cancel(core::CancelReason::Client);
  };
  cluster.cancel("x1");
  cluster.commandIs("x1", "Cancelling");
  cluster.commandIs("x1", "Cancelled");
  auto result = cluster.session.run("python", "long()", {.cancel = source.token()});
  CHECK(result.state == RunState::Cancelled);
  CHECK(result.outputs.empty());
}

TEST_CASE("a cancel reaches a poll that hangs, and is repeated where it gets lost") {
  ScriptedCluster cluster;
  core::CancelSource source;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  cluster.poll("x1").hang();
  cluster.cancel("x1").drop(http::Stage::Connect);
  cluster.commandIs("x1", "Running");
  cluster.cancel("x1");
  cluster.commandIs("x1", "Finished", {{"resultType", "error"}, {"summary", "KeyboardInterrupt"}, {"cause", ""}});
  std::jthread user([&] {
    cluster.http.awaitRequests(5);
    source.cancel(core::CancelReason::Client);
  });
  CHECK(cluster.session.run("python", "long()", {.cancel = source.token()}).state == RunState::Cancelled);
}

TEST_CASE("an interruption without confirmation ends after ten seconds and says so") {
  ScriptedCluster cluster;
  core::CancelSource source;
  cluster.opens("x1");
  cluster.execute("x1", "long()").reply(200, R"({"id":"cmd"})");
  cluster.onRandom = [&] { source.cancel(core::CancelReason::Client); };
  cluster.commandIs("x1", "Running");
  cluster.cancel("x1");
  for (int i = 0; i < 28; ++i) cluster.commandIs("x1", "Cancelling");
  auto before = cluster.clock.now();
  auto result = cluster.session.run("python", "long()", {.cancel = source.token()});
  CHECK(result.state == RunState::Cancelled);
  CHECK(shows(result, "has not confirmed"));
  CHECK(cluster.clock.now() - before >= std::chrono::seconds(10));
  CHECK(cluster.clock.now() - before < std::chrono::seconds(11));
}

TEST_CASE("an interruption that hangs in the network ends after ten seconds as well") {
  ScriptedCluster cluster;
  core::CancelSource source;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  cluster.commandIs("x1", "Running");
  cluster.onRandom = [&] { source.cancel(core::CancelReason::Client); };
  cluster.cancel("x1").hang();
  std::jthread time([&] {
    cluster.http.awaitRequests(6);
    cluster.timerClock.awaitWaiters(1);
    cluster.timerClock.advance(std::chrono::seconds(10));
  });
  auto result = cluster.session.run("python", "long()", {.cancel = source.token()});
  CHECK(result.state == RunState::Cancelled);
  CHECK(shows(result, "has not confirmed"));
}

TEST_CASE("a cell cancelled while it is sent into silence takes its context down, so that it cannot run on") {
  ScriptedCluster cluster;
  core::CancelSource source;
  cluster.opens("x1");
  cluster.execute("x1", "long()").hang();
  cluster.destroys("x1");
  std::jthread user([&] {
    cluster.http.awaitRequests(4);
    source.cancel(core::CancelReason::Client);
    cluster.timerClock.awaitWaiters(1);
    cluster.timerClock.advance(std::chrono::seconds(5));
  });
  CHECK(cluster.session.run("python", "long()", {.cancel = source.token()}).state == RunState::Cancelled);
  cluster.opens("x2");
  cluster.accepts("x2", "1");
  cluster.prints("x2", "1");
  CHECK(shows(cluster.session.run("python", "1"), "variables are gone"));
}

TEST_CASE("a command that was faster than its interruption tells its result") {
  ScriptedCluster cluster;
  core::CancelSource source;
  cluster.opens("x1");
  cluster.accepts("x1", "quick()");
  cluster.commandIs("x1", "Running");
  cluster.onRandom = [&] { source.cancel(core::CancelReason::Client); };
  cluster.cancel("x1");
  cluster.prints("x1", "done");
  auto result = cluster.session.run("python", "quick()", {.cancel = source.token()});
  CHECK(result.state == RunState::Succeeded);
  CHECK(shown(result) == "done\n");
}

TEST_CASE("at shutdown the interruption is asked for and not awaited") {
  ScriptedCluster cluster;
  core::CancelSource source;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  cluster.commandIs("x1", "Running");
  cluster.onRandom = [&] { source.cancel(core::CancelReason::Shutdown); };
  cluster.cancel("x1");
  CHECK(cluster.session.run("python", "long()", {.cancel = source.token()}).state == RunState::Cancelled);
}

TEST_CASE("a context that is gone before the cell was accepted is replaced, with a notice") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "x = 1");
  cluster.prints("x1", "");
  CHECK(cluster.session.run("python", "x = 1").state == RunState::Succeeded);

  cluster.execute("x1", "x").reply(500, ScriptedCluster::error("InvalidStateException: context is gone"));
  cluster.contextStatus("x1").reply(500, ScriptedCluster::error("ContextNotFoundException"));
  cluster.opens("x2");
  cluster.accepts("x2", "x");
  cluster.prints("x2", "2");
  auto result = cluster.session.run("python", "x");
  CHECK(result.state == RunState::Succeeded);
  REQUIRE(result.outputs.size() == 2);
  CHECK(shows(result, "The session was lost and has been started again: variables are gone"));

  cluster.accepts("x2", "x");
  cluster.prints("x2", "3");
  CHECK(shown(cluster.session.run("python", "x")) == "3\n");
}

TEST_CASE("a cluster that went down between two cells is offered for start, and the loss is told later") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "x = 1");
  cluster.prints("x1", "");
  cluster.session.run("python", "x = 1");
  cluster.execute("x1", "x").reply(
      500, ScriptedCluster::error(
               "ClusterNotReadyException: Cluster c1 not currently ready for driver client (currently Terminated)"));
  cluster.contextStatus("x1").reply(500, ScriptedCluster::error("ContextNotFoundException"));
  cluster.clusterIs("TERMINATED");
  CHECK(cluster.session.run("python", "x").state == RunState::ClusterNotRunning);
  cluster.opens("x2");
  cluster.accepts("x2", "x");
  cluster.prints("x2", "2");
  CHECK(shows(cluster.session.run("python", "x"), "variables are gone"));
}

TEST_CASE("a cell whose context dies under it fails and does not run twice") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  cluster.poll("x1").reply(500, ScriptedCluster::error("ContextNotFoundException"));
  cluster.contextStatus("x1").reply(500, ScriptedCluster::error("ContextNotFoundException"));
  auto result = cluster.session.run("python", "long()");
  CHECK(result.state == RunState::Failed);
  CHECK(shows(result, "The session was lost while the cell ran"));

  cluster.opens("x2");
  cluster.accepts("x2", "1");
  cluster.prints("x2", "1");
  CHECK(shows(cluster.session.run("python", "1"), "variables are gone"));
}

TEST_CASE("a driver that fails is told apart from a cell that fails") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  cluster.commandIs("x1", "Error", {{"resultType", "error"}, {"summary", "Internal error"}, {"cause", "driver died"}});
  cluster.contextIs("x1", "Error");
  auto result = cluster.session.run("python", "long()");
  CHECK(result.state == RunState::Failed);
  CHECK(shows(result, "driver died"));
  CHECK(shows(result, "The session ended while the cell ran"));
}

TEST_CASE("a command that somebody else stops is a cancelled cell") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  cluster.commandIs(
      "x1", "Finished",
      {{"resultType", "error"},
       {"summary", nullptr},
       {"cause", "com.databricks.backend.common.rpc.CommandCancelledException\n at SequenceExecutionState.cancel"}});
  auto result = cluster.session.run("python", "long()");
  CHECK(result.state == RunState::Cancelled);
  CHECK(shows(result, "stopped in the workspace"));
}

TEST_CASE("a command that may or may not have arrived is not sent twice") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.execute("x1", "charge()").drop(http::Stage::Exchange);
  auto result = cluster.session.run("python", "charge()");
  CHECK(result.state == RunState::Failed);
  CHECK(shows(result, "may still run"));
  cluster.execute("x1", "charge()").reply(504, "");
  CHECK(shows(cluster.session.run("python", "charge()"), "may still run"));
}

TEST_CASE("a cluster full of contexts says what to do") {
  ScriptedCluster cluster;
  cluster.clusterIs("RUNNING");
  cluster.create().reply(500,
                         ScriptedCluster::error("Too many execution contexts are open right now.(Limit set to 145)"));
  auto result = cluster.session.run("python", "1");
  CHECK(result.state == RunState::Failed);
  CHECK(shows(result, "Close notebooks that use it"));
}

TEST_CASE("a busy cluster is asked again for a context, a broken one is not used") {
  ScriptedCluster cluster;
  cluster.clusterIs("RUNNING");
  cluster.create().reply(500, ScriptedCluster::error("busy"));
  cluster.create().reply(200, R"({"id":"x1"})");
  cluster.contextIs("x1", "Error");
  cluster.destroys("x1");
  auto result = cluster.session.run("python", "1");
  CHECK(result.state == RunState::Failed);
  CHECK(shows(result, "could not start a session"));
}

TEST_CASE("restart throws the variables away without a notice, close ends for good") {
  ScriptedCluster cluster;
  cluster.session.restart();  // nothing to do
  cluster.opens("x1");
  cluster.accepts("x1", "1");
  cluster.prints("x1", "1");
  cluster.session.run("python", "1");
  cluster.destroys("x1");
  cluster.session.restart();
  cluster.opens("x2");
  cluster.accepts("x2", "1");
  cluster.prints("x2", "1");
  CHECK(shown(cluster.session.run("python", "1")) == "1\n");
  cluster.destroys("x2");
  cluster.session.close();
  CHECK(cluster.session.run("python", "1").state == RunState::Cancelled);
}

TEST_CASE("restart interrupts the running cell and drops those that wait") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  // The cell that waits gets its turn before it hears that it is cancelled, and must not run all the same.
  std::promise<void> secondEnded;
  cluster.poll("x1").hang([&] { secondEnded.get_future().wait(); });
  cluster.cancel("x1");
  cluster.commandIs("x1", "Cancelled");
  cluster.destroys("x1");
  RunState first{};
  RunState second{};
  std::jthread running([&] { first = cluster.session.run("python", "long()").state; });
  cluster.http.awaitRequests(5);
  std::promise<void> queued;
  std::jthread waiting([&] {
    second = cluster.session
                 .run("python", "later()",
                      {.onProgress =
                           [&, told = false](auto) mutable {
                             if (!std::exchange(told, true)) queued.set_value();
                           }})
                 .state;
    secondEnded.set_value();
  });
  queued.get_future().wait();
  cluster.session.restart();
  running.join();
  waiting.join();
  CHECK(first == RunState::Cancelled);
  CHECK(second == RunState::Cancelled);
}

TEST_CASE("a cell that waits its turn can be cancelled without touching the one that runs") {
  ScriptedCluster cluster;
  cluster.opens("x1");
  cluster.accepts("x1", "long()");
  cluster.poll("x1").hang();
  cluster.cancel("x1");
  cluster.commandIs("x1", "Cancelled");
  core::CancelSource first;
  std::jthread running([&] { cluster.session.run("python", "long()", {.cancel = first.token()}); });
  cluster.http.awaitRequests(5);
  core::CancelSource second;
  RunState state{};
  std::jthread waiting([&] { state = cluster.session.run("python", "later()", {.cancel = second.token()}).state; });
  second.cancel(core::CancelReason::Client);
  waiting.join();
  CHECK(state == RunState::Cancelled);
  first.cancel(core::CancelReason::Client);
}
