// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/cluster_catalog.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

namespace trowel::emulator {

using core::Json;

namespace {

// The newest first.
constexpr std::array kRuntimes = {
    Runtime{"17.3", "4.0.0", "2.13", true},  Runtime{"16.4", "3.5.2", "2.12", true},
    Runtime{"15.4", "3.5.0", "2.12", true},  Runtime{"14.3", "3.5.0", "2.12", true},
    Runtime{"13.3", "3.4.1", "2.12", true},  Runtime{"12.2", "3.3.2", "2.12", true},
    Runtime{"17.2", "4.0.0", "2.13", false}, Runtime{"16.3", "3.5.2", "2.12", false},
};

struct Variant {
  std::string_view key;      // between number and Scala version
  std::string_view title;    // behind LTS
  std::string_view feature;  // among what is included
};

constexpr std::array kVariants = {Variant{"", "", ""}, Variant{"photon-", " Photon", ""}, Variant{"cpu-ml-", " ML", ""},
                                  Variant{"gpu-ml-", " ML", "GPU, "}};

struct SparkVersion {
  std::string key;
  std::string name;
};

const std::vector<SparkVersion>& allVersions() {
  static const std::vector<SparkVersion> versions = [] {
    std::vector<SparkVersion> all;
    for (const auto& runtime : kRuntimes)
      for (const auto& variant : kVariants) {
        std::string number(runtime.number);
        std::string scala(runtime.scala);
        std::string title = number + (runtime.longTerm ? " LTS" : "") + std::string(variant.title);
        all.push_back({number + ".x-" + std::string(variant.key) + "scala" + scala,
                       title + " (includes Apache Spark " + std::string(runtime.spark) + ", " +
                           std::string(variant.feature) + "Scala " + scala + ")"});
      }
    return all;
  }();
  return versions;
}

constexpr std::array kNodeTypes = {
    NodeType{"Standard_DS3_v2", 14'336, 4, "General Purpose"},
    NodeType{"Standard_DS4_v2", 28'672, 8, "General Purpose"},
    NodeType{"Standard_DS5_v2", 57'344, 16, "General Purpose"},
    NodeType{"Standard_D4ads_v5", 16'384, 4, "General Purpose"},
    NodeType{"Standard_D4ds_v5", 16'384, 4, "General Purpose"},
    NodeType{"Standard_D8ds_v5", 32'768, 8, "General Purpose"},
    NodeType{"Standard_E4ds_v4", 32'768, 4, "Memory Optimized"},
    NodeType{"Standard_E8s_v3", 65'536, 8, "Memory Optimized"},
    NodeType{"Standard_L8s_v2", 65'536, 8, "Storage Optimized"},
    NodeType{"Standard_F4s", 8'192, 4, "Compute Optimized"},
    NodeType{"Standard_F8s", 16'384, 8, "Compute Optimized"},
    NodeType{"Standard_NC6s_v3", 114'688, 6, "GPU Accelerated", 1},
};

}  // namespace

std::optional<Runtime> runtimeOf(std::string_view key) {
  for (const auto& runtime : kRuntimes)
    if (key.starts_with(runtime.number) && key.substr(runtime.number.size()).starts_with(".x-")) return runtime;
  return std::nullopt;
}

bool isSparkVersion(std::string_view key) {
  return std::any_of(allVersions().begin(), allVersions().end(), [&](const auto& known) { return known.key == key; });
}

Json sparkVersions() {
  Json versions = Json::array();
  for (const auto& version : allVersions()) versions.push_back({{"key", version.key}, {"name", version.name}});
  return {{"versions", std::move(versions)}};
}

std::string resolveSparkVersion(const std::string& name) {
  const auto& newest = kRuntimes.front();
  const std::string start = std::string(newest.number) + ".x-";
  const std::string end = "scala" + std::string(newest.scala);
  if (name == "auto:latest" || name == "auto:latest-lts") return start + end;
  if (name == "auto:latest-ml" || name == "auto:latest-lts-ml") return start + "cpu-ml-" + end;
  return name;
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
    Json instance{{"instance_type_id", type.id},
                  {"local_disks", 1},
                  {"local_disk_size_gb", type.cores * 7},
                  {"local_nvme_disks", 0},
                  {"local_nvme_disk_size_gb", 0}};
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
                     {"node_instance_type", std::move(instance)},
                     {"is_hidden", false},
                     {"support_port_forwarding", true},
                     {"display_order", order++},
                     {"is_io_cache_enabled", false},
                     {"is_encrypted_in_transit", false},
                     {"photon_worker_capable", type.gpus == 0},
                     {"photon_driver_capable", type.gpus == 0},
                     {"is_graviton", false},
                     {"node_info", {{"available_core_quota", 350}, {"total_core_quota", 350}}}});
  }
  return {{"node_types", std::move(types)}};
}

Json zones() { return {{"zones", {"1", "2", "3"}}, {"default_zone", "1"}}; }

}  // namespace trowel::emulator
