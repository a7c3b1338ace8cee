// SPDX-License-Identifier: Apache-2.0
// The view Clusters and every command of it, as the emulator's request log saw them.
#include "support/connecting.hpp"
#include "support/drawn.hpp"
#include "trowel/os/files.hpp"

namespace trowel::test {

namespace {

// States are changed at once.
DaemonHarness::Options quick() {
  return {.emulation = {.demo = true, .clusterStartTime = std::chrono::milliseconds(0)}};
}

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

// What the user is asked, and answers by the id of a row.
void pick(DaemonHarness& daemon, const std::string& id) {
  daemon.editor().on("trowel/ui/pick", [id](const Json&) { return Json::object({{"ids", Json::array({id})}}); });
}

std::string failureOf(DaemonHarness& daemon, const std::string& command) {
  return daemon.failure("workspace/executeCommand", {{"command", command}})["message"].get<std::string>();
}

std::string descriptionOf(DaemonHarness& daemon, const std::string& id) {
  const auto rows = daemon.request("trowel/tree/children", {{"view", std::string(view::kClusters)}});
  for (const auto& node : rows.at("nodes"))
    if (node["id"] == id) return node["description"].get<std::string>();
  return {};
}

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
  auto resizing = clusterOf("8", "Gamma", "RESIZING", "UI");
  resizing["num_workers"] = 1;
  daemon.emulator().clearFaults();
  answer(daemon, "GET /api/2.1/clusters/list", 200,
         {{"clusters",
           Json::array({clusterOf("1", "Solo", "TERMINATED", "UI"), starting, pinned, resizing,
                        clusterOf("4", "Zeta", "ERROR", ""), clusterOf("5", "job-1-run-1", "RUNNING", "JOB"),
                        clusterOf("6", "dlt", "RUNNING", "PIPELINE"), clusterOf("7", "sql", "RUNNING", "SQL")})}});
  runOn(daemon, "trowel.view.refresh");
  CHECK(drawn(daemon, view::kClusters) ==
        "trowel-cluster-running  alpha  \"running · for SQL · 2 workers\"  (P)  [cluster.running.pinned] >\n"
        "trowel-cluster-running  Gamma  \"resizing · 1 worker\"  [cluster.resizing] >\n"
        "sync~spin/charts.yellow  Beta  \"pending · 1 to 8 workers\"  [cluster.pending] >\n"
        "trowel-cluster-stopped  Solo  \"terminated · 2 workers\"  [cluster.terminated] >\n"
        "trowel-cluster-error  Zeta  \"error · 2 workers\"  [cluster.error] >\n"
        "trowel-job-cluster  Job Clusters  \"1\"  [clusterGroup] >\n"
        "trowel-job-cluster  Pipeline Clusters  \"1\"  [clusterGroup] >\n");
  CHECK(drawn(daemon, view::kClusters, 0, "#jobs") ==
        "trowel-cluster-running  job-1-run-1  \"running · 2 workers\"  [jobCluster.running] >\n");

  daemon.emulator().clearFaults();
  answer(daemon, "GET /api/2.1/clusters/list", 400, {{"error_code", "BAD_REQUEST"}, {"message", "No."}});
  runOn(daemon, "trowel.view.refresh");
  CHECK(drawn(daemon, view::kClusters).starts_with("error/list.errorForeground  No."));
  CHECK(drawn(daemon, view::kClusters).find("alpha") != std::string::npos);

  daemon.emulator().clearFaults();
  answer(daemon, "GET /api/2.1/clusters/list", 403, {{"error_code", "PERMISSION_DENIED"}, {"message", "No."}});
  runOn(daemon, "trowel.view.refresh");
  CHECK(drawn(daemon, view::kClusters).starts_with("lock/list.errorForeground  You lack the permission Can Attach To"));
}

TEST_CASE("each verb reaches the workspace once, from a row and from the palette") {
  DaemonHarness daemon(quick());
  daemon.connect();
  agree(daemon);
  struct Verb {
    const char* command;
    const char* row;
    const char* path;
  };
  const std::vector<Verb> verbs = {{"trowel.cluster.pin", kDemo, "/api/2.1/clusters/pin"},
                                   {"trowel.cluster.unpin", kDemo, "/api/2.1/clusters/unpin"},
                                   {"trowel.cluster.start", kDemo, "/api/2.1/clusters/start"},
                                   {"trowel.cluster.restart", kShared, "/api/2.1/clusters/restart"},
                                   {"trowel.cluster.events", kDemo, "/api/2.1/clusters/events"},
                                   {"trowel.cluster.definition", kDemo, "/api/2.1/clusters/get"},
                                   {"trowel.cluster.saveDefinition", kDemo, "/api/2.1/clusters/get"},
                                   {"trowel.cluster.edit", kDemo, "/api/2.1/clusters/get"},
                                   {"trowel.cluster.clone", kDemo, "/api/2.1/clusters/get"},
                                   {"trowel.cluster.attach", kDemo, "/api/2.1/clusters/get"},
                                   {"trowel.cluster.stop", kDemo, "/api/2.1/clusters/delete"}};
  for (bool selected : {true, false})
    for (const auto& verb : verbs) {
      INFO(verb.command << (selected ? " on a row" : " from the palette"));
      daemon.emulator().clearRequests();
      if (selected)
        runOn(daemon, verb.command, view::kClusters, {verb.row});
      else
        runOn(daemon, verb.command);
      CHECK(calls(daemon, verb.path) == 1);
    }
}

TEST_CASE("a cluster is deleted for good after a confirmation that names it, also a pinned one") {
  DaemonHarness daemon(quick());
  daemon.connect();
  agree(daemon);
  runOn(daemon, "trowel.cluster.pin", view::kClusters, {kTraining});
  daemon.emulator().clearRequests();
  runOn(daemon, "trowel.cluster.remove", view::kClusters, {kTraining});
  auto asked = lastOf(daemon, "trowel/ui/confirm");
  CHECK(asked["message"] == "Delete the cluster ML training for good?");
  CHECK(asked["detail"] == "ML training. This cannot be undone. Pinned: 1; they are unpinned first.");
  CHECK(calls(daemon, "/api/2.1/clusters/unpin") == 1);
  CHECK(calls(daemon, "/api/2.1/clusters/permanent-delete") == 1);

  // A second go at a selection of which some are gone already.
  runOn(daemon, "trowel.cluster.remove", view::kClusters, {kTraining, kDemo});
  CHECK(calls(daemon, "/api/2.1/clusters/permanent-delete") == 2);
  CHECK(lastOf(daemon, "trowel/ui/confirm")["message"] == "Delete the cluster Demo cluster for good?");
  runOn(daemon, "trowel.cluster.remove");
  CHECK(calls(daemon, "/api/2.1/clusters/permanent-delete") == 3);
  CHECK(drawn(daemon, view::kClusters).empty());
  CHECK(failureOf(daemon, "trowel.cluster.start") ==
        "No cluster of this workspace is in a state for that. The view Clusters shows their states.");
}

TEST_CASE("who does not confirm has changed nothing") {
  DaemonHarness daemon(quick());
  daemon.connect();
  daemon.editor().on("trowel/ui/confirm", [](const Json&) { return Json::object(); });
  for (const char* command : {"trowel.cluster.stop", "trowel.cluster.restart", "trowel.cluster.remove"}) {
    INFO(command);
    daemon.emulator().clearRequests();
    runOn(daemon, command, view::kClusters, {kShared});
    CHECK(calls(daemon, "/api/2.1/clusters/get") == 1);
    for (const auto& record : daemon.emulator().requests()) CHECK(record.method == "GET");
  }
}

TEST_CASE("of a selection, groups and libraries are no clusters") {
  DaemonHarness daemon(quick());
  daemon.connect();
  runOn(daemon, "trowel.cluster.pin", view::kClusters, {"#jobs", kDemo, std::string(kDemo) + "/pypi:x"});
  CHECK(calls(daemon, "/api/2.1/clusters/pin") == 1);
}

TEST_CASE("a definition that is shown can be sent back, cloned and made anew") {
  DaemonHarness daemon(quick());
  daemon.connect();
  agree(daemon);
  auto draft = [&](const char* command, const std::vector<std::string>& rows) {
    runOn(daemon, command, view::kClusters, rows);
    auto opened = lastOf(daemon, "trowel/ui/openDocument");
    CHECK(opened["editable"] == true);
    return opened["content"].get<std::string>();
  };
  std::string text;
  daemon.editor().on("trowel/ui/activeDocument", [&](const Json&) { return Json::object({{"content", text}}); });

  text = draft("trowel.cluster.edit", {kDemo});
  CHECK(runOn(daemon, "trowel.cluster.send")["cluster_id"] == kDemo);
  CHECK(calls(daemon, "/api/2.1/clusters/edit") == 1);
  CHECK(draft("trowel.cluster.edit", {kDemo}) == text);

  text = draft("trowel.cluster.clone", {kDemo});
  CHECK(text.find("Copy of Demo cluster") != std::string::npos);
  CHECK(runOn(daemon, "trowel.cluster.send")["cluster_id"] != kDemo);
  text = draft("trowel.cluster.create", {});
  runOn(daemon, "trowel.cluster.send");
  CHECK(calls(daemon, "/api/2.1/clusters/create") == 2);
  auto rows = drawn(daemon, view::kClusters);
  CHECK(rows.find("Copy of Demo cluster") != std::string::npos);
  CHECK(rows.find("New cluster") != std::string::npos);

  for (const auto& no : {"[]", "7", "null"}) {
    INFO(no);
    text = no;
    CHECK(failureOf(daemon, "trowel.cluster.send") ==
          "Open the definition of a cluster in an editor first: with 'Trowel: Create Cluster from JSON' or 'Trowel: "
          "Edit Cluster as JSON…'.");
  }
  text = "{";
  CHECK(failureOf(daemon, "trowel.cluster.send").starts_with("The editor's text is no JSON: "));
}

TEST_CASE("definitions go to the subfolder Clusters of the local sync folder, and replace nothing without a word") {
  DaemonHarness daemon(quick());
  daemon.connect();
  agree(daemon);
  auto asked = [&] { return daemon.editor().heard("trowel/ui/confirm").size(); };
  runOn(daemon, "trowel.cluster.saveDefinition", view::kClusters, {kDemo});
  auto path = core::uriToPath(lastOf(daemon, "trowel/ui/openDocument")["uri"].get<std::string>()).value();
  CHECK(path == daemon.home() + "/Databricks-VSCode/EMULATOR/Clusters/Demo cluster.json");
  auto text = os::readFile(path, 1UL << 20).value();
  CHECK(core::stringAt(core::parseJson(text).value(), "cluster_id") == kDemo);
  runOn(daemon, "trowel.cluster.saveDefinition", view::kClusters, {kDemo});
  CHECK(asked() == 0);

  REQUIRE(os::replaceFile(path, "mine"));
  runOn(daemon, "trowel.cluster.saveDefinition", view::kClusters, {kDemo, kShared});
  CHECK(asked() == 1);
  CHECK(os::readFile(path, 1UL << 20).value() == text);
  CHECK(os::pathExists(daemon.home() + "/Databricks-VSCode/EMULATOR/Clusters/Shared analytics.json"));
}

TEST_CASE("libraries are installed, seen below their cluster, and uninstalled") {
  DaemonHarness daemon(quick());
  daemon.connect();
  agree(daemon, "simplejson==3.19.2");
  const std::string none = "  No library is installed  [note]\n";
  const std::string row = "clock  simplejson==3.19.2  \"pypi · pending\"  [library.pending]\n";
  CHECK(drawn(daemon, view::kClusters, 0, kTraining) == none);
  runOn(daemon, "trowel.cluster.installLibrary", view::kClusters, {kTraining});
  CHECK(calls(daemon, "/api/2.0/libraries/install") == 1);
  CHECK(lastOf(daemon, "window/showMessage")["message"] == "ML training gets simplejson==3.19.2 at its next start.");
  CHECK(drawn(daemon, view::kClusters, 0, kTraining) == row);
  runOn(daemon, "trowel.cluster.uninstallLibrary", view::kClusters,
        {std::string(kTraining) + "/pypi:simplejson==3.19.2"});
  CHECK(calls(daemon, "/api/2.0/libraries/uninstall") == 1);
  CHECK(drawn(daemon, view::kClusters, 0, kTraining) == none);

  // Rows of several clusters at once.
  runOn(daemon, "trowel.cluster.installLibrary", view::kClusters, {kTraining, kDemo});
  runOn(daemon, "trowel.cluster.uninstallLibrary", view::kClusters,
        {std::string(kTraining) + "/pypi:simplejson==3.19.2", std::string(kDemo) + "/pypi:simplejson==3.19.2"});
  CHECK(lastOf(daemon, "trowel/ui/confirm")["message"] == "Uninstall 2 libraries?");
  CHECK(drawn(daemon, view::kClusters, 0, kTraining) == none);
  CHECK(drawn(daemon, view::kClusters, 0, kDemo) == none);
  daemon.emulator().clearRequests();

  // From the palette the first of what is offered is taken each time.
  REQUIRE(daemon.request("trowel/cluster/list")["clusters"][0]["id"] == kShared);
  runOn(daemon, "trowel.cluster.installLibrary");
  CHECK(calls(daemon, "/api/2.0/libraries/install") == 1);
  runOn(daemon, "trowel.cluster.uninstallLibrary");
  CHECK(calls(daemon, "/api/2.0/libraries/uninstall") == 1);
}

TEST_CASE("pages of a cluster open in the browser") {
  DaemonHarness daemon(quick());
  daemon.connect();
  agree(daemon);
  for (const auto& [command, page] : {std::pair{"trowel.cluster.driverLogs", "/driverLogs"},
                                      {"trowel.cluster.sparkUi", "/sparkUi"},
                                      {"trowel.cluster.openInBrowser", "/configuration"}}) {
    INFO(command);
    runOn(daemon, command, view::kClusters, {kDemo});
    auto url = lastOf(daemon, "trowel/ui/openUrl")["url"].get<std::string>();
    CHECK(url.starts_with(daemon.emulator().host() + "/"));
    CHECK(url.ends_with(std::string("#setting/clusters/") + kDemo + page));
    runOn(daemon, command);
    url = lastOf(daemon, "trowel/ui/openUrl")["url"].get<std::string>();
    CHECK(url.ends_with(std::string("#setting/clusters/") + kShared + page));
  }
}

TEST_CASE("the SQL browser's cluster is the first that runs, unless one is chosen or attached") {
  DaemonHarness daemon(quick());
  daemon.connect();
  CHECK(descriptionOf(daemon, kShared).contains(" · for SQL · "));
  runOn(daemon, "trowel.cluster.useForSql", view::kClusters, {kTraining});
  CHECK(descriptionOf(daemon, kTraining) == "terminated · for SQL · 4 workers");
  CHECK_FALSE(descriptionOf(daemon, kShared).contains("for SQL"));
  runOn(daemon, "trowel.cluster.attach", view::kClusters, {kDemo});
  CHECK(descriptionOf(daemon, kDemo) == "terminated · this project's · for SQL · single node");
  agree(daemon);
  runOn(daemon, "trowel.cluster.useForSql");
  CHECK(descriptionOf(daemon, kShared).contains(" · for SQL · "));
  CHECK(descriptionOf(daemon, kDemo).contains(" · this project's · "));
}

TEST_CASE("a cluster that the connection's source comes to name takes the place of an attached one") {
  DaemonHarness daemon(quick());
  auto source = [&](const std::string& cluster) {
    REQUIRE(os::replaceFile(daemon.home() + "/databrickscfg", "[EMULATOR]\nhost = " + daemon.emulator().host() +
                                                                  "\ntoken = " + daemon.emulator().token().reveal() +
                                                                  "\ncluster_id = " + cluster + "\n"));
    daemon.request("trowel/connection/select", {{"id", "profile:EMULATOR"}});
  };
  daemon.connect();
  source(kTraining);
  CHECK(descriptionOf(daemon, kTraining).contains(" · this project's · for SQL · "));
  runOn(daemon, "trowel.cluster.attach", view::kClusters, {kDemo});
  CHECK(descriptionOf(daemon, kDemo).contains(" · this project's · for SQL · "));
  source(kShared);
  CHECK(descriptionOf(daemon, kShared).contains(" · this project's · "));
}

TEST_CASE("clusters are filtered by creator and state") {
  DaemonHarness daemon;
  daemon.connect();
  auto others = clusterOf("2", "theirs", "RUNNING", "UI");
  others["creator_user_name"] = "eve";
  answer(daemon, "GET /api/2.1/clusters/list", 200,
         {{"clusters", Json::array({clusterOf("1", "mine", "RUNNING", "UI"), others,
                                    clusterOf("3", "stopped", "TERMINATED", "UI")})}});
  auto shown = [&] {
    runOn(daemon, "trowel.cluster.filter");
    return daemon.request("trowel/tree/children", {{"view", std::string(view::kClusters)}});
  };
  pick(daemon, "state:running");
  auto rows = shown();
  CHECK(rows["nodes"].size() == 2);
  CHECK(rows["description"] == "state: running");
  pick(daemon, "creator:eve");
  rows = shown();
  REQUIRE(rows["nodes"].size() == 1);
  CHECK(rows["nodes"][0]["label"] == "theirs");
  pick(daemon, "all");
  CHECK(shown()["nodes"].size() == 3);
  CHECK(lastOf(daemon, "trowel/ui/pick")["items"].size() == 6);  // all, mine, two states, two others' names
}

TEST_CASE("a name filter looks into the groups of clusters as well, and leaves the libraries of a cluster alone") {
  DaemonHarness daemon;
  daemon.connect();
  answer(daemon, "GET /api/2.1/clusters/list", 200,
         {{"clusters",
           Json::array({clusterOf("1", "etl", "RUNNING", "UI"), clusterOf("2", "other", "RUNNING", "UI"),
                        clusterOf("3", "job-etl", "RUNNING", "JOB"), clusterOf("4", "job-x", "RUNNING", "JOB")})}});
  answer(daemon, "GET /api/2.0/libraries/cluster-status", 200,
         {{"cluster_id", "1"},
          {"library_statuses",
           Json::array({{{"library", {{"pypi", {{"package", "numpy"}}}}}, {"status", "INSTALLED"}}})}});
  agree(daemon, "ETL");
  runOn(daemon, "trowel.view.filter", view::kClusters, {"1"});
  CHECK(drawn(daemon, view::kClusters, 1) ==
        "trowel-cluster-running  etl  \"running · for SQL · 2 workers\"  [cluster.running] >\n"
        "  package  numpy  \"pypi · installed\"  [library.installed]\n"
        "trowel-job-cluster  Job Clusters  \"2\"  [clusterGroup] >\n"
        "  trowel-cluster-running  job-etl  \"running · 2 workers\"  [jobCluster.running] >\n");
}

TEST_CASE("kernels on a cluster begin anew") {
  DaemonHarness daemon(quick());
  daemon.connect();
  agree(daemon);
  runOn(daemon, "trowel.cluster.restartKernels", view::kClusters, {kShared});
  CHECK(lastOf(daemon, "window/showMessage")["message"] ==
        "No notebook of this window has a kernel on Shared analytics, so there is nothing to restart.");
  auto cell = [&](const std::string& source) {
    return daemon.request("trowel/kernel/execute", {{"kernel", std::string("profile:EMULATOR/") + kShared},
                                                    {"notebook", "file:///etl.ipynb"},
                                                    {"cell", "1"},
                                                    {"language", "python"},
                                                    {"source", source}})["state"];
  };
  CHECK(cell("x = 1") == "succeeded");
  runOn(daemon, "trowel.cluster.restartKernels");
  CHECK(calls(daemon, "/api/1.2/contexts/destroy") == 1);
  CHECK(lastOf(daemon, "trowel/ui/confirm")["message"] == "Restart the kernel of one notebook on Shared analytics?");
  CHECK(cell("x") == "failed");
}

}  // namespace trowel::test
