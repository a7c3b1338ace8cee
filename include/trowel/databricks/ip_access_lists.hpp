// SPDX-License-Identifier: Apache-2.0
// From where a workspace may be reached, for administrators (IP access lists 2.0).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct IpAccessList {
  std::string id;
  std::string label;
  std::string type;                    // ALLOW, BLOCK
  std::vector<std::string> addresses;  // "10.1.2.3" or "10.0.0.0/8"
  bool enabled = false;
  std::int64_t createdAt = 0;  // epoch milliseconds
  std::int64_t createdBy = 0;  // user id
  std::int64_t updatedAt = 0;  // epoch milliseconds
  std::int64_t updatedBy = 0;  // user id
};

class IpAccessLists {
 public:
  explicit IpAccessLists(const RestClient& rest) : rest_(rest) {}

  Listing<IpAccessList> list(const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
