// SPDX-License-Identifier: Apache-2.0
// An advisory lock between processes that ends with its holder, however that ends, and says who holds it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::os {

enum class LockMode : std::uint8_t { Shared, Exclusive };

// flock(2) on a file of its own, which stays behind: removing it would let two processes lock two files of one name.
// Two locks of one process exclude each other like those of two processes. Released by the destructor or by death.
class FileLock {
 public:
  // An exclusive holder writes `holder` ("window 'shop' (pid 4711)") into the file for others to read. Conflict, with
  // the holder's text as the Error's detail, where the lock is taken. The parent folder must exist.
  static core::Result<FileLock> tryAcquire(const std::string& path, LockMode mode, std::string_view holder = {});

  // The same, trying again every 50 ms of `clock` until it succeeds or `token` is cancelled.
  static core::Result<FileLock> acquire(const std::string& path, LockMode mode, std::string_view holder,
                                        core::Clock& clock, const core::CancelToken& token);

  // What the last exclusive holder wrote; empty where nobody did. It may have gone since.
  static std::string holderOf(const std::string& path);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace trowel::os
