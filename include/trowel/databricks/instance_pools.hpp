// SPDX-License-Identifier: Apache-2.0
// Machines that are kept ready for clusters (Instance Pools 2.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct InstancePool {
  std::string id;
  std::string name;
  std::string nodeType;
  std::string state;  // ACTIVE, STOPPED, DELETED
  std::int64_t minIdle = 0;
  std::int64_t maxCapacity = 0;  // 0: what the cloud gives
  std::int64_t idleAutoterminationMinutes = 0;
  std::vector<std::string> preloadedSparkVersions;
  std::int64_t used = 0;
  std::int64_t idle = 0;
  std::int64_t pendingUsed = 0;
  std::int64_t pendingIdle = 0;
  Document document;  // as the workspace sent it
};

// NotFound where the pool does not exist.
class InstancePools {
 public:
  explicit InstancePools(const RestClient& rest) : rest_(rest) {}

  Listing<InstancePool> list(const CallOptions& options = {}) const;
  core::Result<InstancePool> get(std::string_view id, const CallOptions& options = {}) const;

  // In the API's words: instance_pool_name, node_type_id, min_idle_instances, … Answers the id.
  core::Result<std::string> create(const core::Json& pool, const CallOptions& options = {}) const;
  // Start from the document of the pool; only names, numbers and times may change.
  core::Result<void> edit(std::string_view id, const core::Json& pool, const CallOptions& options = {}) const;
  core::Result<void> remove(std::string_view id, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
