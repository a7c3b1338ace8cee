// SPDX-License-Identifier: Apache-2.0
// The HttpClient that goes out to the network: HTTP/1.1 over pooled connections, TLS, proxies.
#pragma once

#include <memory>

#include "trowel/core/timer.hpp"
#include "trowel/http/client.hpp"
#include "trowel/http/proxy.hpp"
#include "trowel/http/trust.hpp"

namespace trowel::http {

// How the network is reached. A change of settings makes a new transport; calls that run end on theirs.
struct NetworkOptions {
  ProxyRules proxy = {};
  Trust trust = {};
};

// Keeps connections open between calls and looks at each before it is used again. The process must ignore SIGPIPE.
class HttpTransport final : public HttpClient {
 public:
  // A body that is kept in memory may have this many bytes; more is DataLoss.
  static constexpr std::size_t kMaxBodyBytes = 512U << 20U;

  // `timer` watches the deadlines; it outlives the transport. No call may be running when the transport ends.
  HttpTransport(core::Timer& timer, NetworkOptions options);
  ~HttpTransport() override;

  HttpResult send(const HttpRequest& request, const CallOptions& options) override;

 private:
  class Pool;
  class Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace trowel::http
