// SPDX-License-Identifier: Apache-2.0
// The area of jobs with a clock that the test moves and tasks that do what the test says; no server, no cluster.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "command_context.hpp"
#include "emulator/jobs/jobs.hpp"
#include "emulator/server/faults.hpp"
#include "emulator/state/state_file.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

namespace trowel::emulator::test {

// Tasks wait in run() until the test lets them end, or their token is cancelled.
class ScriptedRunner final : public TaskRunner {
 public:
  TaskOutcome run(const TaskRequest& request, TaskHost& host, const core::CancelToken& token) override {
    auto woken = token.onCancel([this] {
      std::lock_guard lock(mutex_);
      changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    running_[request.runId] = {&request, &host};
    changed_.notify_all();
    changed_.wait(lock, [&] { return outcomes_.contains(request.runId) || token.cancelled(); });
    running_.erase(request.runId);
    if (!outcomes_.contains(request.runId)) {
      reasons_[request.taskKey] = token.reason();
      return {.ending = TaskOutcome::Ending::Canceled};
    }
    return outcomes_[request.runId];
  }
  void runEnded(std::int64_t jobRunId) override {
    std::lock_guard lock(mutex_);
    ++ends_[jobRunId];
    changed_.notify_all();
  }

  // Blocks until a task of that key runs.
  TaskRequest await(const std::string& key) {
    std::unique_lock lock(mutex_);
    const Running* found = nullptr;
    changed_.wait(lock, [&] { return (found = find(key)) != nullptr; });
    return *found->request;
  }
  bool isRunning(const std::string& key) {
    std::lock_guard lock(mutex_);
    return find(key) != nullptr;
  }
  TaskHost& host(const std::string& key) {
    await(key);
    std::lock_guard lock(mutex_);
    return *find(key)->host;
  }
  void finish(const std::string& key, TaskOutcome outcome = {}) {
    auto id = await(key).runId;
    std::lock_guard lock(mutex_);
    outcomes_[id] = std::move(outcome);
    changed_.notify_all();
  }
  void fail(const std::string& key, const std::string& error = "boom") {
    TaskOutcome outcome{.ending = TaskOutcome::Ending::Failed};
    outcome.output = {{"error", error}};
    finish(key, std::move(outcome));
  }
  // Blocks until the run has ended so often.
  void awaitEnd(std::int64_t jobRunId, int times = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ends_[jobRunId] >= times; });
  }
  // Why the last task of the key was cancelled.
  core::CancelReason reason(const std::string& key) {
    std::lock_guard lock(mutex_);
    return reasons_[key];
  }

 private:
  struct Running {
    const TaskRequest* request;
    TaskHost* host;
  };
  const Running* find(const std::string& key) const {
    for (const auto& [id, running] : running_)
      if (running.request->taskKey == key && !outcomes_.contains(id)) return &running;
    return nullptr;
  }

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::int64_t, Running> running_;
  std::map<std::int64_t, TaskOutcome> outcomes_;
  std::map<std::int64_t, int> ends_;
  std::map<std::string, core::CancelReason> reasons_;
};

struct JobsBench {
  trowel::test::ManualClock clock;
  Ids ids;
  TemporaryFolder folder;
  Options options;
  std::unique_ptr<StateFile> state = std::move(StateFile::open((folder.path / "state.db").string()).value());
  Faults faults{clock};
  World world{clock, ids, state.get(), folder.path, options, faults};
  Users users{world};
  User caller = users.ensure("ada@example.com", true);
  ScriptedRunner runner;
  TriggerSources triggers{.files = [this](const std::string& url) { return filesBeneath(folder.path, url); },
                          .tables = [this](const std::vector<std::string>&) { return tables; }};
  std::map<std::string, std::string> tables;  // their versions
  PolicyCheck policyCheck = [](const std::string&, Json&) { return std::map<std::string, std::string>(); };
  std::unique_ptr<Jobs> jobs;
  std::unique_ptr<Router> router;

  JobsBench() { start(); }

  void start() {
    jobs = std::make_unique<Jobs>(world, users, runner, JobAccess(), ClusterCheck(), triggers);
    router = std::make_unique<Router>();
    jobs->addRoutes(*router, policyCheck);
    jobs->begin({.id = "123", .url = "http://here"});
  }
  void restart() {
    jobs->stop();
    start();
  }

  Reply call(const std::string& method, const std::string& target, const Json& body) {
    auto question = target.find('?');
    Request request{.method = method, .path = target.substr(0, question), .query = {}, .headers = {}, .body = {}};
    if (question != std::string::npos) request.query = parseQuery(target.substr(question + 1));
    if (!body.is_null()) request.body = body.dump();
    auto params = mergeParams(request);
    REQUIRE(params.has_value());
    auto match = router->find(method, request.path);
    REQUIRE(match.endpoint);
    auto answer = (*match.endpoint)(Call(request, *params, std::move(match.variables), {.caller = caller}));
    Response response = answer ? std::move(*answer) : toResponse(answer.error());
    return {response.status, Json::parse(response.body, nullptr, false), response.body, {}};
  }
  Reply get(const std::string& target) { return call("GET", target, nullptr); }
  Reply post(const std::string& target, const Json& body) { return call("POST", target, body); }

  static Json notebook(const std::string& key, Json more = Json::object()) {
    more["task_key"] = key;
    if (!more.contains("notebook_task")) more["notebook_task"] = {{"notebook_path", "/nb/" + key}};
    return more;
  }
  static Json after(const std::vector<std::string>& keys, Json more = Json::object()) {
    more["depends_on"] = Json::array();
    for (const auto& key : keys) more["depends_on"].push_back({{"task_key", key}});
    return more;
  }

  std::int64_t create(const Json& settings) {
    auto reply = post("/api/2.2/jobs/create", settings);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body.at("job_id");
  }
  std::int64_t runNow(std::int64_t job, Json more = Json::object()) {
    more["job_id"] = job;
    auto reply = post("/api/2.2/jobs/run-now", more);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    CHECK(reply.body.at("number_in_job") == reply.body.at("run_id"));
    return reply.body.at("run_id");
  }
  // A job of these tasks (or this one), running.
  std::int64_t run(const Json& tasks, Json more = Json::object(), const Json& with = Json::object()) {
    more["tasks"] = tasks.is_array() ? tasks : Json::array({tasks});
    return runNow(create(more), with);
  }
  Json getRun(std::int64_t id, const std::string& more = "") {
    auto reply = get("/api/2.2/jobs/runs/get?run_id=" + std::to_string(id) + more);
    INFO(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body;
  }
  Reply repair(std::int64_t id, Json body) {
    body["run_id"] = id;
    return post("/api/2.2/jobs/runs/repair", body);
  }
  Reply cancel(std::int64_t id) { return post("/api/2.2/jobs/runs/cancel", {{"run_id", id}}); }

  // Its last attempt, as the run shows it.
  static Json task(const Json& run, const std::string& key) {
    Json last;
    for (const auto& entry : run.at("tasks"))
      if (entry.at("task_key") == key) last = entry;
    REQUIRE(last.is_object());
    return last;
  }
  static std::string lifeCycle(const Json& entry) { return entry.at("state").at("life_cycle_state"); }
  static std::string result(const Json& entry) { return entry.at("state").value("result_state", ""); }
  static std::string code(const Json& entry) { return entry.at("status").at("termination_details").at("code"); }

  // For what other threads are about to do. It does come, so nobody waits long.
  void until(const std::function<bool()>& condition) {
    while (!condition()) std::this_thread::yield();
  }
  void awaitState(std::int64_t run, const std::string& key, const std::string& wanted) {
    until([&] { return lifeCycle(task(getRun(run), key)) == wanted; });
  }
};

}  // namespace trowel::emulator::test
