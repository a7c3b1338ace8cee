// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace trowel::emulator {

namespace {

// OpenSSL's own socket BIO writes with write(), which raises SIGPIPE in whoever does not ignore it.
int bioSocket(BIO* bio) { return *static_cast<const int*>(BIO_get_data(bio)); }

int bioWrite(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  auto count = ::send(bioSocket(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(count);
}

int bioRead(BIO* bio, char* into, int room) {
  BIO_clear_retry_flags(bio);
  auto count = ::recv(bioSocket(bio), into, static_cast<std::size_t>(room), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(count);
}

long bioControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* bioMethod() {
  static BIO_METHOD* method = [] {
    auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without signals");
    BIO_meth_set_write(made, bioWrite);
    BIO_meth_set_read(made, bioRead);
    BIO_meth_set_ctrl(made, bioControl);
    return made;
  }();
  return method;
}

std::string lastProblem() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

class TlsStream final : public Stream {
 public:
  TlsStream(SSL_CTX* context, os::UniqueFd connected) : Stream(std::move(connected)), ssl_(SSL_new(context)) {
    auto* bio = BIO_new(bioMethod());
    BIO_set_data(bio, &number_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_, bio, bio);
  }
  ~TlsStream() override { SSL_free(ssl_); }

  bool open(Deadline deadline) override {
    while (true) {
      ERR_clear_error();
      int result = SSL_accept(ssl_);
      if (result == 1) return true;
      Step step = stepOf(result);
      if (step == Step::Ended || waitFor(step, deadline) == Wait::TimedOut) return false;
    }
  }

  void finish() override {
    if (!failed_) SSL_shutdown(ssl_);  // sends our close_notify; nobody waits for theirs
    ERR_clear_error();
    Stream::finish();
  }

 private:
  Attempt tryReceive(char* into, std::size_t room) override {
    ERR_clear_error();
    std::size_t count = 0;
    int result = SSL_read_ex(ssl_, into, room, &count);
    return result == 1 ? Attempt{Step::Done, count} : Attempt{stepOf(result)};
  }

  Attempt trySend(std::string_view bytes, bool) override {
    ERR_clear_error();
    std::size_t count = 0;
    int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &count);
    return result == 1 ? Attempt{Step::Done, count} : Attempt{stepOf(result)};
  }

  Step stepOf(int result) {
    switch (SSL_get_error(ssl_, result)) {
      case SSL_ERROR_WANT_READ:
        return Step::WantRead;
      case SSL_ERROR_WANT_WRITE:
        return Step::WantWrite;
      case SSL_ERROR_ZERO_RETURN:
        return Step::Ended;
      default:
        failed_ = true;
        return Step::Ended;
    }
  }

  int number_ = socket();  // what the BIO reads
  SSL* ssl_;
  bool failed_ = false;  // then even a farewell is forbidden
};

}  // namespace

core::Result<std::unique_ptr<TlsContext>> TlsContext::load(const std::filesystem::path& certificate,
                                                           const std::filesystem::path& key) {
  auto made = std::unique_ptr<TlsContext>(new TlsContext(SSL_CTX_new(TLS_server_method())));
  SSL_CTX* context = made->context_;
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Clients that only close their socket, as most do, have not attacked anybody.
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    return core::fail(core::ErrorCode::InvalidParams,
                      "The certificate " + certificate.string() + " cannot be used: a file in PEM format is expected.",
                      lastProblem());
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1)
    return core::fail(core::ErrorCode::InvalidParams,
                      "The key " + key.string() +
                          " cannot be used: a file in PEM format is expected, with the key of the certificate.",
                      lastProblem());
  return made;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

std::unique_ptr<Stream> TlsContext::wrap(os::UniqueFd socket) const {
  return std::make_unique<TlsStream>(context_, std::move(socket));
}

}  // namespace trowel::emulator
