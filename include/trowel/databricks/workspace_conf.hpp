// SPDX-License-Identifier: Apache-2.0
// Switches of a whole workspace by their names, for administrators (workspace-conf 2.0).
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

// Keys and values are the API's: enableTokensConfig "true", maxTokenLifetimeDays "90", enableDbfsFileBrowser, …
// PermissionDenied for all but administrators, InvalidParams for a key that the workspace does not know.
class WorkspaceConf {
 public:
  explicit WorkspaceConf(const RestClient& rest) : rest_(rest) {}

  // What is not set is left out.
  core::Result<std::map<std::string, std::string>> get(std::span<const std::string> keys,
                                                       const CallOptions& options = {}) const;
  core::Result<void> set(const std::map<std::string, std::string>& values, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
