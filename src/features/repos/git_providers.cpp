// SPDX-License-Identifier: Apache-2.0
#include "git_providers.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kProviders = {
    {{"gitHub", "GitHub"},
     {"gitHubEnterprise", "GitHub Enterprise Server"},
     {"gitLab", "GitLab"},
     {"gitLabEnterpriseEdition", "GitLab Self-Managed"},
     {"azureDevOpsServices", "Azure DevOps Services"},
     {"bitbucketCloud", "Bitbucket Cloud"},
     {"bitbucketServer", "Bitbucket Server"},
     {"awsCodeCommit", "AWS CodeCommit"}}};

}  // namespace

std::string providerTitle(std::string_view id) {
  const auto* known =
      std::ranges::find_if(kProviders, [&](const auto& each) { return core::equalsIgnoreCase(each.first, id); });
  return std::string(known == kProviders.end() ? id : known->second);
}

core::Result<std::string> askProvider(Action& action, const std::string& title, const std::string& likely) {
  std::vector<protocol::PickItem> items;
  for (const auto& [id, name] : kProviders)
    items.push_back({.id = std::string(id),
                     .label = std::string(name),
                     .description = id == likely ? "by its address" : "",
                     .detail = {},
                     .icon = "repo",
                     .picked = {}});
  std::ranges::stable_partition(items, [&](const protocol::PickItem& item) { return item.id == likely; });
  return action.pick({.title = title, .placeholder = "Who keeps the repository"}, std::move(items));
}

core::Error withWayToCredentials(core::Error error) {
  if (error.code != core::ErrorCode::Conflict && core::toLower(error.message).contains("credential"))
    error.message += " Give the workspace one with 'Trowel: Add Git Credential…'.";
  return error;
}

}  // namespace trowel::features
