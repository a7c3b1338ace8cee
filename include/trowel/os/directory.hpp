// SPDX-License-Identifier: Apache-2.0
// A folder held open: lists, examines, reads and makes what is beneath it without ever following a symbolic link out of
// it.
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
  // The same; makes the folder and its parents where they are missing, as the umask has it. Links in `path` are
  // followed.
  static core::Result<Directory> make(const std::string& path);

  // `relative` is a path beneath this folder: '/'-separated, without "." and "..". A symbolic link on the way is
  // NotFound. Of child() and makeChild() "" is the folder itself.
  core::Result<Directory> child(std::string_view relative) const;
  // Of the thing itself, a symbolic link included.
  core::Result<FileInfo> info(std::string_view relative) const;
  // Regular files only. InvalidParams where it is longer than `maxBytes`; Conflict where it changed while it was read.
  core::Result<FileContent> read(std::string_view relative, std::size_t maxBytes) const;

  // A regular file opened for reading.
  core::Result<UniqueFd> openFile(std::string_view relative) const;

  // Makes the folder and those on the way to it; fine where they exist. NotFound where a link or a file is in the way.
  core::Result<Directory> makeChild(std::string_view relative) const;
  // After this, names that were made, replaced or removed in the folder survive a power loss.
  core::Result<void> sync() const;
  // Whether the file system takes "a" and "A" for the same name; false where the folder has nothing to tell by.
  core::Result<bool> ignoresCase() const;

  // Sorted by name, without "." and "..".
  core::Result<std::vector<DirectoryEntry>> entries() const;
  // Of the folder itself.
  core::Result<FileInfo> info() const;

  // As it was opened, for messages.
  const std::string& path() const { return path_; }
  int fd() const { return fd_.get(); }

 private:
  Directory(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  // The folder that holds the last part of `relative`, and that part.
  core::Result<std::pair<UniqueFd, std::string>> parentOf(std::string_view relative) const;

  UniqueFd fd_;
  std::string path_;
};

}  // namespace trowel::os
