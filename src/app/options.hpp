// SPDX-License-Identifier: Apache-2.0
// Where a real process keeps its things.
#pragma once

#include "trowel/app/commands.hpp"
#include "trowel/app/daemon.hpp"

namespace trowel::app {

// From the environment and the XDG folders.
DaemonOptions systemOptions(const std::string& name);

// stderr and a rotating file; false where the level's words are unknown (said on stderr).
bool startLog(const CommonOptions& common, bool toStderr);

// One line on stderr: "trowel: …".
void complain(const std::string& message);

}  // namespace trowel::app
