// SPDX-License-Identifier: Apache-2.0
// One command from being sent to its end, through lost polls, interruption and the death of its context.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "kernel/remote_context.hpp"
#include "trowel/core/cancel.hpp"

namespace trowel::kernel {

struct CommandEnd {
  enum class Kind : std::uint8_t {
    Finished,     // `command` has the result, or the infrastructure's failure
    Interrupted,  // on our request
    Refused,      // the workspace did not accept the command: it surely does not run; `error` says why
    InDoubt,      // sent, but nobody knows whether it arrived, or how it goes on; `error` says why
    ContextGone   // accepted, and its context ended under it
  };
  Kind kind = Kind::Finished;
  databricks::Command command = {};
  core::Error error = {};
  bool confirmed = true;  // Interrupted: the workspace says that nothing runs any more
};

// Blocks until the end. Cancelling interrupts the command and waits up to ten seconds for the workspace's word; with
// the reason Shutdown it only asks for the interruption. `report` hears what is waited for.
CommandEnd runCommand(const RemoteContext& context, const std::string& contextId, const std::string& language,
                      const std::string& code, const core::CancelToken& cancel,
                      const std::function<void(std::string_view)>& report);

}  // namespace trowel::kernel
