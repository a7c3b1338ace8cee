// SPDX-License-Identifier: Apache-2.0
// Where the files that tasks name lie, for user code and for us.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/server/api_error.hpp"

namespace trowel::emulator {

class TaskFiles {
 public:
  // `root` holds Workspace, dbfs and Volumes.
  explicit TaskFiles(std::filesystem::path root) : root_(std::move(root)) {}

  // As user code opens it: "dbfs:/x" is /dbfs/x, "/Users/x" is /Workspace/Users/x. Nothing for other places (s3:, a
  // relative path) and for paths with "..".
  static std::optional<std::string> seen(std::string_view path);

  // The file itself, where there is a regular one.
  std::optional<std::filesystem::path> find(std::string_view path) const;
  // Its content, of at most 64 MiB; 404 where there is none.
  Reply<std::string> read(std::string_view path) const;

 private:
  std::filesystem::path root_;
};

}  // namespace trowel::emulator
