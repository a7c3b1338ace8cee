// SPDX-License-Identifier: Apache-2.0
// Runs another program to its end and collects what it prints, without ever being held up or flooded by it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"
#include "trowel/os/process.hpp"

namespace trowel::os {

struct RunOptions {
  std::vector<std::string> argv;  // argv[0]: a path, or a name to find in PATH
  core::Duration timeout = std::chrono::seconds(60);
  std::size_t maxOutput = 1UL << 20U;  // bytes of each stream
};

struct RunOutput {
  ExitStatus status;
  std::string out;
  std::string err;
};

// Its standard input is empty. NotFound where the program is missing; DeadlineExceeded, Cancelled; DataLoss where it
// prints more than it may. However this ends, the program and all that it started in its group have ended too.
core::Result<RunOutput> run(const RunOptions& options, const core::CancelToken& cancel);

}  // namespace trowel::os
