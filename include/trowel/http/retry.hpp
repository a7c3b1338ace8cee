// SPDX-License-Identifier: Apache-2.0
// When to try a call again and after how long: a pure policy, and the small loop that waits by it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/http/client.hpp"

namespace trowel::http {

// Declared per call, not derived from its verb: may the server be asked twice without harm?
enum class Safety : std::uint8_t {
  Safe,    // twice is as good as once: reads, and writes that set a state
  Unsafe,  // twice may act twice: running a command, creating something with a new id
};

// What one attempt came to.
enum class Verdict : std::uint8_t {
  Final,       // an answer, or a failure that another attempt would only repeat
  NotStarted,  // the server surely did not act: any call may be repeated
  Unknown,     // the server may have acted or not: only a safe call may be repeated
};

// A lost or damaged exchange is Unknown. A host that has no address or refuses connections is Final: whoever can wait
// for it to come back (the connection's state machine, sync) does so on its own schedule and says so.
Verdict verdictOf(const TransportError& error);

// How long the server asks to wait (Retry-After), in whole seconds or until a date in any form of RFC 9110, 5.6.7. A
// date counts from that of the answer, so that a clock which is wrong does no harm, from `now` where the answer has
// none; one in the past is 0. Nothing for a negative number, garbage or an absent header.
std::optional<core::Duration> parseRetryAfter(const Headers& answer, core::WallTime now);

struct RetryPolicy {
  core::Duration firstDelay = std::chrono::milliseconds(250);  // doubles with each attempt
  core::Duration maxDelay = std::chrono::seconds(10);
  core::Duration maxRetryAfter = std::chrono::seconds(60);  // a longer wish of the server is cut to this
  core::Duration budget = std::chrono::seconds(120);  // no wait ends later than this after the first attempt began

  // How long to wait before attempt `attempt` + 1; nothing: give up. `attempt` counts from 1, `random` is in [0, 1).
  // The wait lies between half the backoff and all of it, and is never shorter than what the server asked for.
  std::optional<core::Duration> delay(Safety safety, Verdict verdict, int attempt, core::Duration elapsed,
                                      std::optional<core::Duration> retryAfter, double random) const;
};

// Numbers in [0, 1). Any thread.
using Random = std::function<double()>;
Random systemRandom();

// The attempts of one call:  for (Retry retry(…);;) { attempt; if (!retry.again(verdict, after, token)) return; }
class Retry {
 public:
  Retry(const RetryPolicy& policy, Safety safety, core::Clock& clock, const Random& random)
      : policy_(policy), safety_(safety), clock_(clock), random_(random), begun_(clock.now()) {}

  // Waits as the policy says and returns true; false where it says no or the token was cancelled meanwhile.
  bool again(Verdict verdict, std::optional<core::Duration> retryAfter, const core::CancelToken& cancel);

  // No wait ends later than this.
  core::TimePoint deadline() const { return begun_ + policy_.budget; }

  // Of the attempt that is running or was the last; from 1.
  int attempt() const { return attempt_; }

 private:
  const RetryPolicy& policy_;
  Safety safety_;
  core::Clock& clock_;
  const Random& random_;
  core::TimePoint begun_;
  int attempt_ = 1;
};

}  // namespace trowel::http
