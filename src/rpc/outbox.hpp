// SPDX-License-Identifier: Apache-2.0
// What waits to be written. Threads append, rpc-write takes everything at once: one write for many replies.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "trowel/core/clock.hpp"
#include "trowel/rpc/outgoing.hpp"

namespace trowel::rpc {

class Outbox {
 public:
  Outbox(std::function<bool(std::string_view)> write, std::size_t backlogBytes, core::Clock& clock);
  ~Outbox();

  // Any thread; never blocks.
  void push(std::string_view body, Delivery delivery = Delivery::Certain);

  // While one lives, the writer is not woken for little: what its owner pushes goes out together.
  class Cork {
   public:
    explicit Cork(Outbox& outbox);
    ~Cork();
    Cork(const Cork&) = delete;
    Cork& operator=(const Cork&) = delete;

   private:
    Outbox& outbox_;
  };

  // True when all was written within `patience`; nothing is taken afterwards. Joins once `interrupt` has been called
  // or all is written.
  bool finish(core::Duration patience, const std::function<void()>& interrupt);

 private:
  void run();
  bool ripe() const;  // with mutex_: whether the writer should take what waits

  const std::function<bool(std::string_view)> write_;
  const std::size_t backlogBytes_;
  core::Clock& clock_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::string pending_;
  std::size_t writing_ = 0;  // bytes in the hands of the writer
  std::size_t corks_ = 0;
  std::size_t dropped_ = 0;
  bool finishing_ = false;
  bool broken_ = false;  // nobody reads any more
  std::thread writer_;
};

}  // namespace trowel::rpc
