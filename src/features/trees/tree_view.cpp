// SPDX-License-Identifier: Apache-2.0
#include "tree_view.hpp"

#include "trowel/core/text.hpp"

namespace trowel::features {

bool TreeView::matches(const protocol::TreeNode& node, const std::optional<std::string>& below,
                       std::string_view text) const {
  return below || core::toLower(node.label).contains(core::toLower(text));
}

core::Result<void> TreeView::drop(const Drop&) {
  return core::fail(core::ErrorCode::Unsupported, "Nothing can be dropped there.");
}

}  // namespace trowel::features
