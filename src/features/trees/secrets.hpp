// SPDX-License-Identifier: Apache-2.0
// The view Secrets: scopes, in them their keys and who may use them. Node ids are those of SecretRow.
#pragma once

#include "tree_view.hpp"
#include "trowel/databricks/secrets.hpp"

namespace trowel::features {

class SecretsView final : public TreeView {
 public:
  core::Result<Rows> children(const RowsRequest& request) override;
  std::string permission(const std::optional<std::string>& node) const override;
};

// ---- rows; pure

protocol::TreeNode scopeRow(const databricks::SecretScope& scope);
// A key of a read-only scope looks the same, but nothing can be done to it here.
protocol::TreeNode secretRow(const std::string& scope, const databricks::SecretMetadata& secret, bool readOnly);
protocol::TreeNode aclRow(const std::string& scope, const databricks::SecretAcl& acl);

}  // namespace trowel::features
