// SPDX-License-Identifier: Apache-2.0
// The view Git Folders: the user's own, then the folders of the workspace with those of others, then Git credentials.
// Node ids: "repo:ID", "folder:/PATH", "credentials", "credential:ID".
#pragma once

#include "tree_view.hpp"
#include "trowel/databricks/git_credentials.hpp"
#include "trowel/databricks/repos.hpp"

namespace trowel::features {

class ReposView final : public TreeView {
 public:
  core::Result<Rows> children(const RowsRequest& request) override;
  std::string permission(const std::optional<std::string>& node) const override;
  bool matches(const protocol::TreeNode& node, const std::optional<std::string>& below,
               std::string_view text) const override;

  static constexpr const char* kCredentials = "credentials";
  static std::string idOf(const databricks::Repo& repo) { return "repo:" + std::to_string(repo.id); }
  static std::string idOf(const databricks::GitCredential& credential) {
    return "credential:" + std::to_string(credential.id);
  }
  // The number behind the colon; 0 for any other id.
  static std::int64_t numberOf(std::string_view kind, std::string_view id);
  // The ids from the root down to a Git folder.
  static std::vector<std::string> pathTo(const databricks::Repo& repo, const databricks::Me& me);
};

// ---- rows; pure

// `below`: the folder under which the row stands.
protocol::TreeNode repoRow(const databricks::Repo& repo, const std::string& below);
protocol::TreeNode credentialRow(const databricks::GitCredential& credential);

}  // namespace trowel::features
