// SPDX-License-Identifier: Apache-2.0
// What the kernel needs from outside besides the workspace: time and chance, so that tests own both.
#pragma once

#include <functional>

#include "trowel/core/cancel.hpp"
#include "trowel/core/timer.hpp"

namespace trowel::kernel {

struct Environment {
  core::Clock& clock;
  core::Timer& timer;              // bounds calls that the user waits for
  std::function<double()> random;  // numbers in [0, 1), from any thread: spreads the polling
  core::CancelToken ending = {};   // cancelled when Trowel must end now: even what tidies up is not waited for
};

}  // namespace trowel::kernel
