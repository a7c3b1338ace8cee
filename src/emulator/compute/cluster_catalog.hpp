// SPDX-License-Identifier: Apache-2.0
// What clusters can be made of: runtimes, machine types and zones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

struct Runtime {
  std::string_view number;  // 15.4
  std::string_view spark;   // 3.5.0
  std::string_view scala;
  bool longTerm;
};
// Of a version's key, as 15.4.x-scala2.12.
std::optional<Runtime> runtimeOf(std::string_view key);

bool isSparkVersion(std::string_view key);
core::Json sparkVersions();  // the answer of clusters/spark-versions
// auto:latest, auto:latest-lts, auto:latest-ml and auto:latest-lts-ml, which policies use, as a version's key;
// everything else as it is.
std::string resolveSparkVersion(const std::string& name);

struct NodeType {
  std::string_view id;
  std::int64_t memoryMb;
  int cores;
  std::string_view category;
  int gpus = 0;
};
std::optional<NodeType> nodeTypeNamed(std::string_view id);
core::Json nodeTypes();  // the answer of clusters/list-node-types

core::Json zones();  // the answer of clusters/list-zones

}  // namespace trowel::emulator
