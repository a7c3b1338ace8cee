// SPDX-License-Identifier: Apache-2.0
// What stat(2) says as a FileStamp.
#pragma once

#include <sys/stat.h>

#include "trowel/os/directory.hpp"

namespace trowel::os {

inline std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

inline FileStamp stampOf(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

}  // namespace trowel::os
