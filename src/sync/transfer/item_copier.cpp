// SPDX-License-Identifier: Apache-2.0
#include "sync/transfer/item_copier.hpp"

#include <utility>

namespace trowel::sync {

std::pair<std::string, std::string> splitPath(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

std::string ItemCopier::partNameOf(const CopyStep& step) const {
  return os::partName(identity_ + "\n" + plan_.remotePath(step) + "\n" + step.form.extension + "\n" + step.version);
}

ItemOutcome ItemCopier::copy(Item& item, const core::CancelToken& token) const {
  auto outcome = plan_.direction == Direction::Down ? download(item, token) : upload(item, token);
  if (outcome) return *std::move(outcome);
  return ItemOutcome{.state = ItemOutcome::State::Failed, .error = std::move(outcome).error()};
}

}  // namespace trowel::sync
