// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/cluster_keeper.hpp"

#include "trowel/core/worker_pool.hpp"

namespace trowel::emulator {

void ClusterKeeper::wake() {
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  ++wakes_;
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
}

void ClusterKeeper::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void ClusterKeeper::run() {
  core::nameThread("clusters");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto seen = wakes_;
    lock.unlock();
    auto due = look_();
    lock.lock();
    clock_.waitUntil(lock, changed_, due, [&] { return stopping_ || wakes_ != seen; });
  }
}

}  // namespace trowel::emulator
