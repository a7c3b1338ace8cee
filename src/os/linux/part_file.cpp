// SPDX-License-Identifier: Apache-2.0
// Who has the part open holds a lock on it. Whoever gets the lock looks whether the name still means that file: the
// holder before may have placed or removed it in between.
#include "trowel/os/part_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "os/linux/file_status.hpp"
#include "os/linux/read_fd.hpp"
#include "trowel/core/hash.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/system_error.hpp"

namespace trowel::os {

namespace {

constexpr std::string_view kPrefix = ".trowel-part-";
constexpr std::size_t kDigits = 32;
constexpr mode_t kPermissions = 07777;
constexpr std::uint64_t kWriteBehind = std::uint64_t{8} << 20;

std::unexpected<core::Error> failWriting(int number, const Directory& folder) {
  if (number != ENOSPC && number != EDQUOT) return failErrno(number, "Cannot write in the folder " + folder.path());
  return core::fail(core::ErrorCode::Halted,
                    "There is no room left for the folder " + folder.path() +
                        ". Free some and run the transfer again: what has arrived stays.",
                    "errno " + std::to_string(number));
}

// Nothing where the name means another file by now, or somebody else has it.
std::optional<struct stat> lockedStatus(const Directory& folder, const std::string& name, int fd) {
  struct stat own{};
  struct stat named{};
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 || ::fstat(fd, &own) != 0) return std::nullopt;
  if (::fstatat(folder.fd(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  if (own.st_ino != named.st_ino || own.st_dev != named.st_dev || !S_ISREG(own.st_mode)) return std::nullopt;
  return own;
}

std::unexpected<core::Error> taken(const Directory& folder, const std::string& name) {
  return core::fail(core::ErrorCode::AlreadyExists,
                    folder.path() + "/" + name + " has come up or was changed while it was transferred.");
}

// rename(2) that replaces nothing; where the file system cannot do that, a link, which replaces nothing either.
int renameToNew(int folder, const char* from, const char* to) {
  if (::renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::linkat(folder, from, folder, to, 0) != 0) return errno;
  return ::unlinkat(folder, from, 0) == 0 ? 0 : errno;
}

}  // namespace

bool isPartName(std::string_view name) { return name.size() == kPrefix.size() + kDigits && name.starts_with(kPrefix); }

std::string partName(std::string_view key) {
  constexpr std::size_t kMaxBootId = 128;
  const auto boot = readFile("/proc/sys/kernel/random/boot_id", kMaxBootId).value_or("");
  return std::string(kPrefix) + core::sha256(boot + "\n" + std::string(key)).substr(0, kDigits);
}

core::Result<PartFile> PartFile::open(const Directory& folder, const std::string& name) {
  UniqueFd fd(
      ::openat(folder.fd(), name.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666));
  if (!fd) return failWriting(errno, folder);
  const auto status = lockedStatus(folder, name, fd.get());
  if (!status)
    return core::fail(core::ErrorCode::Conflict,
                      "Another transfer writes the same file in " + folder.path() + ". Wait for it to end.");
  return PartFile(folder, name, std::move(fd), static_cast<std::uint64_t>(status->st_size));
}

void PartFile::removeStale(const Directory& folder, const std::string& name) {
  const UniqueFd fd(::openat(folder.fd(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (fd && lockedStatus(folder, name, fd.get())) ::unlinkat(folder.fd(), name.c_str(), 0);
}

core::Result<void> PartFile::append(std::string_view bytes) {
  if (int error = writeAll(fd_.get(), bytes)) {
    struct stat status{};
    if (::fstat(fd_.get(), &status) == 0) size_ = static_cast<std::uint64_t>(status.st_size);
    return failWriting(error, *folder_);
  }
  // The disk begins now, so that the wait for it at the end is short.
  if (size_ / kWriteBehind != (size_ + bytes.size()) / kWriteBehind)
    (void)::sync_file_range(fd_.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
  size_ += bytes.size();
  return {};
}

core::Result<void> PartFile::restart() {
  if (size_ > 0 && ::ftruncate(fd_.get(), 0) != 0) return failWriting(errno, *folder_);
  size_ = 0;
  return {};
}

core::Result<bool> PartFile::equals(const std::string& name, const core::CancelToken& token) const {
  constexpr std::size_t kStep = std::size_t{64} << 10;
  auto other = TROWEL_TRY(folder_->openFile(name));
  std::array<char, kStep> ours{};
  std::array<char, kStep> theirs{};
  for (std::uint64_t at = 0;;) {
    if (token.cancelled()) return std::unexpected(token.error("The comparison"));
    const auto got = ::pread(fd_.get(), ours.data(), kStep, static_cast<off_t>(at));
    if (got < 0) return failErrno(errno, "Cannot read a file in " + folder_->path());
    const auto found = ::pread(other.get(), theirs.data(), kStep, static_cast<off_t>(at));
    if (found < 0) return failErrno(errno, "Cannot read " + folder_->path() + "/" + name);
    if (got != found || std::string_view(ours.data(), static_cast<std::size_t>(got)) !=
                            std::string_view(theirs.data(), static_cast<std::size_t>(found)))
      return false;
    if (got == 0) return true;
    at += static_cast<std::uint64_t>(got);
  }
}

core::Result<FileStamp> PartFile::place(const std::string& name, const std::optional<FileStamp>& over,
                                        std::int64_t modified) {
  if (modified != 0) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const timespec time{.tv_sec = modified / kSecond, .tv_nsec = modified % kSecond};
    const std::array<timespec, 2> times{time, time};
    (void)::futimens(fd_.get(), times.data());
  }
  struct stat there{};
  if (over) {
    if (::fstatat(folder_->fd(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0 || stampOf(there) != *over)
      return taken(*folder_, name);
    (void)::fchmod(fd_.get(), there.st_mode & kPermissions);
  }
  if (::fsync(fd_.get()) != 0) return failWriting(errno, *folder_);
  int error = 0;
  if (!over) {
    error = renameToNew(folder_->fd(), name_.c_str(), name.c_str());
  } else if (::renameat(folder_->fd(), name_.c_str(), folder_->fd(), name.c_str()) != 0) {
    error = errno;
  }
  if (error == EEXIST || error == EISDIR) return taken(*folder_, name);
  if (error != 0) return failWriting(error, *folder_);
  struct stat status{};
  if (::fstat(fd_.get(), &status) != 0) return failErrno(errno, "Cannot examine " + folder_->path() + "/" + name);
  fd_.reset();
  return stampOf(status);
}

void PartFile::discard() {
  ::unlinkat(folder_->fd(), name_.c_str(), 0);
  fd_.reset();
}

}  // namespace trowel::os
