// SPDX-License-Identifier: Apache-2.0
#include "sync/transfer/item_copier.hpp"

#include <utility>

#include "sync/transfer/naming.hpp"

namespace trowel::sync {

std::pair<std::string, std::string> splitPath(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

ItemCopier::ItemCopier(const TransferPlan& plan, const std::vector<os::Directory>& roots, RemoteTree& remote,
                       const std::string& identity, Questions& questions, Count count)
    : plan_(plan),
      roots_(roots),
      remote_(remote),
      identity_(identity),
      questions_(questions),
      count_(std::move(count)) {
  for (const auto& step : plan.copies)
    targets_.emplace(step.pair, plan.direction == Direction::Down ? step.local : step.remote);
}

unsigned ItemCopier::freeNumber(const CopyStep& step, std::string_view extension, unsigned number) const {
  const auto& path = plan_.direction == Direction::Down ? step.local : step.remote;
  while (targets_.contains({step.pair, numbered(path, extension, number)})) ++number;
  return number;
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
