// SPDX-License-Identifier: Apache-2.0
// The view Clusters and every command of it, as the emulator's request log saw them.
#include <filesystem>

#include "support/connecting.hpp"
#include "support/drawn.hpp"

namespace trowel::test {

namespace {

constexpr const char* kDemo = "0102-091500-demo4u2x";
constexpr const char* kShared = "0103-101530-shared7k";
constexpr const char* kTraining = "0104-142200-mltrain3";

// An answer of the workspace in place of what the emulator has.
void answer(DaemonHarness& daemon, std::string pattern, int status, const Json& body) {
  emulator::Fault fault;
  fault.pattern = std::move(pattern);
  fault.status = status;
  fault.body = body.dump();
  fault.times = 0;
  daemon.emulator().addFault(std::move(fault));
}

Json clusterOf(const std::string& id, const std::string& name, const std::string& state, const std::string& source) {
  return {{"cluster_id", id},           {"cluster_name", name},   {"state", state},
          {"cluster_source", source},   {"num_workers", 2},       {"spark_version", "15.4.x-scala2.12"},
          {"creator_user_name", "ada"}, {"node_type_id", "small"}};
}

std::size_t calls(DaemonHarness& daemon, const std::string& path) {
  std::size_t count = 0;
  for (const auto& record : daemon.emulator().requests())
    if (record.path == path && record.status < 400) ++count;
  return count;
}

// The user picks the first row, presses the first button, types `line`.
void agree(DaemonHarness& daemon, const std::string& line = {}) {
  daemon.editor().on("trowel/ui/pick", [](const Json& params) {
    return Json::object({{"ids", Json::array({params.at("items").at(0).at("id")})}});
  });
  daemon.editor().on("trowel/ui/confirm",
                     [](const Json& params) { return Json::object({{"action", params.at("actions").at(0)}}); });
  daemon.editor().on("trowel/ui/input", [line](const Json&) { return Json::object({{"value", line}}); });
}

Json lastOf(DaemonHarness& daemon, const std::string& method) { return daemon.editor().heard(method).back(); }

}  // namespace

TEST_CASE("clusters: none, one, many with those of jobs apart, an error, no permission") {
  DaemonHarness daemon;
  daemon.connect();
  CHECK(drawn(daemon, view::kClusters).empty());

  answer(daemon, "GET /api/2.1/clusters/list", 200,
         {{"clusters", Json::array({clusterOf("1", "Solo", "TERMINATED", "UI")})}});
  runOn(daemon, "trowel.view.refresh");
  CHECK(drawn(daemon, view::kClusters) ==
        "trowel-cluster-stopped  Solo  \"terminated · 2 workers\"  [cluster.terminated] >\n");

  auto pinned = clusterOf("2", "alpha", "RUNNING", "API");
  pinned["pinned_by_user_name"] = "ada";
  auto starting = clusterOf("3", "Beta", "PENDING", "UI");
  starting["autoscale"] = {{"min_workers", 1}, {"max_workers", 8}};
  daemon.emulator().clearFaults();
  answer(daemon, "GET /api/2.1/clusters/list", 200,
         {{"clusters",
           Json::array({clusterOf("1", "Solo", "TERMINATED", "UI"), starting, pinned,
                        clusterOf("4", "Zeta", "ERROR", ""), clusterOf("5", "job-1-run-1", "RUNNING", "JOB"),
                        clusterOf("6", "dlt", "RUNNING", "PIPELINE"), clusterOf("7", "sql", "RUNNING", "SQL")})}});
  runOn(daemon, "trowel.view.refresh");
  CHECK(drawn(daemon, view::kClusters) ==
        "trowel-cluster-running  alpha  \"running · 2 workers · for SQL\"  (P)  [cluster.running.pinned] >\n"
        "sync~spin/charts.yellow  Beta  \"pending · 1 to 8 workers\"  [cluster.pending] >\n"
        "trowel-cluster-stopped  Solo  \"terminated · 2 workers\"  [cluster.terminated] >\n"
        "trowel-cluster-error  Zeta  \"error · 2 workers\"  [cluster.error] >\n"
        "trowel-job-cluster  Job Clusters  \"1\"  [clusterGroup] >\n"
        "trowel-job-cluster  Pipeline Clusters  \"1\"  [clusterGroup] >\n");
  CHECK(drawn(daemon, view::kClusters, 0, "#jobs") ==
        "trowel-cluster-running  job-1-run-1  \"running · 2 workers\"  [jobCluster.running] >\n");

  daemon.emulator().clearFaults();
  answer(daemon, "GET /api/2.1/clusters/list", 403, {{"error_code", "PERMISSION_DENIED"}, {"message", "No."}});
  runOn(daemon, "trowel.view.refresh");
  CHECK(drawn(daemon, view::kClusters).starts_with("lock/list.errorForeground  You lack the permission Can Attach To"));
}

TEST_CASE("each verb reaches the workspace, from rows and from the palette") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  agree(daemon);
  struct Verb {
    const char* command;
    const char* row;
    const char* path;
  };
  for (const auto& verb : {Verb{"trowel.cluster.pin", kDemo, "/api/2.1/clusters/pin"},
                           Verb{"trowel.cluster.unpin", kDemo, "/api/2.1/clusters/unpin"},
                           Verb{"trowel.cluster.start", kDemo, "/api/2.1/clusters/start"},
                           Verb{"trowel.cluster.restart", kShared, "/api/2.1/clusters/restart"},
                           Verb{"trowel.cluster.stop", kDemo, "/api/2.1/clusters/delete"},
                           Verb{"trowel.cluster.events", kDemo, "/api/2.1/clusters/events"},
                           Verb{"trowel.cluster.definition", kDemo, "/api/2.1/clusters/get"},
                           Verb{"trowel.cluster.remove", kTraining, "/api/2.1/clusters/permanent-delete"}}) {
    INFO(verb.command);
    daemon.emulator().clearRequests();
    runOn(daemon, verb.command, view::kClusters, {verb.row});
    CHECK(calls(daemon, verb.path) == 1);
  }
  for (const auto& [command, path] : {std::pair{"trowel.cluster.pin", "/api/2.1/clusters/pin"},
                                      {"trowel.cluster.unpin", "/api/2.1/clusters/unpin"},
                                      {"trowel.cluster.start", "/api/2.1/clusters/start"},
                                      {"trowel.cluster.stop", "/api/2.1/clusters/delete"},
                                      {"trowel.cluster.remove", "/api/2.1/clusters/permanent-delete"}}) {
    INFO(command);
    daemon.emulator().clearRequests();
    runOn(daemon, command);
    CHECK(calls(daemon, path) == 1);
  }
}

TEST_CASE("a definition that is shown can be sent back, cloned and made anew") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  agree(daemon);
  auto draft = [&](const char* command) {
    runOn(daemon, command, view::kClusters, {kDemo});
    auto opened = lastOf(daemon, "trowel/ui/openDocument");
    CHECK(opened["editable"] == true);
    return opened["content"].get<std::string>();
  };
  std::string text;
  daemon.editor().on("trowel/ui/activeDocument", [&](const Json&) { return Json::object({{"content", text}}); });

  text = draft("trowel.cluster.edit");
  CHECK(runOn(daemon, "trowel.cluster.send")["cluster_id"] == kDemo);
  CHECK(calls(daemon, "/api/2.1/clusters/edit") == 1);
  CHECK(draft("trowel.cluster.edit") == text);

  text = draft("trowel.cluster.clone");
  CHECK(text.find("Copy of Demo cluster") != std::string::npos);
  CHECK(runOn(daemon, "trowel.cluster.send")["cluster_id"] != kDemo);
  text = draft("trowel.cluster.create");
  runOn(daemon, "trowel.cluster.send");
  CHECK(calls(daemon, "/api/2.1/clusters/create") == 2);

  text = "[]";
  CHECK(daemon.failure("workspace/executeCommand", {{"command", "trowel.cluster.send"}})["message"]
            .get<std::string>()
            .starts_with("Open the definition of a cluster in an editor first"));
  text = "{";
  CHECK(daemon.failure("workspace/executeCommand", {{"command", "trowel.cluster.send"}})["message"]
            .get<std::string>()
            .starts_with("The editor's text is no JSON"));
}

TEST_CASE("a definition goes to the subfolder Clusters of the local sync folder") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  agree(daemon);
  runOn(daemon, "trowel.cluster.saveDefinition", view::kClusters, {kDemo});
  auto uri = lastOf(daemon, "trowel/ui/openDocument")["uri"].get<std::string>();
  auto path = core::uriToPath(uri).value();
  CHECK(path.ends_with("/Clusters/Demo cluster.json"));
  CHECK(path.starts_with(daemon.home()));
  CHECK(std::filesystem::file_size(path) > 100);
}

TEST_CASE("libraries are installed, seen below their cluster, and uninstalled") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  agree(daemon, "simplejson==3.19.2");
  CHECK(drawn(daemon, view::kClusters, 0, kTraining) == "  No library is installed  [note]\n");
  runOn(daemon, "trowel.cluster.installLibrary", view::kClusters, {kTraining});
  CHECK(calls(daemon, "/api/2.0/libraries/install") == 1);
  CHECK(drawn(daemon, view::kClusters, 0, kTraining).find("simplejson==3.19.2  \"pypi · ") != std::string::npos);
  runOn(daemon, "trowel.cluster.uninstallLibrary", view::kClusters,
        {std::string(kTraining) + "/pypi:simplejson==3.19.2"});
  CHECK(calls(daemon, "/api/2.0/libraries/uninstall") == 1);
  CHECK(drawn(daemon, view::kClusters, 0, kTraining) == "  No library is installed  [note]\n");
}

TEST_CASE("pages of a cluster open in the browser") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  for (const auto& [command, page] : {std::pair{"trowel.cluster.driverLogs", "/driverLogs"},
                                      {"trowel.cluster.sparkUi", "/sparkUi"},
                                      {"trowel.cluster.openInBrowser", "/configuration"}}) {
    runOn(daemon, command, view::kClusters, {kDemo});
    auto url = lastOf(daemon, "trowel/ui/openUrl")["url"].get<std::string>();
    CHECK(url.starts_with(daemon.emulator().host() + "/"));
    CHECK(url.ends_with(std::string("#setting/clusters/") + kDemo + page));
  }
}

TEST_CASE("the SQL browser's cluster is the first that runs, unless one is chosen; attached is attached") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  auto descriptionOf = [&](const std::string& id) {
    const auto rows = daemon.request("trowel/tree/children", {{"view", std::string(view::kClusters)}});
    for (const auto& node : rows.at("nodes"))
      if (node["id"] == id) return node["description"].get<std::string>();
    return std::string();
  };
  CHECK(descriptionOf(kShared).ends_with("for SQL"));
  runOn(daemon, "trowel.cluster.useForSql", view::kClusters, {kTraining});
  CHECK(descriptionOf(kTraining).ends_with("for SQL"));
  CHECK_FALSE(descriptionOf(kShared).ends_with("for SQL"));
  runOn(daemon, "trowel.cluster.attach", view::kClusters, {kDemo});
  CHECK(descriptionOf(kDemo).ends_with("this project's"));
}

TEST_CASE("clusters are filtered by creator and state") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  daemon.editor().on("trowel/ui/pick",
                     [](const Json&) { return Json::object({{"ids", Json::array({"state:running"})}}); });
  runOn(daemon, "trowel.cluster.filter");
  auto shown = daemon.request("trowel/tree/children", {{"view", std::string(view::kClusters)}});
  CHECK(shown["nodes"].size() == 1);
  CHECK(shown["description"] == "state: running");
  daemon.editor().on("trowel/ui/pick", [](const Json& params) {
    return Json::object({{"ids", Json::array({params.at("items").at(0).at("id")})}});
  });
  runOn(daemon, "trowel.cluster.filter");
  CHECK(daemon.request("trowel/tree/children", {{"view", std::string(view::kClusters)}})["nodes"].size() == 3);
}

}  // namespace trowel::test
