// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <fstream>

#include "raw_connection.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

// A certificate for 127.0.0.1 that signs itself.
struct Certificate {
  Certificate() {
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, pair);
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("emulator"), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(x509, names, -1);
    X509_sign(x509, pair, EVP_sha256());
    write(cert, [&](FILE* file) { return PEM_write_X509(file, x509); });
    write(key, [&](FILE* file) { return PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr); });
    X509_EXTENSION_free(names);
    X509_free(x509);
    EVP_PKEY_free(pair);
  }

  trowel::test::TempDir folder;
  std::filesystem::path cert = std::filesystem::path(folder.path()) / "cert.pem";
  std::filesystem::path key = std::filesystem::path(folder.path()) / "key.pem";

 private:
  template <typename Write>
  static void write(const std::filesystem::path& path, Write&& content) {
    FILE* file = std::fopen(path.c_str(), "w");
    REQUIRE(file != nullptr);
    CHECK(content(file) == 1);
    std::fclose(file);
  }
};

int portOf(const Emulator& emulator) { return std::stoi(emulator.host().substr(emulator.host().rfind(':') + 1)); }

}  // namespace

TEST_CASE("with a certificate the emulator speaks https") {
  Certificate certificate;
  auto started = Emulator::start({.tlsCert = certificate.cert, .tlsKey = certificate.key});
  REQUIRE(started);
  auto& emulator = **started;
  REQUIRE(emulator.host().starts_with("https://127.0.0.1:"));

  httplib::Client client(emulator.host());
  client.set_ca_cert_path(certificate.cert.string());
  client.set_keep_alive(true);
  client.set_bearer_token_auth(emulator.token().reveal());
  for (int i = 0; i < 3; ++i) {
    auto me = client.Get("/api/2.0/preview/scim/v2/Me");
    REQUIRE(me);
    CHECK(me->status == 200);
  }
  // More than a record of TLS, both ways; then cut off.
  std::string text = encode(std::string(3'000'000, 'x'));
  auto imported =
      client.Post("/api/2.0/workspace/import",
                  Json{{"path", "/Shared/large"}, {"content", text}, {"format", "AUTO"}}.dump(), "application/json");
  REQUIRE(imported);
  CHECK(imported->status == 200);
  auto exported = client.Get("/api/2.0/workspace/export?path=/Shared/large");
  REQUIRE(exported);
  CHECK(Json::parse(exported->body).at("content") == text);
  emulator.addFault({.pattern = "GET *", .truncateAt = 3});
  CHECK_FALSE(client.Get("/api/2.0/workspace/export?path=/Shared/large"));

  // Nobody waits for one who says nothing, and one who speaks no TLS hears nothing.
  RawConnection silent(portOf(emulator));
  RawConnection plain(portOf(emulator));
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(plain.readAll().find("HTTP") == std::string::npos);
  CHECK(client.Get("/api/2.0/preview/scim/v2/Me")->status == 200);
  emulator.stop();
  silent.readAll();
}

TEST_CASE("certificate and key must be readable and belong together") {
  Certificate certificate;
  Certificate other;
  for (const Options& options : {Options{.tlsCert = certificate.cert}, Options{.tlsKey = certificate.key},
                                 Options{.tlsCert = certificate.key, .tlsKey = certificate.key},
                                 Options{.tlsCert = certificate.cert, .tlsKey = other.key}}) {
    auto started = Emulator::start(options);
    REQUIRE_FALSE(started);
    CHECK(started.error().code == core::ErrorCode::InvalidParams);
    CHECK(started.error().message.find("PEM") != std::string::npos);
  }
}
