// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "os/linux/read_fd.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/system_error.hpp"

namespace trowel::os {

namespace {
constexpr std::size_t kMaxHolder = 4096;
}

core::Result<FileLock> FileLock::tryAcquire(const std::string& path, LockMode mode, std::string_view holder) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return failErrno(errno, "Cannot open the lock " + path);
  const int operation = (mode == LockMode::Shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  while (::flock(fd.get(), operation) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) {
      std::string other = holderOf(path);
      return core::fail(core::ErrorCode::Conflict, "In use by " + (other.empty() ? "another process" : other) + ".",
                        other);
    }
    return failErrno(errno, "Cannot lock " + path);
  }
  if (mode == LockMode::Exclusive) {
    // What is written helps others to explain; a full disk must not keep anybody from locking.
    if (::ftruncate(fd.get(), 0) == 0) (void)writeAll(fd.get(), holder.substr(0, kMaxHolder));
  }
  return FileLock(std::move(fd));
}

core::Result<FileLock> FileLock::acquire(const std::string& path, LockMode mode, std::string_view holder,
                                         core::Clock& clock, const core::CancelToken& token) {
  for (;;) {
    auto lock = tryAcquire(path, mode, holder);
    if (lock || lock.error().code != core::ErrorCode::Conflict) return lock;
    if (!token.waitFor(clock, std::chrono::milliseconds(50)))
      return std::unexpected(token.error("Waiting for the lock " + path));
  }
}

std::string FileLock::holderOf(const std::string& path) { return readFile(path, kMaxHolder).value_or(std::string()); }

}  // namespace trowel::os
