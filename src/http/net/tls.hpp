// SPDX-License-Identifier: Apache-2.0
// TLS over a stream: the server is verified within the handshake, sessions are resumed.
#pragma once

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <mutex>

#include "http/net/interrupt.hpp"
#include "http/net/stream.hpp"
#include "trowel/http/client.hpp"
#include "trowel/http/trust.hpp"

namespace trowel::http {

// One for all connections of a transport. Any thread.
class TlsContext {
 public:
  explicit TlsContext(Trust trust);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // A stream whose other end has proved to be `host` (a name or an address). TLS 1.2 or later. `key` tells servers
  // apart whose sessions may be resumed. Stage::Tls in the certificate's own words, Stage::Stopped where interrupted.
  std::expected<std::unique_ptr<Stream>, TransportError> connect(std::unique_ptr<Stream> under, const std::string& host,
                                                                 const std::string& key, const Interrupt& interrupt);

 private:
  struct Free {
    void operator()(SSL_CTX* context) const;
    void operator()(SSL_SESSION* session) const;
  };
  using Session = std::unique_ptr<SSL_SESSION, Free>;

  friend class TlsStream;
  core::Result<SSL_CTX*> context();
  static int keepSession(SSL* ssl, SSL_SESSION* session);
  Session takeSession(const std::string& key);

  Trust trust_;
  std::mutex mutex_;                        // guards everything below
  std::unique_ptr<SSL_CTX, Free> context_;  // made with the first connection
  std::map<std::string, std::vector<Session>> sessions_;
};

}  // namespace trowel::http
