// SPDX-License-Identifier: Apache-2.0
// The view Secrets: scopes, in them their keys and who may use them. Node ids are those of SecretRow.
#pragma once

#include "tree_view.hpp"

namespace trowel::features {

class SecretsView final : public TreeView {
 public:
  core::Result<Rows> children(const RowsRequest& request) override;
  std::string permission(const std::optional<std::string>& node) const override;
};

}  // namespace trowel::features
