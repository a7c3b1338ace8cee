// SPDX-License-Identifier: Apache-2.0
// The folder where the emulator keeps its files: the user's, or a private one that goes away with it.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "trowel/core/error.hpp"
#include "trowel/os/file_lock.hpp"

namespace trowel::emulator {

class DataFolder {
 public:
  // Empty: makes a temporary one of mode 0700. PermissionDenied where the folder cannot be made or written, Conflict
  // where another emulator uses it: each would write over what the other one knows.
  static core::Result<DataFolder> open(const std::filesystem::path& chosen);

  DataFolder(DataFolder&& other) noexcept
      : path_(std::move(other.path_)),
        temporary_(std::exchange(other.temporary_, false)),
        lock_(std::move(other.lock_)) {}
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  const std::filesystem::path& path() const { return path_; }
  bool temporary() const { return temporary_; }

 private:
  DataFolder(std::filesystem::path path, bool temporary) : path_(std::move(path)), temporary_(temporary) {}

  std::filesystem::path path_;
  bool temporary_;
  std::optional<os::FileLock> lock_;
};

}  // namespace trowel::emulator
