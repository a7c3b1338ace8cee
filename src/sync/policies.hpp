// SPDX-License-Identifier: Apache-2.0
// When to look, when to try again: the decisions of a session as values, without clock, lock or I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sync/plan.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"

namespace trowel::sync {

// Paths that changed, held back until it has been quiet for a while, though never longer than kMaxHold.
class PendingChanges {
 public:
  static constexpr core::Duration kMaxHold = std::chrono::seconds(2);

  explicit PendingChanges(core::Duration quiet) : quiet_(quiet) {}

  void add(const std::set<std::string>& paths, core::TimePoint now);
  // Look at everything; `atOnce` without waiting for quiet.
  void addEverything(core::TimePoint now, bool atOnce = false);

  bool empty() const { return paths_.empty(); }
  // When they should be looked at; nothing where there are none.
  std::optional<core::TimePoint> due() const;
  std::set<std::string> take();

 private:
  core::Duration quiet_;
  std::set<std::string> paths_;
  core::TimePoint first_{};
  core::TimePoint last_{};
  bool atOnce_ = false;
};

// What an error of the workspace means for the rest of the work.
enum class Severity : std::uint8_t {
  Step,     // this object only, until its file changes
  Retry,    // this object only, and it may work later
  Pause,    // all: the host is away or asks for less; try again by itself
  Blocked,  // all: nothing works before the user acts; look again now and then
};
Severity severityOf(core::ErrorCode code);
inline bool concernsAll(core::ErrorCode code) { return severityOf(code) >= Severity::Pause; }

// How long to wait before the attempt after `failures` failed ones: 1 s, doubling up to a minute.
core::Duration backoff(std::uint32_t failures);

// Steps that failed on their own, so that they are not tried over and over.
class Failures {
 public:
  // `hash` is the content that a Put would send: other content is a new attempt.
  void record(const Step& step, const std::string& hash, const core::Error& error, core::TimePoint now);
  void forget(const Step& step);
  // Drops what the plan does not want any more.
  void keepOnly(const Plan& plan);

  // The step must not be tried now: it failed, or another one failed that must come before it.
  bool blocks(const Step& step, const std::string& hash, core::TimePoint now) const;
  // When something that failed may be tried again.
  std::optional<core::TimePoint> nextRetry() const;
  // By local path (a folder's remote path).
  std::map<std::string, std::string> problems() const;

 private:
  struct Failure {
    Step step;
    std::string hash;
    std::string message;
    std::uint32_t attempts = 0;
    std::optional<core::TimePoint> retryAt;  // nothing: not before the file changes
  };
  using Key = std::pair<std::string, Action>;  // remote path first, so that a folder's come together

  std::vector<const Failure*> obstacles(const Step& step, const std::string& hash) const;
  std::optional<core::TimePoint> allowedAt(const Step& step, const std::string& hash) const;

  std::map<Key, Failure> failures_;
};

}  // namespace trowel::sync
