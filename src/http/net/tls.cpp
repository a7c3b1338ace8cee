// SPDX-License-Identifier: Apache-2.0
// OpenSSL reads and writes through a BIO of ours, so that TLS runs over any stream (a socket, or another TLS stream to
// a proxy) and never waits by itself.
#include "http/net/tls.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <filesystem>

#include "http/transport_error.hpp"

namespace trowel::http {

namespace {

constexpr std::size_t kSessionsPerServer = 8;  // TLS 1.3 gives two for each connection, each good for one other

// Where systems keep their authorities, should OpenSSL have been built for another one. To read a bundle takes 20 ms;
// from a folder only what a server's certificate needs is read.
constexpr const char* kBundles[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                    "/etc/ssl/cert.pem"};

// What went wrong in the thread's last call to OpenSSL, in its words.
std::string opensslProblem() {
  const auto code = ::ERR_peek_last_error();
  ::ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ::ERR_reason_error_string(code);
  return reason == nullptr ? "" : reason;
}

bool isAddress(const std::string& host) {
  in6_addr address;
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 || ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::string oneLine(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&::BIO_free)> out(::BIO_new(::BIO_s_mem()), &::BIO_free);
  ::X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

std::string dayOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (::ASN1_TIME_to_tm(time, &parts) != 1) return "an unknown day";
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

}  // namespace

void TlsContext::Free::operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
void TlsContext::Free::operator()(SSL_SESSION* session) const { ::SSL_SESSION_free(session); }

class TlsStream final : public Stream {
 public:
  TlsStream(TlsContext& context, SSL_CTX* settings, std::unique_ptr<Stream> under, std::string host, std::string key)
      : context_(context),
        under_(std::move(under)),
        host_(std::move(host)),
        key_(std::move(key)),
        ssl_(::SSL_new(settings), &::SSL_free) {
    BIO* bio = ::BIO_new(method());
    ::BIO_set_data(bio, this);
    ::BIO_set_init(bio, 1);
    ::SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_app_data(ssl_.get(), this);
    ::SSL_set_connect_state(ssl_.get());
    auto* wanted = ::SSL_get0_param(ssl_.get());
    if (isAddress(host_)) {
      ::X509_VERIFY_PARAM_set1_ip_asc(wanted, host_.c_str());
    } else {
      ::X509_VERIFY_PARAM_set1_host(wanted, host_.c_str(), host_.size());
      ::X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      ::SSL_set_tlsext_host_name(ssl_.get(), host_.c_str());
    }
    if (auto session = context_.takeSession(key_)) ::SSL_set_session(ssl_.get(), session.get());
  }

  std::expected<void, TransportError> handshake(const Interrupt& interrupt) {
    for (;;) {
      ::ERR_clear_error();
      const int result = ::SSL_do_handshake(ssl_.get());
      if (result == 1) return {};
      auto moved = outcome(result);
      if (moved.kind == Moved::Kind::Blocked) {
        if (interrupt.wait(descriptor(), moved.events) == Interrupt::Wake::Interrupted)
          return stopped(
              fmt::format("The secure connection (TLS) to {} had not come about. Check that the address and "
                          "the port are those of an https server.",
                          host_));
        continue;
      }
      return failure(moved);
    }
  }

  Moved read(std::span<char> into) override {
    ::ERR_clear_error();
    std::size_t count = 0;
    const int result = ::SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
    return result == 1 ? Moved::bytes(count) : outcome(result);
  }

  Moved write(std::string_view bytes) override {
    ::ERR_clear_error();
    std::size_t count = 0;
    const int result = ::SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
    return result == 1 ? Moved::bytes(count) : outcome(result);
  }

  // What lies at the socket may be TLS's own: tickets for later sessions come when they like.
  bool hasInput() override {
    if (::SSL_pending(ssl_.get()) > 0) return true;
    if (!under_->hasInput()) return false;
    ::ERR_clear_error();
    char byte = 0;
    std::size_t count = 0;
    const int result = ::SSL_peek_ex(ssl_.get(), &byte, 1, &count);
    return result == 1 || outcome(result).kind != Moved::Kind::Blocked;
  }

  void finish() override {
    ::ERR_clear_error();
    ::SSL_shutdown(ssl_.get());
    ::ERR_clear_error();
  }

  int descriptor() const override { return under_->descriptor(); }

  const std::string& key() const { return key_; }
  TlsContext& context() { return context_; }

  // Remembers what is wrong with which certificate; the handshake ends right after.
  static int verified(int good, X509_STORE_CTX* store) {
    if (good == 1) return 1;
    auto* ssl = static_cast<SSL*>(::X509_STORE_CTX_get_ex_data(store, ::SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* self = static_cast<TlsStream*>(SSL_get_app_data(ssl));
    self->distrust_ = self->describeProblem(store);
    return 0;
  }

 private:
  static TlsStream& of(BIO* bio) { return *static_cast<TlsStream*>(::BIO_get_data(bio)); }

  static int bioRead(BIO* bio, char* into, std::size_t size, std::size_t* count) {
    return of(bio).passOn(bio, of(bio).under_->read({into, size}), BIO_FLAGS_READ, count);
  }
  static int bioWrite(BIO* bio, const char* bytes, std::size_t size, std::size_t* count) {
    return of(bio).passOn(bio, of(bio).under_->write({bytes, size}), BIO_FLAGS_WRITE, count);
  }
  static long bioControl(BIO* bio, int command, long, void*) {
    return command == BIO_CTRL_FLUSH || (command == BIO_CTRL_EOF && of(bio).ended_) ? 1 : 0;
  }

  static const BIO_METHOD* method() {
    static BIO_METHOD* const ours = [] {
      auto* made = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "trowel stream");
      ::BIO_meth_set_read_ex(made, &bioRead);
      ::BIO_meth_set_write_ex(made, &bioWrite);
      ::BIO_meth_set_ctrl(made, &bioControl);
      return made;
    }();
    return ours;
  }

  int passOn(BIO* bio, Moved moved, int direction, std::size_t* count) {
    ::BIO_clear_retry_flags(bio);
    *count = moved.count;
    if (moved.kind == Moved::Kind::Bytes) return 1;
    if (moved.kind == Moved::Kind::Blocked) {
      ::BIO_set_flags(bio, direction | BIO_FLAGS_SHOULD_RETRY);
      blockedFor_ = moved.events;
    }
    ended_ = moved.kind == Moved::Kind::End;
    underProblem_ = moved.kind == Moved::Kind::Failed ? std::move(moved.problem) : std::string();
    return 0;
  }

  Moved outcome(int result) {
    switch (::SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return Moved::blocked(blockedFor_);
      case SSL_ERROR_ZERO_RETURN:
        return Moved::end();
      default:
        break;
    }
    auto problem = opensslProblem();
    if (!underProblem_.empty()) return Moved::failed(underProblem_);
    // Without the other side's goodbye an end may be a cut.
    if (ended_ || problem.empty()) return Moved::failed("it was closed without notice");
    return Moved::failed(std::move(problem));
  }

  std::string describeProblem(X509_STORE_CTX* store) const {
    const int code = ::X509_STORE_CTX_get_error(store);
    const X509* certificate = ::X509_STORE_CTX_get_current_cert(store);
    if (certificate == nullptr) return ::X509_verify_cert_error_string(code);
    switch (code) {
      case X509_V_ERR_CERT_HAS_EXPIRED:
        return fmt::format("it expired on {}. Check this machine's clock; if that is right, the server needs a new one",
                           dayOf(::X509_get0_notAfter(certificate)));
      case X509_V_ERR_CERT_NOT_YET_VALID:
        return fmt::format("it is valid only from {}. Check this machine's clock",
                           dayOf(::X509_get0_notBefore(certificate)));
      case X509_V_ERR_HOSTNAME_MISMATCH:
      case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return fmt::format("it is for {}. Check the address", oneLine(::X509_get_subject_name(certificate)));
      case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
      case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return fmt::format(
            "{} (issued by {}). If your company has a certificate authority of its own, name its file in the "
            "setting trowel.network.caFiles or in NODE_EXTRA_CA_CERTS",
            ::X509_verify_cert_error_string(code), oneLine(::X509_get_issuer_name(certificate)));
      case X509_V_ERR_EE_KEY_TOO_SMALL:
      case X509_V_ERR_CA_KEY_TOO_SMALL:
      case X509_V_ERR_CA_MD_TOO_WEAK:
        return fmt::format("it is too weak ({}). The server needs a new one", ::X509_verify_cert_error_string(code));
      default:
        return ::X509_verify_cert_error_string(code);
    }
  }

  std::expected<void, TransportError> failure(const Moved& moved) {
    if (!distrust_.empty())
      return transportFailure(Stage::Tls, core::ErrorCode::Unavailable,
                              fmt::format("The certificate of {} is not accepted: {}.", host_, distrust_));
    return transportFailure(
        Stage::Tls, core::ErrorCode::Unavailable,
        fmt::format("No secure connection (TLS) to {}: {}. Check that the address and the port are those of an https "
                    "server.",
                    host_, moved.kind == Moved::Kind::End ? "it was closed" : moved.problem));
  }

  TlsContext& context_;
  std::unique_ptr<Stream> under_;
  std::string host_;
  std::string key_;
  std::string distrust_;      // what is wrong with the server's certificate
  std::string underProblem_;  // of the stream below
  short blockedFor_ = POLLIN;
  bool ended_ = false;
  std::unique_ptr<SSL, decltype(&::SSL_free)> ssl_;  // last: uses all of the above
};

TlsContext::TlsContext(Trust trust) : trust_(std::move(trust)) {}
TlsContext::~TlsContext() = default;

core::Result<SSL_CTX*> TlsContext::context() {
  std::lock_guard lock(mutex_);
  if (context_) return context_.get();
  std::unique_ptr<SSL_CTX, Free> made(::SSL_CTX_new(::TLS_client_method()));
  auto* settings = made.get();
  ::SSL_CTX_set_min_proto_version(settings, TLS1_2_VERSION);
  ::SSL_CTX_set_verify(settings, SSL_VERIFY_PEER, &TlsStream::verified);
  ::SSL_CTX_set_mode(settings,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_session_cache_mode(settings, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  ::SSL_CTX_sess_set_new_cb(settings, &TlsContext::keepSession);
  constexpr unsigned char kProtocols[] = "\x08http/1.1";
  ::SSL_CTX_set_alpn_protos(settings, kProtocols, sizeof kProtocols - 1);

  ::SSL_CTX_set_default_verify_paths(settings);
  std::error_code ignored;
  if (!std::filesystem::exists(::X509_get_default_cert_dir(), ignored))
    for (const char* bundle : kBundles)
      if (::SSL_CTX_load_verify_file(settings, bundle) == 1) break;
  for (const auto& file : trust_.extra) {
    if (::SSL_CTX_load_verify_file(settings, file.path.c_str()) == 1) continue;
    auto problem = opensslProblem();
    return core::fail(core::ErrorCode::InvalidParams,
                      fmt::format("The certificate authorities in {} (from {}) cannot be read: {}. Name a file with "
                                  "certificates in PEM form, or remove the entry.",
                                  file.path, file.from,
                                  std::filesystem::exists(file.path, ignored) ? problem : "there is no such file"));
  }
  ::ERR_clear_error();
  context_ = std::move(made);
  return context_.get();
}

int TlsContext::keepSession(SSL* ssl, SSL_SESSION* session) {
  auto* stream = static_cast<TlsStream*>(SSL_get_app_data(ssl));
  if (stream == nullptr) return 0;
  auto& self = stream->context();
  std::lock_guard lock(self.mutex_);
  auto& kept = self.sessions_[stream->key()];
  if (kept.size() >= kSessionsPerServer) kept.erase(kept.begin());
  kept.emplace_back(session);
  return 1;  // ours now
}

TlsContext::Session TlsContext::takeSession(const std::string& key) {
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(key);
  if (found == sessions_.end() || found->second.empty()) return nullptr;
  auto session = std::move(found->second.back());
  found->second.pop_back();
  return session;
}

std::expected<std::unique_ptr<Stream>, TransportError> TlsContext::connect(std::unique_ptr<Stream> under,
                                                                           const std::string& host,
                                                                           const std::string& key,
                                                                           const Interrupt& interrupt) {
  auto settings = context();
  if (!settings) {
    TransportError error{std::move(settings).error()};
    error.stage = Stage::Tls;
    return std::unexpected(std::move(error));
  }
  auto stream = std::make_unique<TlsStream>(*this, *settings, std::move(under), host, key);
  if (auto done = stream->handshake(interrupt); !done) return std::unexpected(std::move(done).error());
  return stream;
}

}  // namespace trowel::http
