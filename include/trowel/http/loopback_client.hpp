// SPDX-License-Identifier: Apache-2.0
// The HttpClient that reaches servers on this machine: plain http to 127.0.0.0/8, [::1] and localhost.
#pragma once

#include <memory>

#include "trowel/core/timer.hpp"
#include "trowel/http/client.hpp"

namespace trowel::http {

// Keeps connections open between calls and looks at each before it is used again. Every other host, and https, gives
// Unsupported. The process must ignore SIGPIPE, else a write to a dead peer ends it.
class LoopbackClient final : public HttpClient {
 public:
  // The answer to any call may have this many bytes; more is DataLoss.
  static constexpr std::size_t kMaxBodyBytes = 512U << 20U;

  // `timer` watches the deadlines; it outlives the client. No call may be running when the client ends.
  explicit LoopbackClient(core::Timer& timer);
  ~LoopbackClient() override;

  HttpResult send(const HttpRequest& request, const CallOptions& options) override;

 private:
  class Pool;

  core::Timer& timer_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace trowel::http
