// SPDX-License-Identifier: Apache-2.0
// The state machine of a run, stepped by hand.
#include "emulator/jobs/conditions.hpp"
#include "emulator/jobs/run_graph.hpp"
#include "emulator/jobs/settings_rules.hpp"
#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::emulator;
using core::Json;

namespace {

struct Machine {
  JobRun run;
  WorkspaceFacts workspace;
  std::int64_t lastId = 100;
  std::int64_t now = 1'000'000;
  RunGraph graph{run, workspace, [this] { return ++lastId; }};
  std::vector<RunOrder> orders;

  void begin(Json tasks, Json more = Json::object()) {
    more["tasks"] = std::move(tasks);
    REQUIRE(checkSettings(more).has_value());
    run.id = 1;
    run.settings = std::make_shared<const Json>(completeSettings(std::move(more)));
    run.startTime = now;
    graph.begin(now);
    step();
  }
  void step() {
    for (auto& order : graph.step(now)) orders.push_back(order);
  }
  void wait(std::int64_t milliseconds) {
    now += milliseconds;
    step();
  }
  void end(const std::string& key, Ending ending = Ending::Success) {
    graph.ended(run.latest(key)->runId, ending, "", now);
    step();
  }
  // The tasks that were started since the last call.
  std::string started() {
    std::string keys;
    for (const auto& order : orders)
      if (order.kind == RunOrder::Kind::Start) keys += (keys.empty() ? "" : " ") + run.find(order.runId)->taskKey;
    orders.clear();
    return keys;
  }
  int stops() const { return static_cast<int>(std::ranges::count(orders, RunOrder::Kind::Stop, &RunOrder::kind)); }
  Ending ending(const std::string& key) const { return run.latest(key)->ending; }
  Phase phase(const std::string& key) const { return run.latest(key)->phase; }
};

Json task(const std::string& key, const std::vector<std::string>& dependencies = {}, Json more = Json::object()) {
  more["task_key"] = key;
  bool other = false;
  for (auto kind : {"notebook_task", "condition_task", "for_each_task", "spark_jar_task"}) other |= more.contains(kind);
  if (!other) more["notebook_task"] = {{"notebook_path", "/x"}};
  for (const auto& dependency : dependencies) {
    // "key=true" wants an outcome
    auto sign = dependency.find('=');
    Json entry{{"task_key", dependency.substr(0, sign)}};
    if (sign != std::string::npos) entry["outcome"] = dependency.substr(sign + 1);
    more["depends_on"].push_back(std::move(entry));
  }
  return more;
}
Json runIf(const std::string& condition) { return {{"run_if", condition}}; }
Json condition(const std::string& left, const std::string& op, const std::string& right) {
  return {{"condition_task", {{"left", left}, {"op", op}, {"right", right}}}};
}

}  // namespace

TEST_CASE_METHOD(Machine, "tasks start when all that they depend on has ended") {
  begin({task("d", {"b", "c"}), task("a"), task("b", {"a"}), task("c", {"a"})});
  CHECK(started() == "a");
  CHECK(run.phase == Phase::Pending);
  end("a");
  CHECK(run.phase == Phase::Running);
  CHECK(started() == "b c");
  end("c");
  CHECK(started().empty());
  CHECK(phase("d") == Phase::Blocked);
  end("b");
  CHECK(started() == "d");
  end("d");
  CHECK(run.ending == Ending::Success);
  CHECK_FALSE(run.active());
}

TEST_CASE("run_if decides in all its forms") {
  using enum Ending;
  struct Case {
    std::string runIf;
    std::vector<Ending> upstream;
    Ending verdict;
  };
  const Case cases[] = {
      {"ALL_SUCCESS", {}, Success},
      {"ALL_SUCCESS", {Success, Success}, Success},
      {"ALL_SUCCESS", {Success, Failed}, UpstreamFailed},
      {"ALL_SUCCESS", {Success, UpstreamFailed}, UpstreamFailed},
      {"ALL_SUCCESS", {Success, TimedOut}, UpstreamFailed},
      {"ALL_SUCCESS", {Success, Canceled}, UpstreamCanceled},
      {"ALL_SUCCESS", {Failed, Canceled}, UpstreamFailed},
      {"ALL_SUCCESS", {Success, Excluded}, Excluded},
      {"ALL_SUCCESS", {Excluded, Excluded}, Excluded},
      {"AT_LEAST_ONE_SUCCESS", {Success, Failed, Canceled}, Success},
      {"AT_LEAST_ONE_SUCCESS", {Success, Excluded}, Success},
      {"AT_LEAST_ONE_SUCCESS", {Failed, Failed}, UpstreamFailed},
      {"AT_LEAST_ONE_SUCCESS", {Excluded}, Excluded},
      {"NONE_FAILED", {Success, Excluded}, Success},
      {"NONE_FAILED", {Success, Failed}, UpstreamFailed},
      {"NONE_FAILED", {Success, Canceled}, UpstreamCanceled},
      {"NONE_FAILED", {Excluded}, Excluded},
      {"ALL_DONE", {Failed, Canceled, Excluded}, Success},
      {"ALL_DONE", {Excluded}, Excluded},
      {"AT_LEAST_ONE_FAILED", {Success, Failed}, Success},
      {"AT_LEAST_ONE_FAILED", {Success, Canceled}, Success},
      {"AT_LEAST_ONE_FAILED", {Success, Success}, Excluded},
      {"ALL_FAILED", {Failed, LibraryFailed}, Success},
      {"ALL_FAILED", {Failed, Success}, Excluded},
      {"ALL_FAILED", {Failed, Excluded}, Excluded},
  };
  for (const auto& one : cases) {
    Upstream upstream;
    for (auto ending : one.upstream) upstream.add(ending);
    INFO(one.runIf << " " << upstream.succeeded << "/" << upstream.failed << "/" << upstream.canceled << "/"
                   << upstream.excluded);
    CHECK(decideRunIf(one.runIf, upstream) == one.verdict);
  }
}

TEST_CASE_METHOD(Machine, "a failure goes downstream, and the leaves decide the run") {
  begin({task("a"), task("b", {"a"}), task("c", {"b"}), task("d", {"a"}, runIf("AT_LEAST_ONE_FAILED"))});
  end("a", Ending::Failed);
  CHECK(ending("b") == Ending::UpstreamFailed);
  CHECK(ending("c") == Ending::UpstreamFailed);
  CHECK(started() == "a d");
  end("d");
  CHECK(run.ending == Ending::Failed);
  CHECK(run.failedTask == "a");
}

TEST_CASE_METHOD(Machine, "a failure that every leaf got over is a success with failures") {
  begin({task("a"), task("b", {"a"}, runIf("ALL_DONE"))});
  end("a", Ending::Failed);
  end("b");
  CHECK(run.ending == Ending::SuccessWithFailures);
}

TEST_CASE_METHOD(Machine, "a condition picks one branch and excludes the other") {
  begin({task("if", {}, condition("12.0", "GREATER_THAN_OR_EQUAL", "12")), task("yes", {"if=true"}),
         task("no", {"if=false"}), task("deep", {"no"}), task("join", {"yes", "no"}, runIf("NONE_FAILED"))});
  CHECK(run.latest("if")->outcome == "true");
  CHECK(started() == "yes");
  CHECK(ending("no") == Ending::Excluded);
  CHECK(ending("deep") == Ending::Excluded);
  end("yes");
  CHECK(started() == "join");
  end("join");
  CHECK(run.ending == Ending::Success);
}

TEST_CASE_METHOD(Machine, "conditions compare text or numbers") {
  auto holds = [](const std::string& left, const std::string& op, const std::string& right) {
    return evaluate({{"left", left}, {"op", op}, {"right", right}});
  };
  CHECK(holds("a", "EQUAL_TO", "a").value());
  CHECK_FALSE(holds("12.0", "EQUAL_TO", "12").value());
  CHECK(holds("a", "NOT_EQUAL", "b").value());
  CHECK(holds("10", "GREATER_THAN", "9").value());
  CHECK(holds("-1", "LESS_THAN", "+0.5").value());
  CHECK(holds(" 3 ", "LESS_THAN_OR_EQUAL", "3.0").value());
  CHECK_FALSE(holds("x", "LESS_THAN", "3").has_value());
  begin({task("if", {}, condition("x", "LESS_THAN", "1")), task("b", {"if=true"})});
  CHECK(ending("if") == Ending::InvalidConfiguration);
  CHECK(ending("b") == Ending::UpstreamFailed);
}

TEST_CASE_METHOD(Machine, "retries wait, count and end") {
  begin({task("a", {}, {{"max_retries", 2}, {"min_retry_interval_millis", 1000}, {"timeout_seconds", 60}})});
  end("a", Ending::Failed);
  CHECK(phase("a") == Phase::WaitingForRetry);
  CHECK(graph.nextMoment() == now + 1000);
  wait(999);
  CHECK(started() == "a");
  wait(1);
  CHECK(started() == "a");
  CHECK(run.latest("a")->number == 1);
  CHECK(graph.nextMoment() == now + 60'000);
  end("a", Ending::ClusterFailed);
  wait(1000);
  end("a", Ending::Failed);
  CHECK(run.attempts.size() == 3);
  CHECK(run.ending == Ending::Failed);
}

TEST_CASE_METHOD(Machine, "what cannot end differently is not tried again") {
  begin({task("a", {},
              {{"max_retries", -1}, {"spark_jar_task", {{"main_class_name", "x"}}}, {"existing_cluster_id", "c"}}),
         task("b", {}, {{"max_retries", -1}})});
  CHECK(ending("a") == Ending::InvalidConfiguration);
  end("b", Ending::NotFound);
  CHECK(run.attempts.size() == 2);
  CHECK(run.ending == Ending::Failed);
}

TEST_CASE_METHOD(Machine, "attempts of a task begin a second apart, and do not go on for ever") {
  begin({task("a", {}, {{"max_retries", -1}})});
  end("a", Ending::Failed);
  CHECK(phase("a") == Phase::WaitingForRetry);
  CHECK(graph.nextMoment() == now + 1000);
  while (run.active()) {
    wait(1000);
    end("a", Ending::Failed);
  }
  CHECK(run.attempts.size() == 1000);
}

TEST_CASE_METHOD(Machine, "a timeout is retried only where the task says so") {
  begin({task("a", {}, {{"max_retries", 5}, {"timeout_seconds", 1}}),
         task("b", {}, {{"max_retries", -1}, {"timeout_seconds", 1}, {"retry_on_timeout", true}})});
  CHECK(started() == "a b");
  wait(1000);
  CHECK(stops() == 2);
  CHECK(orders[0].reason == core::CancelReason::Deadline);
  CHECK(phase("a") == Phase::Terminating);
  end("a", Ending::Canceled);
  CHECK(ending("a") == Ending::TimedOut);
  end("b", Ending::Canceled);
  CHECK(started() == "b");
  CHECK(run.latest("b")->number == 1);
  end("b");
  CHECK(run.ending == Ending::TimedOut);
}

TEST_CASE_METHOD(Machine, "who was done before the stop reached it has succeeded") {
  begin({task("a"), task("b", {"a"})});
  graph.stop(Ending::Canceled, now);
  step();
  CHECK(run.phase == Phase::Terminating);
  CHECK(ending("b") == Ending::Canceled);
  end("a", Ending::Success);
  CHECK(ending("a") == Ending::Success);
  CHECK(run.ending == Ending::Canceled);
}

TEST_CASE_METHOD(Machine, "for_each runs its task for every input, so many at once") {
  begin({task("loop", {},
              {{"for_each_task",
                {{"inputs", R"(["x", {"n": 2}, 3])"},
                 {"concurrency", 2},
                 {"task", task("one", {},
                               {{"notebook_task",
                                 {{"notebook_path", "/x"},
                                  {"base_parameters", {{"v", "{{input}}"}, {"n", "{{input.n}}"}}}}}})}}}}),
         task("b", {"loop"})});
  CHECK(started() == "one one");
  std::vector<const Attempt*> iterations;
  for (const auto& attempt : run.attempts)
    if (attempt.parent != 0) iterations.push_back(&attempt);
  REQUIRE(iterations.size() == 2);
  CHECK(iterations[0]->resolved["notebook_task"]["base_parameters"]["v"] == "x");
  CHECK(iterations[1]->resolved["notebook_task"]["base_parameters"]["v"] == R"({"n":2})");
  CHECK(iterations[1]->resolved["notebook_task"]["base_parameters"]["n"] == "2");
  auto second = iterations[1]->runId;
  graph.ended(second, Ending::Failed, "", now);
  step();
  CHECK(started() == "one");
  for (const auto& attempt : std::vector(run.attempts))
    if (attempt.parent != 0 && attempt.active()) graph.ended(attempt.runId, Ending::Success, "", now);
  step();
  CHECK(ending("loop") == Ending::Failed);
  CHECK(run.latest("loop")->message == "1 of 3 iterations failed");
  CHECK(ending("b") == Ending::UpstreamFailed);
}

TEST_CASE_METHOD(Machine, "for_each over nothing succeeds, over nonsense does not") {
  auto loop = [](const std::string& key, const std::string& inputs) {
    return task(key, {}, {{"for_each_task", {{"inputs", inputs}, {"task", task("one")}}}});
  };
  begin({loop("none", "[]"), loop("bad", "{{tasks.gone.values.x}}"), loop("object", "{}")});
  CHECK(ending("none") == Ending::Success);
  CHECK(ending("bad") == Ending::InvalidConfiguration);
  CHECK(ending("object") == Ending::InvalidConfiguration);
}

TEST_CASE_METHOD(Machine, "a cancelled for_each stops its iterations and starts no more") {
  begin({task("loop", {}, {{"for_each_task", {{"inputs", "[1,2,3]"}, {"task", task("one")}}}})});
  CHECK(started() == "one");
  graph.stop(Ending::Canceled, now);
  step();
  CHECK(stops() == 1);
  auto iteration = run.attempts.back().runId;
  graph.ended(iteration, Ending::Canceled, "", now);
  step();
  CHECK(run.attempts.size() == 2);
  CHECK(ending("loop") == Ending::Canceled);
  CHECK(run.ending == Ending::Canceled);
}

TEST_CASE_METHOD(Machine, "what the emulator cannot run ends at once and says why") {
  begin({task("jar", {}, {{"spark_jar_task", {{"main_class_name", "x.Y"}}}})});
  CHECK(ending("jar") == Ending::InvalidConfiguration);
  CHECK(run.latest("jar")->message.find("spark_jar_task") != std::string::npos);
  CHECK(run.ending == Ending::Failed);
}

TEST_CASE_METHOD(Machine, "only the chosen tasks run, and a disabled one holds up nobody") {
  run.only = {"b", "c"};
  begin({task("a"), task("b", {"a"}), task("c", {"b"}, {{"disabled", true}})});
  CHECK(started() == "b");
  end("b");
  CHECK(ending("c") == Ending::Disabled);
  CHECK(run.ending == Ending::Success);
}

TEST_CASE_METHOD(Machine, "a repair runs tasks again, with new ids and what succeeded kept") {
  begin({task("a"), task("b", {"a"}), task("c", {"b"})});
  end("a");
  end("b", Ending::Failed);
  CHECK(run.ending == Ending::Failed);
  started();
  auto before = run.latest("b")->runId;
  now += 5000;
  graph.repair(77, {"b", "c"}, now);
  step();
  CHECK(run.active());
  CHECK(run.endTime == 0);
  CHECK(started() == "b");
  CHECK(run.latest("b")->runId != before);
  CHECK(run.latest("b")->number == 1);
  CHECK(run.latest("b")->repairId == 77);
  end("b");
  end("c");
  CHECK(run.ending == Ending::Success);
  REQUIRE(run.parts.size() == 2);
  CHECK(run.parts[0].ending == Ending::Failed);
  CHECK(run.parts[1].startTime == now);
}
