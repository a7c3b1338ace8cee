// SPDX-License-Identifier: Apache-2.0
// What ran on the warehouses of a workspace (Query History API 2.0).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct QueryRecord {
  std::string id;      // the statement's
  std::string status;  // QUEUED STARTED COMPILING RUNNING FINISHED FAILED CANCELED (open)
  std::string text;
  std::string type;  // SELECT, INSERT, … (open)
  std::string errorMessage;
  std::string warehouseId;
  std::string userName;
  std::int64_t startTime = 0;  // epoch milliseconds
  std::int64_t endTime = 0;    // epoch milliseconds; 0: not yet
  std::int64_t duration = 0;   // milliseconds
  std::int64_t rows = 0;       // that came out
  bool isFinal = false;        // nothing of this will change any more
  Document metrics;            // only where asked for
};

// Empty lists and 0 stand for all.
struct QueryHistoryFilter {
  std::vector<std::string> statuses = {};
  std::vector<std::string> warehouseIds = {};
  std::vector<std::string> statementIds = {};
  std::vector<std::int64_t> userIds = {};
  std::int64_t startedFrom = 0;   // epoch milliseconds
  std::int64_t startedUntil = 0;  // epoch milliseconds
  bool metrics = false;
};

class QueryHistory {
 public:
  explicit QueryHistory(const RestClient& rest) : rest_(rest) {}

  // The newest first; of the last 30 days. Others' queries only where the user may watch the warehouse.
  Listing<QueryRecord> list(const QueryHistoryFilter& filter = {}, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
