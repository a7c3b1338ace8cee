// SPDX-License-Identifier: Apache-2.0
// Addresses of a host. The system's lookup cannot be stopped, so it runs on a thread that a caller can leave behind;
// how many such threads there are is bounded.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/net/interrupt.hpp"
#include "trowel/http/client.hpp"

namespace trowel::http {

struct Address {
  sockaddr_storage storage = {};
  socklen_t size = 0;
};

// The system's lookup: getaddrinfo, or what a test puts in its place. Blocks. The result of getaddrinfo: 0 or EAI_*.
using SystemLookup = std::function<int(const std::string& host, std::uint16_t port, std::vector<Address>& found)>;
int systemLookup(const std::string& host, std::uint16_t port, std::vector<Address>& found);

// Any thread. May end while lookups that were left behind still run.
class Resolver {
 public:
  // Lookups that run at once, left behind or not. Where the system hangs in all of them, further ones wait for one to
  // come back.
  static constexpr int kMaxThreads = 16;

  explicit Resolver(SystemLookup system = &systemLookup);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Ends when `interrupt` says so, whatever the system does; a literal address needs no lookup. Not empty where it
  // succeeds. Stage::Lookup where the host has no address, Stage::Stopped where interrupted.
  std::expected<std::vector<Address>, TransportError> lookUp(const std::string& host, std::uint16_t port,
                                                             const Interrupt& interrupt);

 private:
  struct Job;
  struct Queue;
  static void work(const std::shared_ptr<Queue>& queue);

  std::shared_ptr<Queue> queue_;  // shared with the threads
};

}  // namespace trowel::http
