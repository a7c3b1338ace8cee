// SPDX-License-Identifier: Apache-2.0
// Ends the waits of one exchange from outside: by its token, from any thread, in whatever it waits for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "trowel/core/cancel.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::http {

class Interrupt {
 public:
  enum class Wake : std::uint8_t { Ready, Interrupted, TimedOut };
  struct Watched {
    int fd = -1;
    short events = 0;  // POLLIN, POLLOUT
    bool ready = false;
  };

  // Unavailable where the process has no descriptor left.
  static core::Result<Interrupt> create(const core::CancelToken& token);

  bool interrupted() const { return token_.cancelled(); }

  // Until one of `watched` is ready (and marked so), the token is cancelled or the limit is over.
  Wake wait(std::vector<Watched>& watched, std::optional<std::chrono::milliseconds> limit = {}) const;
  Wake wait(int fd, short events) const;

 private:
  Interrupt() = default;

  core::CancelToken token_;
  std::shared_ptr<os::UniqueFd> signal_;  // an eventfd; outlives the registration
  core::CancelToken::Registration registration_;
};

}  // namespace trowel::http
