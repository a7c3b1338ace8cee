// SPDX-License-Identifier: Apache-2.0
// A folder held open: lists, examines and reads what is beneath it without ever following a symbolic link out of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::os {

enum class FileType : std::uint8_t { Regular, Directory, Symlink, Other };

// Tells versions of a file apart without reading it. The change time (ctime) cannot be set back by a user.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;  // bytes
  std::int64_t mtime = 0;  // nanoseconds since 1970
  std::int64_t ctime = 0;
  auto operator<=>(const FileStamp&) const = default;
};

struct FileInfo {
  FileType type = FileType::Other;
  FileStamp stamp;
};

struct DirectoryEntry {
  std::string name;  // bytes as the file system has them
  FileType type = FileType::Other;
};

struct FileContent {
  std::string bytes;
  FileStamp stamp;  // of the version that was read
};

// Any thread, several at once.
class Directory {
 public:
  static core::Result<Directory> open(const std::string& path);

  // `relative` is a path beneath this folder: '/'-separated, without "." and "..". A symbolic link on the way is
  // NotFound.
  core::Result<Directory> child(std::string_view relative) const;
  // Of the thing itself, a symbolic link included.
  core::Result<FileInfo> info(std::string_view relative) const;
  // Regular files only. InvalidParams where it is longer than `maxBytes`; Conflict where it changed while it was read.
  core::Result<FileContent> read(std::string_view relative, std::size_t maxBytes) const;

  // Sorted by name, without "." and "..".
  core::Result<std::vector<DirectoryEntry>> entries() const;
  // Of the folder itself.
  core::Result<FileInfo> info() const;

 private:
  Directory(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  // The folder that holds the last part of `relative`, and that part.
  core::Result<std::pair<UniqueFd, std::string>> parentOf(std::string_view relative) const;

  UniqueFd fd_;
  std::string path_;  // for messages
};

}  // namespace trowel::os
