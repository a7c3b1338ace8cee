// SPDX-License-Identifier: Apache-2.0
#include "support/certificates.hpp"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

namespace trowel::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)>;
using Cert = std::unique_ptr<X509, decltype(&::X509_free)>;

template <typename Write>
std::string pemOf(const Write& write) {
  const std::unique_ptr<BIO, decltype(&::BIO_free)> out(::BIO_new(::BIO_s_mem()), &::BIO_free);
  write(out.get());
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* extension = ::X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  ::X509_add_ext(certificate, extension, -1);
  ::X509_EXTENSION_free(extension);
}

Cert certificateFor(const std::string& name, EVP_PKEY* key, int fromDay, int toDay) {
  static long serial = 1;
  Cert made(::X509_new(), &::X509_free);
  ::X509_set_version(made.get(), 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(made.get()), ++serial);
  ::X509_time_adj_ex(::X509_getm_notBefore(made.get()), fromDay, 0, nullptr);
  ::X509_time_adj_ex(::X509_getm_notAfter(made.get()), toDay, 0, nullptr);
  ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  ::X509_set_pubkey(made.get(), key);
  return made;
}

Key newKey() { return {::EVP_EC_gen("P-256"), &::EVP_PKEY_free}; }

}  // namespace

struct Authority::Impl {
  Key key = newKey();
  Cert certificate{nullptr, &::X509_free};
};

Authority::Authority(const std::string& name) : impl_(std::make_unique<Impl>()) {
  impl_->certificate = certificateFor(name, impl_->key.get(), -1, 365);
  auto* ours = impl_->certificate.get();
  ::X509_set_issuer_name(ours, ::X509_get_subject_name(ours));
  extend(ours, ours, NID_basic_constraints, "critical,CA:TRUE");
  ::X509_sign(ours, impl_->key.get(), ::EVP_sha256());
}

Authority::~Authority() = default;

std::string Authority::pem() const {
  return pemOf([&](BIO* out) { ::PEM_write_bio_X509(out, impl_->certificate.get()); });
}

Certificate Authority::issue(const std::string& host, int fromDay, int toDay, Kind kind) const {
  const Key key = kind == Kind::WeakKey ? Key(::EVP_RSA_gen(1024), &::EVP_PKEY_free) : newKey();
  const auto made = certificateFor(host, key.get(), fromDay, toDay);
  in_addr address;
  const bool literal = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
  extend(made.get(), impl_->certificate.get(), NID_subject_alt_name, (literal ? "IP:" : "DNS:") + host);
  const bool own = kind == Kind::SelfSigned;
  ::X509_set_issuer_name(made.get(), ::X509_get_subject_name(own ? made.get() : impl_->certificate.get()));
  ::X509_sign(made.get(), own ? key.get() : impl_->key.get(), ::EVP_sha256());
  return {.chain = pemOf([&](BIO* out) { ::PEM_write_bio_X509(out, made.get()); }),
          .key = pemOf(
              [&](BIO* out) { ::PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); })};
}

}  // namespace trowel::test
