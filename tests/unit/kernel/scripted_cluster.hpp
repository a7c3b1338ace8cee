// SPDX-License-Identifier: Apache-2.0
// The exchanges of a session with a cluster, in the words of the test.
#pragma once

#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"
#include "trowel/kernel/execution_session.hpp"

namespace trowel::test {

struct ScriptedCluster : ScriptedWorkspace {
  using Json = nlohmann::json;

  // A client that the fixture owns.
  std::shared_ptr<const databricks::RestClient> client() { return {std::shared_ptr<void>(), &rest}; }
  kernel::Environment environment() {
    return {clock, timer, [this] {
              if (onRandom) onRandom();
              return 0.5;
            }};
  }

  // A body as API 1.2 sends it with a refusal.
  static std::string error(const std::string& text) { return Json{{"error", text}}.dump(); }

  void clusterIs(const std::string& state) {
    http.on("GET", "/api/2.1/clusters/get?cluster_id=c1")
        .reply(200, Json{{"cluster_id", "c1"}, {"state", state}}.dump());
  }
  ScriptedHttp::Exchange& create() {
    return http.on("POST", "/api/1.2/contexts/create").withJson(R"({"clusterId":"c1","language":"python"})");
  }
  ScriptedHttp::Exchange& contextStatus(const std::string& context) {
    return http.on("GET", "/api/1.2/contexts/status?clusterId=c1&contextId=" + context);
  }
  void contextIs(const std::string& context, const std::string& status) {
    contextStatus(context).reply(200, Json{{"id", context}, {"status", status}}.dump());
  }
  // What the first cell needs.
  void opens(const std::string& context) {
    clusterIs("RUNNING");
    create().reply(200, Json{{"id", context}}.dump());
    contextIs(context, "Running");
  }
  ScriptedHttp::Exchange& execute(const std::string& context, const std::string& code,
                                  const std::string& language = "python") {
    return http.on("POST", "/api/1.2/commands/execute")
        .withJson(Json{{"clusterId", "c1"}, {"contextId", context}, {"language", language}, {"command", code}}.dump());
  }
  void accepts(const std::string& context, const std::string& code, const std::string& language = "python") {
    execute(context, code, language).reply(200, R"({"id":"cmd"})");
  }
  ScriptedHttp::Exchange& poll(const std::string& context) {
    return http.on("GET", "/api/1.2/commands/status?clusterId=c1&commandId=cmd&contextId=" + context);
  }
  void commandIs(const std::string& context, const std::string& status, Json results = nullptr) {
    poll(context).reply(200, Json{{"id", "cmd"}, {"status", status}, {"results", std::move(results)}}.dump());
  }
  void prints(const std::string& context, const std::string& text) {
    commandIs(context, "Finished", {{"resultType", "text"}, {"data", text}});
  }
  ScriptedHttp::Exchange& cancel(const std::string& context) {
    return http.on("POST", "/api/1.2/commands/cancel")
        .withJson(Json{{"clusterId", "c1"}, {"contextId", context}, {"commandId", "cmd"}}.dump());
  }
  void destroys(const std::string& context) {
    http.on("POST", "/api/1.2/contexts/destroy").withJson(Json{{"clusterId", "c1"}, {"contextId", context}}.dump());
  }

  std::function<void()> onRandom;  // runs before each wait of the kernel
  ManualClock timerClock;          // apart, so that the limits strike only where the test says so
  core::Timer timer{timerClock};
  kernel::ExecutionSession session{"c1", client(), environment()};
};

// All text that a result shows, best representation of each output.
inline std::string shown(const kernel::RunResult& result) {
  std::string out;
  for (const auto& output : result.outputs) out += output.items.at(0).data + "\n";
  return out;
}

inline bool shows(const kernel::RunResult& result, std::string_view text) {
  return shown(result).find(text) != std::string::npos;
}

}  // namespace trowel::test
