// SPDX-License-Identifier: Apache-2.0
#include "emulator/files/staged_file.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "trowel/core/error.hpp"

namespace trowel::emulator {

StagedFile::StagedFile(StagedFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), fd_(std::move(other.fd_)), size_(other.size_) {}

StagedFile::~StagedFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

// Behind what is there already.
FileResult<int> StagedFile::open() {
  if (fd_) return fd_.get();
  fd_ = os::UniqueFd(::open(path_.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (!fd_ || ::lseek(fd_.get(), 0, SEEK_END) < 0) return failed(errno);
  return fd_.get();
}

FileResult<void> StagedFile::append(std::string_view bytes) {
  int fd = TROWEL_TRY(open());
  while (!bytes.empty()) {
    auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    size_ += static_cast<std::uint64_t>(count);
  }
  return {};
}

FileResult<void> StagedFile::append(StagedFile& other) {
  int to = TROWEL_TRY(open());
  int from = TROWEL_TRY(other.open());
  off_t offset = 0;
  std::uint64_t left = other.size_;
  while (left > 0) {
    auto count = ::sendfile(to, from, &offset, left);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed(count == 0 ? EIO : errno);
    left -= static_cast<std::uint64_t>(count);
    size_ += static_cast<std::uint64_t>(count);
  }
  return {};
}

FileResult<std::string> StagedFile::read(std::uint64_t offset, std::uint64_t length) {
  int fd = TROWEL_TRY(open());
  return readBytes(fd, offset, offset < size_ ? std::min(length, size_ - offset) : 0);
}

FileResult<void> StagedFile::finish(std::timespec date, bool durable) {
  int fd = TROWEL_TRY(open());
  const timespec times[] = {date, date};
  ::futimens(fd, times);
  if (durable && ::fsync(fd) != 0) return failed(errno);
  return {};
}

FileResult<std::string> readBytes(int fd, std::uint64_t offset, std::uint64_t length) {
  std::string bytes(length, '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    auto count = ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset + have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(errno);
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  bytes.resize(have);
  return bytes;
}

}  // namespace trowel::emulator
