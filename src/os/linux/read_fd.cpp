// SPDX-License-Identifier: Apache-2.0
#include "os/linux/read_fd.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace trowel::os {

int readAll(int fd, std::size_t maxBytes, std::string& into) {
  constexpr std::size_t kStep = std::size_t{256} << 10;
  const std::size_t begin = into.size();
  while (into.size() - begin <= maxBytes) {
    const std::size_t had = into.size();
    const std::size_t want = std::min(kStep, maxBytes + 1 - (had - begin));
    into.resize(had + want);
    const ssize_t got = ::read(fd, into.data() + had, want);
    into.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return 0;
    if (got < 0 && errno != EINTR) return errno;
  }
  return 0;
}

int writeAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return 0;
}

}  // namespace trowel::os
