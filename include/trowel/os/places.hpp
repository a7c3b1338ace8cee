// SPDX-License-Identifier: Apache-2.0
// Where Trowel keeps what (XDG base directory specification) and what the environment says. Paths only: nothing is
// made.
#pragma once

#include <optional>
#include <string>

#include "trowel/core/error.hpp"

namespace trowel::os {

// Nothing where the variable is not set; an empty one counts as not set.
std::optional<std::string> environment(const char* name);

// $HOME, else what the user database says.
std::string homeDir();
// $XDG_STATE_HOME/trowel, else ~/.local/state/trowel.
std::string stateDir();
// $XDG_CONFIG_HOME/trowel, else ~/.config/trowel.
std::string configDir();
// $XDG_RUNTIME_DIR/trowel, else <stateDir>/run.
std::string runtimeDir();

// The running executable's own file.
core::Result<std::string> executablePath();

}  // namespace trowel::os
