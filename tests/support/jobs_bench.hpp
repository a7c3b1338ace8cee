// SPDX-License-Identifier: Apache-2.0
// What tests of jobs have in common: an editor that answers as the test says, jobs and runs of a workspace that really
// executes.
#pragma once

#include <algorithm>
#include <deque>
#include <regex>
#include <string>
#include <vector>

#include "support/connecting.hpp"
#include "support/drawn.hpp"

namespace trowel::test {

inline std::size_t calls(const emulator::Emulator& emulator, std::string_view method, std::string_view path) {
  return static_cast<std::size_t>(std::ranges::count_if(
      emulator.requests(), [&](const auto& record) { return record.method == method && record.path == path; }));
}

// A test that waits in vain is ended by ctest.
template <typename Holds>
void await(const Holds& holds) {
  while (!holds()) std::this_thread::yield();
}

// An editor that answers what the test says: picks by the beginning of the label, lines and files in their order.
struct Jobs : DaemonHarness {
  explicit Jobs(Options options = {}) : DaemonHarness(std::move(options)) {
    connect();
    editor().on("trowel/ui/pick", [this](const Json& params) -> std::optional<Json> {
      asked.push_back(params);
      if (picks.empty()) return Json::object();
      auto wanted = picks.front();
      picks.pop_front();
      for (const auto& item : params.at("items"))
        if (item.at("label").get<std::string>().starts_with(wanted)) return Json{{"ids", Json::array({item.at("id")})}};
      return Json::object();
    });
    editor().on("trowel/ui/input", [this](const Json& params) -> std::optional<Json> {
      if (lines.empty()) return Json{{"value", core::stringAt(params, "value")}};
      auto line = lines.front();
      lines.pop_front();
      return Json{{"value", line}};
    });
    editor().on("trowel/ui/confirm", [](const Json& params) { return Json{{"action", params.at("actions").at(0)}}; });
    editor().on("trowel/ui/activeDocument", [this](const Json&) { return document; });
  }

  // Sends a definition as the user would; the row of the job.
  std::string make(const Json& definition) {
    document = Json{{"language", "json"}, {"content", definition.dump()}};
    picks = {"Create"};
    auto id = runOn(*this, "trowel.job.send").at("jobId").get<std::string>();
    document = Json::object();
    return "job/" + id;
  }
  Json rows(const std::string& node = {}) {
    Json params{{"view", std::string(view::kJobs)}};
    if (!node.empty()) params["node"] = node;
    return request("trowel/tree/children", params).at("nodes");
  }
  void refresh() { request("workspace/executeCommand", {{"command", "trowel.view.refresh"}}); }
  // Starts a run and waits for its end; its row.
  std::string finishedRun(const std::string& job) {
    auto id = "run/" + runOn(*this, "trowel.job.run", view::kJobs, {job}).at("runId").get<std::string>();
    await([&] {
      refresh();
      for (const auto& row : rows(job))
        if (row.at("id") == id) {
          auto context = row.at("contextValue").get<std::string>();
          return context != "run.waiting" && context != "run.running";
        }
      return false;
    });
    return id;
  }
  // The rows as text, with moments and times that differ from run to run named instead.
  std::string shown(const std::string& node = {}, int depth = 0) {
    auto text = drawn(*this, view::kJobs, depth, node);
    text = std::regex_replace(text, std::regex("(today|yesterday) \\d\\d:\\d\\d:\\d\\d"), "MOMENT");
    return std::regex_replace(text, std::regex("\\d+ (ms|s)\\b"), "TIME");
  }
  std::string opened() { return editor().await("trowel/ui/openDocument").at("content").get<std::string>(); }

  std::deque<std::string> picks;
  std::deque<std::string> lines;
  std::vector<Json> asked;
  Json document = Json::object();
};

inline Json condition(const std::string& key, const std::string& left = "1") {
  return {{"task_key", key}, {"condition_task", {{"op", "EQUAL_TO"}, {"left", left}, {"right", "1"}}}};
}

inline Json jobOf(const std::string& name, Json tasks) { return {{"name", name}, {"tasks", std::move(tasks)}}; }

// Fails at once: there is no such notebook.
inline Json broken(const std::string& key) {
  return {{"task_key", key}, {"notebook_task", {{"notebook_path", "/Shared/none"}}}};
}

}  // namespace trowel::test
