// SPDX-License-Identifier: Apache-2.0
// Waits for the browser to come back from a sign-in, and tells the user there how it ended.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/http/loopback_server.hpp"

namespace trowel::auth {

// The parameters of a target's query, decoded; of two equal ones the first.
std::map<std::string, std::string> queryOf(std::string_view target);

// Pure. The code, or what the user is told instead: PermissionDenied where he said no, Conflict where the answer is to
// another sign-in, Unauthenticated for any other refusal. Nothing where it is no answer at all (a favicon).
std::optional<core::Result<std::string>> readCallback(std::string_view target, const std::string& state);

// The page that the browser ends on; `text` may hold anything.
std::string callbackPage(bool good, std::string_view text);

class Callback {
 public:
  // `port` 0: the first free one of 8020 to 8040, looked for during 45 seconds. Conflict where none is free.
  static core::Result<std::unique_ptr<Callback>> listen(std::uint16_t port, const std::string& state,
                                                        core::Clock& clock, const core::CancelToken& cancel);

  // What is registered with the service: "http://localhost:8020".
  std::string redirectUri() const;

  // The code. Errors as of readCallback; DeadlineExceeded after `patience`. The browser waits meanwhile for finish().
  core::Result<std::string> wait(core::Duration patience, const core::CancelToken& cancel);
  // Shows the outcome in the browser and stops listening. Once.
  void finish(bool good, std::string text);

  ~Callback() = default;
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;

 private:
  Callback(std::string state, core::Clock& clock) : state_(std::move(state)), clock_(clock) {}
  http::HttpResponse handle(const std::string& method, const std::string& target, const core::CancelToken& stopped);

  const std::string state_;
  core::Clock& clock_;
  std::mutex mutex_;  // guards everything below but the server
  std::condition_variable changed_;
  std::optional<core::Result<std::string>> answer_;
  std::optional<std::pair<bool, std::string>> outcome_;
  std::unique_ptr<http::LoopbackServer> server_;  // last: its threads use the others
};

}  // namespace trowel::auth
