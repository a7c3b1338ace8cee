// SPDX-License-Identifier: Apache-2.0
// The states of a project's connection and what moves it from one to another. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "trowel/core/error.hpp"

namespace trowel::connection {

enum class State : std::uint8_t {
  None,        // nothing is chosen
  Connecting,  // chosen, and asking the host who we are
  Ready,       // the last call reached the workspace with a credential that it accepts
  Offline,     // the host cannot be reached; tried again by and by
  SignIn,      // the host wants another credential: the user must sign in
  Failed,      // cannot work as it is written down: the user must change something
};

enum class Event : std::uint8_t {
  Chosen,   // by the user, a setting, or a change of what is written down
  Dropped,  // by the user, or the folder was closed
  Proved,   // the host answered
  Lost,     // the host did not answer
  Refused,  // the host does not accept the credential, or there is none any more
  Broken,   // anything else that is wrong with a connection that was being made
};

State next(State state, Event event);

// What the end of a call says about the connection it went over; `error` is null where it succeeded. Nothing where it
// says nothing (cancelled, out of time). An error of the workspace about what was asked is an answer.
std::optional<Event> eventOfCall(const core::Error* error);

// What the end of making a connection says.
Event eventOfConnecting(const core::Error* error);

}  // namespace trowel::connection
