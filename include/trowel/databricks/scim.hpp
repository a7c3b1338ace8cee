// SPDX-License-Identifier: Apache-2.0
// Who the credential belongs to (SCIM 2.0).
#pragma once

#include <cstdint>
#include <string>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct Me {
  std::string id;
  std::string userName;  // a mail address, or the application id of a service principal
  std::string displayName;
  bool active = false;
  std::int64_t workspaceId = 0;  // 0: the workspace did not tell

  // Where the workspace keeps what this user owns: "/Users/ada@example.com".
  std::string homeFolder() const { return "/Users/" + userName; }
};

class Scim {
 public:
  explicit Scim(const RestClient& rest) : rest_(rest) {}

  // The cheapest call that needs a valid token, so also the test of a connection.
  core::Result<Me> me(const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
