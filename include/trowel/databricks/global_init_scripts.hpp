// SPDX-License-Identifier: Apache-2.0
// Scripts that every cluster of a workspace runs when it starts, for administrators (Global Init Scripts 2.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct GlobalInitScript {
  std::string id;
  std::string name;
  bool enabled = false;
  std::int64_t position = 0;   // in the order in which they run, from 0
  std::int64_t createdAt = 0;  // epoch milliseconds
  std::string createdBy;       // user name
  std::int64_t updatedAt = 0;  // epoch milliseconds
  std::string updatedBy;       // user name
  std::string script;          // bytes; only get() tells
};

class GlobalInitScripts {
 public:
  explicit GlobalInitScripts(const RestClient& rest) : rest_(rest) {}

  Listing<GlobalInitScript> list(const CallOptions& options = {}) const;
  core::Result<GlobalInitScript> get(std::string_view id, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
