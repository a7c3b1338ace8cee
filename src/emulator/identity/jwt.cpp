// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/jwt.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <nlohmann/json.hpp>

#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr unsigned kBits = 2048;

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Deleter<BN_free>>;

const unsigned char* bytesOf(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string toPem(EVP_PKEY* key) {
  BioPtr memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  auto length = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

KeyPtr fromPem(const std::string& pem) {
  BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPtr(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
}

std::string number(EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  EVP_PKEY_get_bn_param(key, name, &raw);
  NumberPtr owned(raw);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, reinterpret_cast<unsigned char*>(bytes.data()));
  return toBase64Url(bytes);
}

}  // namespace

std::string toBase64Url(std::string_view bytes) {
  std::string text = core::toBase64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::optional<std::string> fromBase64Url(std::string_view text) {
  std::string standard(text);
  for (char& c : standard) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (standard.size() % 4 != 0) standard += '=';
  return core::fromBase64(standard);
}

struct JwtSigner::Key {
  KeyPtr pair;
  std::string id;
};

JwtSigner::JwtSigner(const World& world) : stored_(world.state, "signing_key") {}
JwtSigner::~JwtSigner() = default;

JwtSigner::Key& JwtSigner::key() {
  std::lock_guard lock(mutex_);
  if (key_) return *key_;
  key_ = std::make_unique<Key>();
  if (auto stored = stored_.find("oauth")) key_->pair = fromPem(core::stringAt(*stored, "pem"));
  if (!key_->pair) {
    key_->pair.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(kBits)));
    stored_.put("oauth", {{"pem", toPem(key_->pair.get())}});
  }
  key_->id = core::sha256(number(key_->pair.get(), OSSL_PKEY_PARAM_RSA_N));
  return *key_;
}

std::string JwtSigner::sign(const Json& claims) {
  Key& with = key();
  const Json header{{"alg", "RS256"}, {"kid", with.id}, {"typ", "JWT"}};
  std::string text = toBase64Url(core::dumpJson(header)) + "." + toBase64Url(core::dumpJson(claims));
  DigestPtr digest(EVP_MD_CTX_new());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(with.pair.get())), '\0');
  std::size_t length = signature.size();
  EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, with.pair.get());
  EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, bytesOf(text), text.size());
  signature.resize(length);
  return text + "." + toBase64Url(signature);
}

std::optional<Json> JwtSigner::verify(std::string_view token) {
  auto end = token.rfind('.');
  auto middle = token.find('.');
  if (end == std::string_view::npos || middle == end) return std::nullopt;
  auto signature = fromBase64Url(token.substr(end + 1));
  auto claims = fromBase64Url(token.substr(middle + 1, end - middle - 1));
  if (!signature || !claims) return std::nullopt;
  Key& with = key();
  DigestPtr digest(EVP_MD_CTX_new());
  EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, with.pair.get());
  if (EVP_DigestVerify(digest.get(), bytesOf(*signature), signature->size(), bytesOf(token), end) != 1)
    return std::nullopt;
  auto parsed = core::parseJson(*claims);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  return *std::move(parsed);
}

Json JwtSigner::keys() {
  Key& with = key();
  return {{"keys",
           {{{"kty", "RSA"},
             {"use", "sig"},
             {"alg", "RS256"},
             {"kid", with.id},
             {"n", number(with.pair.get(), OSSL_PKEY_PARAM_RSA_N)},
             {"e", number(with.pair.get(), OSSL_PKEY_PARAM_RSA_E)}}}}};
}

}  // namespace trowel::emulator
