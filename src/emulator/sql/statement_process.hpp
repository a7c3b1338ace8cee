// SPDX-License-Identifier: Apache-2.0
// Runs one SQL text in a process of its own, with the same engine that clusters have.
#pragma once

#include <string>

#include "emulator/execution/contexts.hpp"
#include "emulator/identity/users.hpp"

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// How much of a table comes back; what there is more shows as `truncated`.
struct SqlLimits {
  std::size_t rows = 0;                    // 0: any number
  std::size_t bytes = 60UL * 1024 * 1024;  // as the process sends them: its lines are at most 64 MiB
};

// `settings` are those of the clusters' contexts. The result in the form of the command API (rest-api.md 8.3): a table
// or an error, of the last statement in `sql`. Cancelled where the token is, Internal where the process cannot be
// started or died. Blocks.
core::Result<core::Json> runSql(const ContextSettings& settings, const User& user, const std::string& sql,
                                const core::CancelToken& cancel, SqlLimits limits = {});

}  // namespace trowel::emulator
