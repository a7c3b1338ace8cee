// SPDX-License-Identifier: Apache-2.0
#include "emulator/oauth/scopes.hpp"

#include <algorithm>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

const std::vector<std::string>& supportedScopes() {
  static const std::vector<std::string> kScopes{"all-apis",
                                                "offline_access",
                                                "openid",
                                                "email",
                                                "profile",
                                                "sql",
                                                "access-management",
                                                "apps",
                                                "authentication",
                                                "cluster-policies",
                                                "clusters",
                                                "command-execution",
                                                "dashboards",
                                                "files",
                                                "genie",
                                                "git",
                                                "global-init-scripts",
                                                "instance-pools",
                                                "instance-profiles",
                                                "jobs",
                                                "libraries",
                                                "mlflow",
                                                "model-serving",
                                                "pipelines",
                                                "scim",
                                                "secrets",
                                                "settings",
                                                "unity-catalog",
                                                "vector-search",
                                                "workspace"};
  return kScopes;
}

bool isSupportedScope(std::string_view name) {
  const auto& all = supportedScopes();
  return std::find(all.begin(), all.end(), name) != all.end();
}

bool hasScope(std::string_view scope, std::string_view name) {
  auto words = core::split(scope, ' ');
  return std::find(words.begin(), words.end(), name) != words.end();
}

Reply<std::string> readScope(std::string_view wanted, std::string_view fallback) {
  std::string scope;
  for (auto word : core::split(wanted, ' ')) {
    if (word.empty()) continue;
    if (!isSupportedScope(word))
      return oauthError(400, "invalid_scope", "The scope " + core::toValidUtf8(word) + " is unknown.");
    scope += (scope.empty() ? "" : " ") + std::string(word);
  }
  return scope.empty() ? std::string(fallback) : scope;
}

}  // namespace trowel::emulator
