// SPDX-License-Identifier: Apache-2.0
#include "databricks/client/read_ahead.hpp"

#include <utility>

#include "trowel/core/worker_pool.hpp"

namespace trowel::databricks {

ReadAhead::ReadAhead(Fetch fetch, const core::CancelToken& cancel)
    : fetch_(std::move(fetch)), stop_(cancel), thread_([this] { run(); }) {}

ReadAhead::~ReadAhead() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stop_.cancel(core::CancelReason::Superseded);
  changed_.notify_all();
}

void ReadAhead::run() {
  core::nameThread("read ahead");
  for (bool more = true; more;) {
    auto page = fetch_(stop_.token());
    more = page && !page->last;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopped_ || !waiting_; });
    if (stopped_) return;
    waiting_.emplace(std::move(page));
    changed_.notify_all();
  }
}

core::Result<Page> ReadAhead::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.has_value(); });
  auto page = *std::exchange(waiting_, std::nullopt);
  changed_.notify_all();
  return page;
}

}  // namespace trowel::databricks
