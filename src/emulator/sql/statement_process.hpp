// SPDX-License-Identifier: Apache-2.0
// Runs one SQL text in a process of its own, with the same engine that clusters have.
#pragma once

#include <filesystem>
#include <string>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// What such a process needs; see PythonSetup.
struct SqlSetup {
  std::filesystem::path modules;
  std::filesystem::path work;
  std::string configuration;
};

// The result in the form of the command API (rest-api.md 8.3): a table or an error, of the last statement in `sql`.
// Cancelled where the token is, Internal where the process cannot be started or died. Blocks.
core::Result<core::Json> runSql(const SqlSetup& setup, const std::string& sql, const core::CancelToken& cancel);

}  // namespace trowel::emulator
