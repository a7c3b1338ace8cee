// SPDX-License-Identifier: Apache-2.0
// Queries and alerts that people keep in a workspace (Queries and Alerts API 2.0, and the second version of alerts).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct SavedSql {
  std::string id;
  std::string name;
  std::string owner;
  std::string lifecycleState;  // ACTIVE, TRASHED
  std::string parentPath;
  std::int64_t createdAt = 0;  // epoch milliseconds; 0: not told
  std::int64_t updatedAt = 0;  // epoch milliseconds; 0: not told
  Document document;           // as sent
};

struct SavedQuery : SavedSql {
  std::string text;
  std::string description;
  std::string warehouseId;
  std::string catalog;
  std::string schema;
};

struct Alert : SavedSql {
  std::string queryId;
  std::string state;  // UNKNOWN, OK, TRIGGERED
};

// Has its query within.
struct AlertV2 : SavedSql {
  std::string text;
  std::string warehouseId;
};

// One kind of what is kept. What is created and changed is sent in the API's own words (SavedSql::document).
template <typename T>
class SavedSqlService {
 public:
  explicit SavedSqlService(const RestClient& rest) : rest_(rest) {}

  Listing<T> list(const CallOptions& options = {}) const;
  core::Result<T> get(std::string_view id, const CallOptions& options = {}) const;
  core::Result<T> create(const core::Json& definition, const CallOptions& options = {}) const;
  // Replaces the fields that stand in `changes`.
  core::Result<T> update(std::string_view id, const core::Json& changes, const CallOptions& options = {}) const;
  // Into the trash, which the workspace empties after 30 days.
  core::Result<void> trash(std::string_view id, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

using SavedQueries = SavedSqlService<SavedQuery>;
using Alerts = SavedSqlService<Alert>;
using AlertsV2 = SavedSqlService<AlertV2>;

}  // namespace trowel::databricks
