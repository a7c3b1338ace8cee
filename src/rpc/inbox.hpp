// SPDX-License-Identifier: Apache-2.0
// What was read and waits for the main thread: replies and cancels ahead, the rest in order.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "message.hpp"
#include "trowel/rpc/endpoint.hpp"

namespace trowel::rpc {

class Inbox {
 public:
  struct Batch {
    std::vector<Message> urgent;
    std::vector<Message> normal;
    std::optional<Ending> ending;  // nothing comes after this batch
    std::size_t bytes = 0;         // of normal, to be given back with done()
  };

  explicit Inbox(std::size_t maxBytes) : maxBytes_(maxBytes) {}

  // False, and the message is not taken, where more bytes than the limit wait. Any thread.
  [[nodiscard]] bool push(Message& message, std::size_t bytes) {
    std::lock_guard lock(mutex_);
    if (pendingBytes_ > 0 && pendingBytes_ + bytes > maxBytes_) return false;
    pendingBytes_ += bytes;
    batch_.bytes += bytes;
    batch_.normal.push_back(std::move(message));
    changed_.notify_one();
    return true;
  }

  void pushUrgent(Message message) {
    std::lock_guard lock(mutex_);
    batch_.urgent.push_back(std::move(message));
    hasUrgent_ = true;
    changed_.notify_one();
  }

  // The first reason stays.
  void end(Ending ending) {
    std::lock_guard lock(mutex_);
    if (!batch_.ending) batch_.ending = ending;
    changed_.notify_one();
  }

  // Blocks until there is something, then hands over all of it.
  Batch take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !batch_.urgent.empty() || !batch_.normal.empty() || batch_.ending; });
    hasUrgent_ = false;
    auto ending = batch_.ending;
    Batch taken = std::exchange(batch_, {});
    batch_.ending = ending;
    return taken;
  }

  // Only the urgent ones; for in between.
  std::vector<Message> takeUrgent() {
    if (!hasUrgent_.load(std::memory_order_relaxed)) return {};
    std::lock_guard lock(mutex_);
    hasUrgent_ = false;
    return std::exchange(batch_.urgent, {});
  }

  void done(std::size_t bytes) {
    std::lock_guard lock(mutex_);
    pendingBytes_ -= bytes;
  }

 private:
  const std::size_t maxBytes_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  Batch batch_;
  std::size_t pendingBytes_ = 0;
  std::atomic<bool> hasUrgent_ = false;
};

}  // namespace trowel::rpc
