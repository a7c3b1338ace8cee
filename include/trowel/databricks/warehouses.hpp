// SPDX-License-Identifier: Apache-2.0
// SQL warehouses and their life cycle (Warehouses API 2.0).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct WarehouseHealth {
  std::string status;   // HEALTHY, DEGRADED, FAILED
  std::string summary;  // one sentence
  std::string details;
};

struct Warehouse {
  std::string id;
  std::string name;
  std::string state;  // STOPPED STARTING RUNNING STOPPING DELETING DELETED
  std::string size;   // 2X-Small … 5X-Large
  std::string type;   // CLASSIC, PRO
  std::string creator;
  std::string channel;  // CHANNEL_NAME_CURRENT, CHANNEL_NAME_PREVIEW
  std::int64_t minClusters = 0;
  std::int64_t maxClusters = 0;
  std::int64_t clusters = 0;         // running now
  std::int64_t activeSessions = 0;   // now
  std::int64_t autoStopMinutes = 0;  // 0: never
  bool photon = false;
  bool serverless = false;
  std::map<std::string, std::string> tags;
  std::string jdbcUrl;
  std::string odbcHost;
  std::string httpPath;  // "/sql/1.0/warehouses/2cca9d51e6f2c3a1"
  WarehouseHealth health;
  Document document;  // as sent

  bool isRunning() const { return state == "RUNNING"; }
};

// What the editors of queries know a warehouse by.
struct DataSource {
  std::string id;
  std::string name;
  std::string warehouseId;
};

class Warehouses {
 public:
  explicit Warehouses(const RestClient& rest) : rest_(rest) {}

  Listing<Warehouse> list(const CallOptions& options = {}) const;
  core::Result<Warehouse> get(std::string_view id, const CallOptions& options = {}) const;

  // `definition` as in Warehouse::document (name, cluster_size, …). The warehouse's id; it starts at once.
  core::Result<std::string> create(const core::Json& definition, const CallOptions& options = {}) const;
  // Replaces the definition; a running warehouse restarts where it must.
  core::Result<void> edit(std::string_view id, const core::Json& definition, const CallOptions& options = {}) const;
  // NotFound can be the echo of a delete that worked and whose answer was lost.
  core::Result<void> remove(std::string_view id, const CallOptions& options = {}) const;

  // These return when the workspace has begun; get() tells how far it is. Fine where it is in that state already.
  core::Result<void> start(std::string_view id, const CallOptions& options = {}) const;
  core::Result<void> stop(std::string_view id, const CallOptions& options = {}) const;

  Listing<DataSource> dataSources(const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
