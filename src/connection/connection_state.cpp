// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/connection_state.hpp"

#include <array>

namespace trowel::connection {

namespace {

using enum State;

constexpr std::size_t kStates = 6;
constexpr std::size_t kEvents = 6;

// Row: state. Column: Chosen, Dropped, Proved, Lost, Refused, Broken.
constexpr std::array<std::array<State, kEvents>, kStates> kNext = {{
    /* None       */ {Connecting, None, None, None, None, None},
    /* Connecting */ {Connecting, None, Ready, Offline, SignIn, Failed},
    /* Ready      */ {Connecting, None, Ready, Offline, SignIn, Ready},
    /* Offline    */ {Connecting, None, Ready, Offline, SignIn, Failed},
    /* SignIn     */ {Connecting, None, Ready, SignIn, SignIn, Failed},
    /* Failed     */ {Connecting, None, Ready, Failed, Failed, Failed},
}};

}  // namespace

State next(State state, Event event) { return kNext[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)]; }

std::optional<Event> eventOfCall(const core::Error* error) {
  if (error == nullptr) return Event::Proved;
  switch (error->code) {
    case core::ErrorCode::Unauthenticated:
      return Event::Refused;
    case core::ErrorCode::Unavailable:
      return error->httpStatus == 0 ? Event::Lost : Event::Proved;
    case core::ErrorCode::Cancelled:
    case core::ErrorCode::DeadlineExceeded:
    case core::ErrorCode::Overloaded:
    case core::ErrorCode::Internal:
      return std::nullopt;
    default:
      return error->httpStatus == 0 ? std::nullopt : std::optional(Event::Proved);
  }
}

Event eventOfConnecting(const core::Error* error) {
  if (error == nullptr) return Event::Proved;
  switch (error->code) {
    case core::ErrorCode::Unauthenticated:
      return Event::Refused;
    case core::ErrorCode::Unavailable:
      // What answers with success and is no workspace will not become one.
      return error->httpStatus == 0 || error->httpStatus >= 500 ? Event::Lost : Event::Broken;
    case core::ErrorCode::DeadlineExceeded:
    case core::ErrorCode::RateLimited:
      return Event::Lost;
    default:
      return Event::Broken;
  }
}

}  // namespace trowel::connection
