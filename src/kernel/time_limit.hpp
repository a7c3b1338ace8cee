// SPDX-License-Identifier: Apache-2.0
// Tokens that bound calls in time, retries included: CallOptions.timeout bounds one exchange only.
#pragma once

#include "trowel/core/cancel.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/kernel/environment.hpp"

namespace trowel::kernel {

// Its token is cancelled when `duration` has passed, or at the end of everything.
class TimeLimit {
 public:
  TimeLimit(const Environment& environment, core::Duration duration)
      : timer_(environment.timer),
        source_(environment.ending),
        id_(timer_.after(duration, [source = source_] { source.cancel(core::CancelReason::Deadline); })) {}
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;
  ~TimeLimit() { timer_.cancel(id_); }

  core::CancelToken token() const { return source_.token(); }

 private:
  core::Timer& timer_;
  core::CancelSource source_;
  core::Timer::Id id_;
};

// Its token is cancelled some seconds after `cancel` is: for calls whose answer names something in the workspace that
// could not be ended without its name. At shutdown there is less time.
class Grace {
 public:
  Grace(const Environment& environment, const core::CancelToken& cancel)
      : source_(environment.ending),
        registration_(cancel.onCancel([&timer = environment.timer, source = source_, cancel] {
          bool shutdown = cancel.reason() == core::CancelReason::Shutdown;
          timer.after(std::chrono::seconds(shutdown ? 1 : 5), [source, cancel] { source.cancel(cancel.reason()); });
        })) {}

  core::CancelToken token() const { return source_.token(); }

 private:
  core::CancelSource source_;
  core::CancelToken::Registration registration_;
};

}  // namespace trowel::kernel
