// SPDX-License-Identifier: Apache-2.0
// The switches that make requests go wrong on demand, by pattern and by count.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <optional>

#include "emulator/server/http_message.hpp"
#include "trowel/emulator/emulator.hpp"

namespace trowel::emulator {

// Any thread.
class Faults {
 public:
  void add(Fault fault);
  void clear();  // held requests go on
  void release();
  bool awaitHeld(std::size_t count);
  void stop();  // nothing is held any more, now and later

  // Runs `handler` through the first fault that matches, or plainly.
  Response apply(const Request& request, const std::function<Response()>& handler);

 private:
  std::optional<Fault> take(const Request& request);
  void hold();

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::list<Fault> faults_;
  std::size_t held_ = 0;
  std::uint64_t releases_ = 0;
  bool stopped_ = false;
};

}  // namespace trowel::emulator
