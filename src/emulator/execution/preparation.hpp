// SPDX-License-Identifier: Apache-2.0
// What contexts find in the data folder, and how they are set up.
#pragma once

#include <chrono>
#include <filesystem>

#include "emulator/execution/contexts.hpp"
#include "emulator/execution/user_paths.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Writes the program that keeps processes of user code (keeper/main.cpp) to the folder, where PythonProcess looks for
// it.
core::Result<void> writeKeeper(const std::filesystem::path& modules);

// Writes the driver's modules and the keeper, makes a folder to work in and the file of tables. PermissionDenied where
// the data folder cannot be written.
core::Result<void> prepareExecution(const std::filesystem::path& folder);

ContextSettings contextSettings(const World& world, const UserPaths& paths,
                                std::function<ApiAccess(const User&)> access);

// From PENDING to RUNNING.
std::chrono::milliseconds clusterStartTime(const Options& options);

}  // namespace trowel::emulator
