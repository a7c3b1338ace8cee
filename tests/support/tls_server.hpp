// SPDX-License-Identifier: Apache-2.0
// A server over TLS that answers each request with "secure", and says whether its session was resumed.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/certificates.hpp"

namespace trowel::test {

class TlsServer {
 public:
  // Speaks at most `maxVersion` (TLS1_1_VERSION, ...); closes a connection after `requests` answers.
  explicit TlsServer(const Certificate& certificate, int maxVersion = 0, int requests = 1000);
  ~TlsServer();

  std::uint16_t port() const { return port_; }
  // Handshakes that came to an end, and of these the resumed ones.
  int handshakes() const { return handshakes_; }
  int resumed() const { return resumed_; }
  // Blocks until so many connections were closed from this side.
  void awaitClosed(int count);

 private:
  void serve(int socket);

  std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context_;
  int requests_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> handshakes_ = 0;
  std::atomic<int> resumed_ = 0;
  std::mutex mutex_;  // guards everything below
  std::vector<int> open_;
  std::condition_variable closing_;
  int closed_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace trowel::test
