// SPDX-License-Identifier: Apache-2.0
// The address of a workspace as people write and paste it, brought into its one form. Pure.
#pragma once

#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::auth {

struct HostAddress {
  std::string host = {};  // "https://adb-1.2.azuredatabricks.net": scheme, lower case, no path, no slash at the end
  std::string workspaceId = {};  // of ?o=, ?workspace_id= (digits) or ?w=; empty where it has none
  std::string accountId = {};    // of ?a= or ?account_id=
};

// "adb-1.2.azuredatabricks.net/?o=1#job/2" is fine as well. InvalidParams, in words for the user and without the text
// itself (it may hold a password), where it cannot be an address, carries a user name, or would send a token
// unencrypted: http is for this machine only.
core::Result<HostAddress> normaliseHost(std::string_view text);

// Whether both texts mean the same host. False where one of them means none.
bool isSameHost(std::string_view a, std::string_view b);

}  // namespace trowel::auth
