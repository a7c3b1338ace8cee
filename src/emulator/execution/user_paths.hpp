// SPDX-License-Identifier: Apache-2.0
// Lets processes of user code see the trees of the emulator at /Workspace, /dbfs and /Volumes.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "trowel/core/error.hpp"

namespace trowel::emulator {

// The library that does it (paths_preload.cpp says how), written out of the executable for as long as this object
// lives.
class UserPaths {
 public:
  // PermissionDenied where the library cannot be written to the data folder. That folder has the trees beneath root/.
  static core::Result<UserPaths> prepare(const std::filesystem::path& dataFolder);

  UserPaths(UserPaths&& other) noexcept;
  UserPaths& operator=(UserPaths&&) = delete;
  ~UserPaths();

  // What a process needs in its environment; its children inherit it.
  const std::vector<std::pair<std::string, std::string>>& environment() const { return environment_; }

 private:
  UserPaths() = default;

  std::string temporary_;  // a folder to remove; empty: none
  std::vector<std::pair<std::string, std::string>> environment_;
};

}  // namespace trowel::emulator
