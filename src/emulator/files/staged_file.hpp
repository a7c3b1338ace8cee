// SPDX-License-Identifier: Apache-2.0
// A file on its way in, filled outside of every tree.
#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>

#include "emulator/files/file_problem.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::emulator {

// Removed with the object, unless FileTree::place took it. One thread.
class StagedFile {
 public:
  StagedFile(std::filesystem::path path, os::UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;
  ~StagedFile();

  FileResult<void> append(std::string_view bytes);
  // The whole content of another one that has been filled.
  FileResult<void> append(StagedFile& other);
  std::uint64_t size() const { return size_; }
  // At most `length` bytes from `offset`.
  FileResult<std::string> read(std::uint64_t offset, std::uint64_t length);
  // Gives the descriptor back; the next use opens the file again. For files that wait: there may be many.
  void rest() { fd_.reset(); }

  // For FileTree: the date it shall have, and where `durable` its content is on the disk.
  FileResult<void> finish(std::timespec date, bool durable);
  const std::filesystem::path& path() const { return path_; }
  // It stands elsewhere now.
  void release() { path_.clear(); }

 private:
  FileResult<int> open();

  std::filesystem::path path_;
  os::UniqueFd fd_;
  std::uint64_t size_ = 0;
};

// At most `length` bytes of an open file from `offset`; fewer at its end.
FileResult<std::string> readBytes(int fd, std::uint64_t offset, std::uint64_t length);

}  // namespace trowel::emulator
