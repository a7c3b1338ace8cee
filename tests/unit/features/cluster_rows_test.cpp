// SPDX-License-Identifier: Apache-2.0
#include "features/trees/cluster_rows.hpp"

#include "support/catch.hpp"

namespace trowel::features {

namespace {

databricks::Cluster clusterOf(const std::string& id, const std::string& state, const std::string& source = "UI") {
  databricks::Cluster cluster;
  cluster.id = id;
  cluster.name = "Cluster " + id;
  cluster.state = state;
  cluster.source = source;
  return cluster;
}

}  // namespace

TEST_CASE("the SQL browser asks the chosen cluster where it is there, else the first for people that runs") {
  const std::vector<databricks::Cluster> all = {clusterOf("job", "RUNNING", "JOB"), clusterOf("a", "TERMINATED"),
                                                clusterOf("b", "RESIZING"), clusterOf("c", "RUNNING")};
  CHECK(sqlClusterAmong(all, "a") == "a");
  CHECK(sqlClusterAmong(all, "") == "b");
  CHECK(sqlClusterAmong(all, "of another workspace") == "b");
  CHECK(sqlClusterAmong({}, "a").empty());
}

TEST_CASE("a row's menu depends on state, owner and pin") {
  struct Case {
    const char* state;
    const char* source;
    const char* pinnedBy;
    const char* context;
    const char* icon;
  };
  for (const auto& each : {Case{"RUNNING", "UI", "", "cluster.running", "trowel-cluster-running"},
                           Case{"RESIZING", "API", "ada", "cluster.resizing.pinned", "trowel-cluster-running"},
                           Case{"PENDING", "UI", "", "cluster.pending", "sync~spin"},
                           Case{"RESTARTING", "UI", "", "cluster.restarting", "sync~spin"},
                           Case{"TERMINATING", "UI", "", "cluster.terminating", "sync~spin"},
                           Case{"TERMINATED", "UI", "ada", "cluster.terminated.pinned", "trowel-cluster-stopped"},
                           Case{"ERROR", "UI", "", "cluster.error", "trowel-cluster-error"},
                           Case{"UNKNOWN", "UI", "", "cluster.unknown", "trowel-cluster-stopped"},
                           Case{"RUNNING", "JOB", "", "jobCluster.running", "trowel-cluster-running"}}) {
    INFO(each.state << " of " << each.source);
    auto cluster = clusterOf("1", each.state, each.source);
    cluster.pinnedBy = each.pinnedBy;
    auto row = rowOf(cluster, {});
    CHECK(row.contextValue == each.context);
    CHECK(row.icon == each.icon);
    CHECK(row.decoration.has_value() == !cluster.pinnedBy.empty());
  }
}

TEST_CASE("a library's row names its cluster, and can be read back") {
  const LibraryRow row{.cluster = "0101-1", .type = "maven", .name = "g:a/b:1"};
  auto read = LibraryRow::parse(row.text());
  REQUIRE(read);
  CHECK(read->cluster == row.cluster);
  CHECK(read->type == row.type);
  CHECK(read->name == row.name);
  for (const auto& other : {"0101-1", "#jobs", "", "a:b", "a/b"}) CHECK_FALSE(LibraryRow::parse(other));
}

TEST_CASE("a library's row says how far it is") {
  struct Case {
    const char* status;
    const char* icon;
    const char* description;
  };
  for (const auto& each :
       {Case{"INSTALLED", "package", "pypi · installed"}, Case{"PENDING", "clock", "pypi · pending"},
        Case{"RESOLVING", "sync~spin", "pypi · resolving"}, Case{"INSTALLING", "sync~spin", "pypi · installing"},
        Case{"FAILED", "error", "pypi · failed"},
        Case{"UNINSTALL_ON_RESTART", "package", "pypi · goes with the next restart"}}) {
    INFO(each.status);
    databricks::LibraryStatus status{.library = {.type = "pypi", .name = "x"}, .status = each.status, .messages = {}};
    auto row = rowOf("1", status);
    CHECK(row.icon == each.icon);
    CHECK(row.description == each.description);
    CHECK(row.id == "1/pypi:x");
  }
}

}  // namespace trowel::features
