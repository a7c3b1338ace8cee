// SPDX-License-Identifier: Apache-2.0
// Roles of AWS that clusters may take on (Instance Profiles 2.0). Other clouds have none.
#pragma once

#include <string>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct InstanceProfile {
  std::string arn;
  std::string roleArn;  // empty: named like the profile
  bool meta = false;    // only hands on the roles of users
};

class InstanceProfiles {
 public:
  explicit InstanceProfiles(const RestClient& rest) : rest_(rest) {}

  // Those that this user may choose.
  Listing<InstanceProfile> list(const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
