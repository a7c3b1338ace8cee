// SPDX-License-Identifier: Apache-2.0
// What clusters can be made of: runtimes and machine types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

bool isSparkVersion(std::string_view key);
core::Json sparkVersions();  // the answer of clusters/spark-versions

struct NodeType {
  std::string_view id;
  std::int64_t memoryMb;
  int cores;
  std::string_view category;
  int gpus = 0;
};
std::optional<NodeType> nodeTypeNamed(std::string_view id);
core::Json nodeTypes();  // the answer of clusters/list-node-types

}  // namespace trowel::emulator
