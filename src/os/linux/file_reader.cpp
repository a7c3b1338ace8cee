// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/file_reader.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "os/linux/file_status.hpp"
#include "trowel/os/system_error.hpp"

namespace trowel::os {

core::Result<FileReader> FileReader::open(const Directory& folder, std::string_view relative) {
  auto path = folder.path() + "/" + std::string(relative);
  auto fd = TROWEL_TRY(folder.openFile(relative));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failErrno(errno, "Cannot read " + path);
  return FileReader(std::move(fd), std::move(path), stampOf(status));
}

core::Result<std::size_t> FileReader::read(std::span<char> into) {
  ssize_t got = 0;
  do {
    got = ::pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(position_));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return failErrno(errno, "Cannot read " + path_);
  position_ += static_cast<std::uint64_t>(got);
  struct stat status{};
  if (position_ >= stamp_.size || got == 0) {
    if (::fstat(fd_.get(), &status) != 0) return failErrno(errno, "Cannot read " + path_);
    if (stampOf(status) != stamp_ || position_ != stamp_.size)
      return core::fail(core::ErrorCode::Conflict, path_ + " was changed while it was read.");
  }
  return static_cast<std::size_t>(got);
}

core::Result<void> FileReader::rewind() {
  position_ = 0;
  return {};
}

}  // namespace trowel::os
