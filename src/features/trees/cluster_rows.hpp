// SPDX-License-Identifier: Apache-2.0
// How clusters and their libraries look as rows. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "trowel/databricks/clusters.hpp"
#include "trowel/databricks/libraries.hpp"
#include "trowel/protocol/types.hpp"

namespace trowel::features {

// The id of a library's row: "<cluster>/<type>:<name>".
struct LibraryRow {
  std::string cluster;
  std::string type;
  std::string name;

  static std::optional<LibraryRow> parse(std::string_view text);
  std::string text() const { return cluster + "/" + type + ":" + name; }
};

// How a project uses a cluster.
struct ClusterUse {
  bool attached = false;
  bool forSql = false;
};

// The cluster that the SQL browser asks: `wanted` where it is among them, else the first for people that runs; empty
// where none does.
std::string sqlClusterAmong(std::span<const databricks::Cluster> clusters, const std::string& wanted);

protocol::TreeNode rowOf(const databricks::Cluster& cluster, const ClusterUse& use);
// Being installed right now.
bool isInstalling(const databricks::LibraryStatus& status);
protocol::TreeNode rowOf(const std::string& clusterId, const databricks::LibraryStatus& status);

}  // namespace trowel::features
