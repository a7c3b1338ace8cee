// SPDX-License-Identifier: Apache-2.0
// Dashboards and their published form (Lakeview API 2.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

// A list tells only id, name, warehouse, state and createdAt.
struct Dashboard {
  std::string id;
  std::string name;
  std::string path;  // in the workspace: "/Users/ada/Sales.lvdash.json"
  std::string parentPath;
  std::string warehouseId;
  std::string state;           // ACTIVE, TRASHED
  std::string etag;            // changes with the content
  std::string definition;      // JSON, in the workspace's own form
  std::int64_t createdAt = 0;  // epoch milliseconds
  std::int64_t updatedAt = 0;  // epoch milliseconds
};

struct PublishedDashboard {
  std::string name;
  std::string warehouseId;
  bool embedsCredentials = false;  // readers query as who published it
  std::int64_t revisedAt = 0;      // epoch milliseconds
};

struct DashboardDraft {
  std::string name = {};         // empty: as it is
  std::string parentPath = {};   // of a new one; empty: the user's home
  std::string warehouseId = {};  // empty: as it is
  std::string definition = {};   // JSON; empty: as it is
  std::string etag = {};         // of a change: Conflict unless the dashboard still has it; empty: change it anyway
};

// NotFound can come once for what was just made.
class Dashboards {
 public:
  explicit Dashboards(const RestClient& rest) : rest_(rest) {}

  Listing<Dashboard> list(bool trashed = false, const CallOptions& options = {}) const;
  core::Result<Dashboard> get(std::string_view id, const CallOptions& options = {}) const;
  core::Result<Dashboard> create(const DashboardDraft& draft, const CallOptions& options = {}) const;
  core::Result<Dashboard> update(std::string_view id, const DashboardDraft& draft,
                                 const CallOptions& options = {}) const;
  core::Result<void> trash(std::string_view id, const CallOptions& options = {}) const;

  core::Result<PublishedDashboard> published(std::string_view id, const CallOptions& options = {}) const;
  core::Result<PublishedDashboard> publish(std::string_view id, bool embedCredentials,
                                           std::string_view warehouseId = {}, const CallOptions& options = {}) const;
  core::Result<void> unpublish(std::string_view id, const CallOptions& options = {}) const;
  // The draft becomes what is published.
  core::Result<Dashboard> revert(std::string_view id, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
