// SPDX-License-Identifier: Apache-2.0
// Which python3 runs the commands.
#pragma once

#include <string>

#include "trowel/core/error.hpp"

namespace trowel::emulator {

// One that has pandas and matplotlib, /usr/bin/python3 first; else any. NotFound, with a way out, where there is none.
// Looks once per process; takes some 20 ms then. Any thread.
core::Result<std::string> findPython();

}  // namespace trowel::emulator
