// SPDX-License-Identifier: Apache-2.0
// Cancellation with a reason: a source cancels, tokens of it see why, wake from waits and run call-backs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"

namespace trowel::core {

enum class CancelReason : std::uint8_t { None, Client, Deadline, Stalled, Disconnected, Superseded, Shutdown };

std::string_view toString(CancelReason reason);

namespace internal {
struct CancelState;
}

// Seen by whoever does the work. Cheap to copy; any thread. A default token is never cancelled.
class CancelToken {
 public:
  CancelToken() = default;

  bool cancelled() const { return reason() != CancelReason::None; }
  CancelReason reason() const;

  // Error with code Cancelled (DeadlineExceeded where time was the reason); `what` names the work that stopped.
  Error error(std::string_view what) const;

  // Sleeps for `duration`: true when it has passed, false as soon as the token is cancelled.
  bool waitFor(Clock& clock, Duration duration) const;

  // Ends the call-back's registration; waits for a call-back that is just running on another thread.
  class Registration {
   public:
    Registration() = default;
    Registration(Registration&&) noexcept = default;
    Registration& operator=(Registration&& other) noexcept;
    ~Registration();

   private:
    friend class CancelToken;
    std::shared_ptr<internal::CancelState> state_;
    std::uint64_t id_ = 0;
  };

  // Runs `callback` once when the token is cancelled, on the cancelling thread; at once where it already is.
  // The call-back must not block and must not destroy its own Registration.
  [[nodiscard]] Registration onCancel(std::function<void()> callback) const;

 private:
  friend class CancelSource;
  explicit CancelToken(std::shared_ptr<internal::CancelState> state) : state_(std::move(state)) {}
  std::shared_ptr<internal::CancelState> state_;
};

// Held by whoever may stop the work. Copies share one state. Any thread.
class CancelSource {
 public:
  CancelSource();
  // Is cancelled with its parent, for the same reason.
  explicit CancelSource(const CancelToken& parent);

  CancelToken token() const { return CancelToken(state_); }

  // True for the first call; later reasons are ignored.
  bool cancel(CancelReason reason) const;

 private:
  explicit CancelSource(std::shared_ptr<internal::CancelState> state) : state_(std::move(state)) {}

  std::shared_ptr<internal::CancelState> state_;
  std::shared_ptr<CancelToken::Registration> parent_;
};

}  // namespace trowel::core
