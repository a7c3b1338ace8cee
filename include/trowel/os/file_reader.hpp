// SPDX-License-Identifier: Apache-2.0
// Reads one version of a regular file piece by piece.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "trowel/os/directory.hpp"

namespace trowel::os {

// One thread.
class FileReader {
 public:
  // `relative` as of Directory.
  static core::Result<FileReader> open(const Directory& folder, std::string_view relative);

  // Of the version that is read.
  const FileStamp& stamp() const { return stamp_; }
  // The next bytes; 0 at the end. Conflict, before the last ones are given away, where the file was changed since it
  // was opened.
  core::Result<std::size_t> read(std::span<char> into);
  core::Result<void> rewind();

 private:
  FileReader(UniqueFd fd, std::string path, const FileStamp& stamp)
      : fd_(std::move(fd)), path_(std::move(path)), stamp_(stamp) {}

  UniqueFd fd_;
  std::string path_;
  FileStamp stamp_;
  std::uint64_t position_ = 0;
};

}  // namespace trowel::os
