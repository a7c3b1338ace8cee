// SPDX-License-Identifier: Apache-2.0
#include "support/tls_server.hpp"

#include <netinet/in.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

namespace trowel::test {

TlsServer::TlsServer(const Certificate& certificate, int maxVersion, int requests)
    : context_(::SSL_CTX_new(::TLS_server_method()), &::SSL_CTX_free), requests_(requests) {
  auto* context = context_.get();
  ::SSL_CTX_set_security_level(context, 0);  // also for what no client should accept
  if (maxVersion != 0) ::SSL_CTX_set_max_proto_version(context, maxVersion);
  auto bio = [](const std::string& pem) {
    return std::unique_ptr<BIO, decltype(&::BIO_free)>(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                       &::BIO_free);
  };
  auto* chain = ::PEM_read_bio_X509(bio(certificate.chain).get(), nullptr, nullptr, nullptr);
  auto* key = ::PEM_read_bio_PrivateKey(bio(certificate.key).get(), nullptr, nullptr, nullptr);
  ::SSL_CTX_use_certificate(context, chain);
  ::SSL_CTX_use_PrivateKey(context, key);
  ::X509_free(chain);
  ::EVP_PKEY_free(key);

  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  ::listen(listener_, 64);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      std::lock_guard lock(mutex_);
      if (stopping_) {
        ::close(socket);
        return;
      }
      open_.push_back(socket);
      threads_.emplace_back([this, socket] { serve(socket); });
    }
  });
}

TlsServer::~TlsServer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  for (int socket : open_) ::close(socket);
  ::close(listener_);
}

void TlsServer::serve(int socket) {
  const std::unique_ptr<SSL, decltype(&::SSL_free)> ssl(::SSL_new(context_.get()), &::SSL_free);
  ::SSL_set_fd(ssl.get(), socket);
  if (::SSL_accept(ssl.get()) == 1) {
    const bool resumed = ::SSL_session_reused(ssl.get()) == 1;
    ++handshakes_;
    if (resumed) ++resumed_;
    std::string request;
    char buffer[4096];
    for (int answered = 0; answered < requests_;) {
      const int count = ::SSL_read(ssl.get(), buffer, sizeof buffer);
      if (count <= 0) break;
      request.append(buffer, static_cast<std::size_t>(count));
      if (!request.ends_with("\r\n\r\n")) continue;
      request.clear();
      const std::string answer = std::string("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Resumed: ") +
                                 (resumed ? "yes" : "no") + "\r\n\r\nsecure";
      ::SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
      ++answered;
    }
    ::SSL_shutdown(ssl.get());
  }
  ::shutdown(socket, SHUT_RDWR);
  std::lock_guard lock(mutex_);
  ++closed_;
  closing_.notify_all();
}

void TlsServer::awaitClosed(int count) {
  std::unique_lock lock(mutex_);
  closing_.wait(lock, [&] { return closed_ >= count; });
}

}  // namespace trowel::test
