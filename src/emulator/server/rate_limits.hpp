// SPDX-License-Identifier: Apache-2.0
// The limits of the real service on requests per second or minute: token buckets by group of paths and user.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "emulator/server/api_error.hpp"
#include "emulator/server/http_message.hpp"
#include "trowel/core/clock.hpp"

namespace trowel::emulator {

// Any thread.
class RateLimits {
 public:
  // `clock` outlives the limits.
  explicit RateLimits(core::Clock& clock) : clock_(clock) {}

  // Counts the request, or refuses it: 429 REQUEST_LIMIT_EXCEEDED with Retry-After in whole seconds.
  Reply<void> admit(const Request& request, const std::string& user);

 private:
  struct Bucket {
    double tokens;
    core::TimePoint filled;  // up to here
  };

  core::Clock& clock_;
  std::mutex mutex_;                                                    // guards buckets_
  std::map<std::pair<std::string_view, std::string>, Bucket> buckets_;  // by group and user
};

}  // namespace trowel::emulator
