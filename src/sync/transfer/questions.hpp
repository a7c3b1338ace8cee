// SPDX-License-Identifier: Apache-2.0
// Puts the conflicts of a transfer before the user, one at a time, until an answer holds for all that are left.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "trowel/sync/transfer.hpp"

namespace trowel::sync {

// Any thread.
class Questions {
 public:
  // `policy` other than Ask answers everything.
  Questions(TransferObserver& observer, OnConflict policy);

  // What is known without asking; Ask: ask().
  OnConflict policy() const;
  // Blocks until the user has answered; the answer is not Ask. Cancelled with the token, or where there is
  // none.
  core::Result<OnConflict> ask(const CopyStep& step, const core::CancelToken& token);

 private:
  TransferObserver& observer_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  OnConflict policy_;
  bool asking_ = false;
};

}  // namespace trowel::sync
