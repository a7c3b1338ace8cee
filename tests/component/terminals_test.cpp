// SPDX-License-Identifier: Apache-2.0
// What the terminals of a project are told, so that other tools work as the project does.
#include "support/connecting.hpp"

namespace trowel::test {

namespace {

// The params of a notification that tells this value.
bool tells(const Json& params, const std::string& name, const std::string& value) {
  for (const auto& variable : params.at("variables"))
    if (variable.at("name") == name && variable.at("value") == value) return true;
  return false;
}

}  // namespace

TEST_CASE("a cluster or warehouse that is chosen is told to the terminals of its project") {
  DaemonHarness daemon({.emulation = {.demo = true}, .settings = {{"terminal", {{"signIn", true}}}}});
  daemon.connect();
  daemon.editor().await("trowel/connection/environment", [&](const Json& params) {
    return params.value("folder", "") == daemon.folderUri() &&
           tells(params, "DATABRICKS_HOST", daemon.emulator().host());
  });
  for (const auto& cluster : daemon.request("trowel/cluster/list")["clusters"]) {
    const auto id = cluster["id"].get<std::string>();
    daemon.request("workspace/executeCommand",
                   {{"command", "trowel.cluster.attach"},
                    {"arguments", Json::array({{{"view", std::string(view::kClusters)}, {"node", id}}})}});
    daemon.editor().await("trowel/connection/environment",
                          [&](const Json& params) { return tells(params, "DATABRICKS_CLUSTER_ID", id); });
  }
  std::string warehouse;
  daemon.editor().on("trowel/ui/pick", [&](const Json& params) {
    warehouse = params.at("items").at(0).at("id");
    return Json::object({{"ids", Json::array({warehouse})}});
  });
  daemon.request("workspace/executeCommand", {{"command", "trowel.warehouse.select"}});
  daemon.editor().await("trowel/connection/environment",
                        [&](const Json& params) { return tells(params, "DATABRICKS_WAREHOUSE_ID", warehouse); });
}

TEST_CASE("terminals are told of no cluster where nobody wants them to sign in") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  const auto id = daemon.request("trowel/cluster/list")["clusters"][0]["id"].get<std::string>();
  daemon.request("workspace/executeCommand",
                 {{"command", "trowel.cluster.attach"},
                  {"arguments", Json::array({{{"view", std::string(view::kClusters)}, {"node", id}}})}});
  CHECK(daemon.finish() == 0);
  CHECK(daemon.editor().heard("trowel/connection/environment").empty());
}

}  // namespace trowel::test
