// SPDX-License-Identifier: Apache-2.0
// A small HTTP server for this machine only: what a browser comes back to after a sign-in, and what other tools ask
// for tokens.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "trowel/core/cancel.hpp"
#include "trowel/http/client.hpp"

namespace trowel::http {

struct LoopbackOptions {
  std::uint16_t port = 0;  // of 127.0.0.1; 0: a free one
  // Also on [::1] with the same port, for clients that are told "localhost". Goes without where the machine has no
  // IPv6.
  bool ipv6 = false;
  core::Duration headTime = std::chrono::seconds(10);  // for a whole request to come, and for its answer to be taken
};

// One answer a connection; bodies of requests are not read. A request is answered without the handler where it is
// malformed, longer than 32 KiB, or names another host than this machine in its Host header: then some page in a
// browser sent it to a name of its own that it lets point here (DNS rebinding).
class LoopbackServer {
 public:
  // Runs on the connection's own thread, several at once. The token ends with the server: return soon then.
  using Handler = std::function<HttpResponse(const std::string& method, const std::string& target,
                                             const Headers& headers, const core::CancelToken& stopped)>;

  // Listens when it returns. Conflict where another program has the port; Unavailable where no socket can be had.
  static core::Result<std::unique_ptr<LoopbackServer>> start(const LoopbackOptions& options, Handler handler);

  // Stops listening and ends all connections, within milliseconds where handlers heed their token. Not from a handler.
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port() const;

 private:
  class Impl;
  explicit LoopbackServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trowel::http
