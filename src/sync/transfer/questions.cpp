// SPDX-License-Identifier: Apache-2.0
#include "sync/transfer/questions.hpp"

#include <utility>

namespace trowel::sync {

Questions::Questions(TransferObserver& observer, OnConflict policy) : observer_(observer), policy_(policy) {}

OnConflict Questions::policy() const {
  std::lock_guard lock(mutex_);
  return policy_;
}

core::Result<OnConflict> Questions::ask(const CopyStep& step, const core::CancelToken& token) {
  const auto wake = token.onCancel([this] {
    std::lock_guard lock(mutex_);
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !asking_ || token.cancelled(); });
  if (token.cancelled()) return std::unexpected(token.error("The transfer"));
  if (policy_ != OnConflict::Ask) return policy_;
  asking_ = true;
  lock.unlock();
  auto answer = observer_.resolve(step, token);
  lock.lock();
  asking_ = false;
  changed_.notify_all();
  if (!answer) {
    auto error = std::move(answer).error();
    error.code = core::ErrorCode::Cancelled;  // whatever it is, there is nobody to decide
    return std::unexpected(std::move(error));
  }
  if (answer->forAll) policy_ = answer->choice;
  return answer->choice;
}

}  // namespace trowel::sync
