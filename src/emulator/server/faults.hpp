// SPDX-License-Identifier: Apache-2.0
// The switches that make requests, and things behind them, go wrong on demand.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <random>
#include <string_view>

#include "emulator/server/http_message.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/emulator/fault.hpp"

namespace trowel::emulator {

// `*` in the pattern is any run of characters.
bool matches(std::string_view pattern, std::string_view text);

// Any thread.
class Faults {
 public:
  // Delays go by `clock`, which outlives the faults.
  explicit Faults(core::Clock& clock) : clock_(clock) {}

  std::uint64_t add(Fault fault);  // its number
  bool remove(std::uint64_t number);
  void clear();    // and release()
  void release();  // held and delayed requests go on
  bool awaitHeld(std::size_t count);
  void stop();  // nothing waits any more, now and later

  // In the order in which they were added, also those that have happened as often as they should.
  struct Entry {
    std::uint64_t number;
    Fault fault;         // `skip` and `times` as they were
    std::uint64_t hits;  // how often it happened
  };
  std::vector<Entry> all() const;

  // Runs `handler` through the first fault that matches, or plainly.
  Response apply(const Request& request, std::string_view requestId, const std::function<Response()>& handler);

  // For the areas: whether an event is to go wrong now, as with the pattern "CLUSTER_START 0821-*". Counts as a hit.
  bool happens(std::string_view event, std::string_view subject);

 private:
  struct Switch {
    std::uint64_t number;
    Fault fault;
    int skipsLeft;
    std::uint64_t hits = 0;
    std::mt19937_64 dice;

    bool spent() const { return fault.times > 0 && hits >= static_cast<std::uint64_t>(fault.times); }
    bool strikes();
  };

  struct Strike {
    Fault fault;
    std::uint64_t releases;  // before it
  };

  std::optional<Strike> take(std::string_view subject, std::string_view event);
  void wait(const Strike& strike);

  core::Clock& clock_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::list<Switch> switches_;
  std::uint64_t numbers_ = 0;
  std::size_t held_ = 0;
  std::uint64_t releases_ = 0;
  bool stopped_ = false;
};

}  // namespace trowel::emulator
