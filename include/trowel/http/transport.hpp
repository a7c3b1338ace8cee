// SPDX-License-Identifier: Apache-2.0
// The HttpClient that goes out to the network: HTTP/1.1 over pooled connections, TLS, proxies.
#pragma once

#include <memory>
#include <mutex>

#include "trowel/core/timer.hpp"
#include "trowel/http/client.hpp"
#include "trowel/http/network_options.hpp"

namespace trowel::http {

class Resolver;

// Keeps connections open between calls and looks at each before it is used again. The process must ignore SIGPIPE.
class HttpTransport final : public HttpClient {
 public:
  // A body that is kept in memory may have this many bytes; more is DataLoss.
  static constexpr std::size_t kMaxBodyBytes = 512U << 20U;

  // `timer` watches the deadlines; it outlives the transport. No call may be running when the transport ends.
  // Options that are an error fail every call with it.
  HttpTransport(core::Timer& timer, core::Result<NetworkOptions> options);
  ~HttpTransport() override;

  HttpResult send(const HttpRequest& request, const CallOptions& options) override;

  // For calls that begin from now on, over new connections; those that run end as they began. Options that are the same
  // as before change nothing. Any thread.
  void setOptions(core::Result<NetworkOptions> options);

 private:
  class Pool;
  class Route;

  core::Timer& timer_;
  std::unique_ptr<Resolver> resolver_;
  std::mutex mutex_;  // guards everything below
  core::Result<NetworkOptions> options_;
  std::shared_ptr<Route> route_;  // made of the options; none where they are an error
};

}  // namespace trowel::http
