// SPDX-License-Identifier: Apache-2.0
// Where the log goes: stderr and a file of limited size in the state folder.
#pragma once

#include <cstddef>
#include <string>

#include "trowel/core/log.hpp"

namespace trowel::os {

struct LogOptions {
  bool toStderr = true;
  core::LogLevel stderrLevel = core::LogLevel::Info;  // what is below goes to the file only
  std::string dir;                                    // empty: no file. Usually stateDir() + "/logs"
  std::string name = "trowel";                  // <name>-1.log; another process at the same time gets <name>-2.log
  std::size_t maxBytes = std::size_t{4} << 20;  // of one file
  std::size_t maxFiles = 3;                     // older ones that are kept
};

// Sets core's log sink. A folder that cannot be written or a full disk costs lines, never more. The path of the log
// file, or empty where there is none.
std::string installLogSinks(const LogOptions& options);

}  // namespace trowel::os
