// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/cluster_catalog.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace trowel::emulator {

using core::Json;

namespace {

struct SparkVersion {
  std::string_view key;
  std::string_view name;
};

constexpr std::array kSparkVersions = {
    SparkVersion{"16.4.x-scala2.12", "16.4 LTS (includes Apache Spark 3.5.2, Scala 2.12)"},
    SparkVersion{"16.4.x-cpu-ml-scala2.12", "16.4 LTS ML (includes Apache Spark 3.5.2, Scala 2.12)"},
    SparkVersion{"15.4.x-scala2.12", "15.4 LTS (includes Apache Spark 3.5.0, Scala 2.12)"},
    SparkVersion{"15.4.x-cpu-ml-scala2.12", "15.4 LTS ML (includes Apache Spark 3.5.0, Scala 2.12)"},
    SparkVersion{"15.4.x-gpu-ml-scala2.12", "15.4 LTS ML (includes Apache Spark 3.5.0, GPU, Scala 2.12)"},
    SparkVersion{"15.4.x-photon-scala2.12", "15.4 LTS Photon (includes Apache Spark 3.5.0, Scala 2.12)"},
    SparkVersion{"14.3.x-scala2.12", "14.3 LTS (includes Apache Spark 3.5.0, Scala 2.12)"},
    SparkVersion{"13.3.x-scala2.12", "13.3 LTS (includes Apache Spark 3.4.1, Scala 2.12)"},
};

constexpr std::array kNodeTypes = {
    NodeType{"Standard_DS3_v2", 14'336, 4, "General Purpose"},
    NodeType{"Standard_DS4_v2", 28'672, 8, "General Purpose"},
    NodeType{"Standard_D4ads_v5", 16'384, 4, "General Purpose"},
    NodeType{"Standard_E8s_v3", 65'536, 8, "Memory Optimized"},
    NodeType{"Standard_F8s", 16'384, 8, "Compute Optimized"},
    NodeType{"Standard_NC6s_v3", 114'688, 6, "GPU Accelerated", 1},
};

}  // namespace

bool isSparkVersion(std::string_view key) {
  return std::any_of(kSparkVersions.begin(), kSparkVersions.end(), [&](const auto& known) { return known.key == key; });
}

Json sparkVersions() {
  Json versions = Json::array();
  for (const auto& version : kSparkVersions) versions.push_back({{"key", version.key}, {"name", version.name}});
  return {{"versions", std::move(versions)}};
}

std::optional<NodeType> nodeTypeNamed(std::string_view id) {
  for (const auto& type : kNodeTypes)
    if (type.id == id) return type;
  return std::nullopt;
}

Json nodeTypes() {
  Json types = Json::array();
  int order = 0;
  for (const auto& type : kNodeTypes) {
    types.push_back({{"node_type_id", type.id},
                     {"memory_mb", type.memoryMb},
                     {"num_cores", static_cast<double>(type.cores)},
                     {"description", type.id},
                     {"instance_type_id", type.id},
                     {"is_deprecated", false},
                     {"category", type.category},
                     {"support_ebs_volumes", true},
                     {"support_cluster_tags", true},
                     {"num_gpus", type.gpus},
                     {"is_hidden", false},
                     {"support_port_forwarding", true},
                     {"display_order", order++},
                     {"is_io_cache_enabled", false},
                     {"photon_worker_capable", type.gpus == 0},
                     {"photon_driver_capable", type.gpus == 0},
                     {"is_graviton", false},
                     {"node_info", {{"available_core_quota", 350}, {"total_core_quota", 350}}}});
  }
  return {{"node_types", std::move(types)}};
}

}  // namespace trowel::emulator
