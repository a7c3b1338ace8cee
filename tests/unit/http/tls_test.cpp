// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"
#include "support/tls_server.hpp"
#include "trowel/http/retry.hpp"
#include "trowel/http/transport.hpp"

using namespace trowel;
using namespace trowel::http;
using test::Authority;
using test::FaultServer;
using test::TlsServer;

namespace {

[[maybe_unused]] const auto kIgnored = std::signal(SIGPIPE, SIG_IGN);

struct Fixture {
  Authority authority{"Test authority"};
  test::TempDir folder;
  test::ManualClock clock;
  core::Timer timer{clock};

  Trust trusting(const Authority& whom) {
    folder.write("ca.pem", whom.pem());
    return {.extra = {{.path = folder / "ca.pem", .from = "NODE_EXTRA_CA_CERTS"}}};
  }
  static std::string at(const TlsServer& server, const std::string& host = "127.0.0.1") {
    return "https://" + host + ":" + std::to_string(server.port());
  }
  static HttpResult get(HttpTransport& client, const std::string& origin, const core::CancelToken& cancel = {}) {
    return client.send(
        {.method = "GET", .origin = origin, .target = "/x", .authorization = core::SecretString("Bearer dapiSECRET")},
        {.cancel = cancel});
  }
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE_METHOD(Fixture, "a server whose authority is trusted is reached, and its session resumed") {
  TlsServer server(authority.issue("127.0.0.1"), 0, 2);
  HttpTransport client(timer, NetworkOptions{.trust = trusting(authority)});
  auto first = get(client, at(server));
  REQUIRE(first);
  CHECK(first->body == "secure");
  CHECK(headerOf(first->headers, "X-Resumed") == "no");
  CHECK(get(client, at(server)));  // on the same connection, which the server closes then
  CHECK(server.handshakes() == 1);
  server.awaitClosed(1);
  auto third = get(client, at(server));
  REQUIRE(third);
  CHECK(headerOf(third->headers, "X-Resumed") == "yes");
  CHECK(server.handshakes() == 2);
}

TEST_CASE_METHOD(Fixture, "F34, H29: a certificate that is not accepted is named in its own words") {
  const Authority stranger("Stranger");
  using Kind = Authority::Kind;
  auto [signer, host, fromDay, toDay, kind, words] = GENERATE(table<int, std::string, int, int, Kind, std::string>({
      {1, "127.0.0.1", -1, 30, Kind::Good,
       "unable to get local issuer certificate (issued by CN = Stranger). If your company has a certificate authority "
       "of its own, name its file in the setting trowel.network.caFiles or in NODE_EXTRA_CA_CERTS."},
      {0, "127.0.0.1", -20, -10, Kind::Good, "it expired on "},
      {0, "127.0.0.1", 10, 20, Kind::Good, "it is valid only from "},
      {0, "other.example.com", -1, 30, Kind::Good, "it is for CN = other.example.com. Check the address."},
      {0, "127.0.0.1", -1, 30, Kind::SelfSigned, "self-signed certificate (issued by CN = 127.0.0.1). If your company"},
      {0, "127.0.0.1", -1, 30, Kind::WeakKey,
       "it is too weak (EE certificate key too weak). The server needs a new one."},
  }));
  const auto certificate = (signer == 0 ? authority : stranger).issue(host, fromDay, toDay, kind);
  TlsServer server(certificate);
  HttpTransport client(timer, NetworkOptions{.trust = trusting(authority)});
  auto refused = get(client, at(server));
  REQUIRE_FALSE(refused);
  CAPTURE(refused.error().message);
  CHECK(refused.error().stage == Stage::Tls);
  CHECK(refused.error().message.starts_with("The certificate of 127.0.0.1 is not accepted: "));
  CHECK(has(refused.error().message, words));
  CHECK(server.handshakes() == 0);
  CHECK(verdictOf(refused.error()) == Verdict::Final);
}

TEST_CASE_METHOD(Fixture, "H28: a file of authorities that cannot be read is named each time") {
  TlsServer server(authority.issue("127.0.0.1"));
  const auto missing = folder / "missing.pem";
  HttpTransport client(timer, NetworkOptions{.trust = {.extra = {{.path = missing, .from = "SSL_CERT_FILE"}}}});
  for (int i = 0; i < 2; ++i) {
    auto refused = get(client, at(server));
    REQUIRE_FALSE(refused);
    CHECK(has(refused.error().message, missing + " (from SSL_CERT_FILE) cannot be read: there is no such file"));
  }
}

TEST_CASE_METHOD(Fixture, "H31: no TLS older than 1.2") {
  TlsServer server(authority.issue("127.0.0.1"), TLS1_1_VERSION);
  HttpTransport client(timer, NetworkOptions{.trust = trusting(authority)});
  auto refused = get(client, at(server));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().stage == Stage::Tls);
  CAPTURE(refused.error().message);
  CHECK(refused.error().message.starts_with("No secure connection (TLS) to 127.0.0.1: "));
  CHECK(refused.error().message.ends_with(" Check that the address and the port are those of an https server."));
}

TEST_CASE_METHOD(Fixture, "a server that speaks no TLS is told from one that is not trusted") {
  FaultServer server({{test::readSome(), test::send("HTTP/1.1 400 Bad Request\r\n\r\n"), test::awaitClose()}});
  HttpTransport client(timer, NetworkOptions{});
  auto refused = get(client, "https" + server.origin().substr(4));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().stage == Stage::Tls);
  CHECK(has(refused.error().message, "those of an https server"));
}

TEST_CASE_METHOD(Fixture, "H19: a handshake that stalls can be cancelled") {
  FaultServer server({{test::readSome(), test::mark("there"), test::until("never")}});
  HttpTransport client(timer, NetworkOptions{});
  const core::CancelSource source;
  std::thread user([&] {
    server.await("there");
    source.cancel(core::CancelReason::Client);
  });
  auto stopped = get(client, "https" + server.origin().substr(4), source.token());
  user.join();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().stage == Stage::Stopped);
}

TEST_CASE_METHOD(Fixture, "H22, H23: a proxy sees its own credential, and nothing of what is for the server") {
  FaultServer proxy({{test::readRequest(), test::send("HTTP/1.1 200 Connection established\r\n\r\n"), test::readSome(),
                      test::close()}});
  auto rules =
      ProxyRules::parse({.https = {.value = core::SecretString("http://ada:PASSWORD@" + proxy.origin().substr(7)),
                                   .from = "HTTPS_PROXY"}});
  HttpTransport client(timer, NetworkOptions{.proxy = rules.value()});
  auto broken = get(client, "https://workspace.example.com");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().stage == Stage::Tls);
  REQUIRE(proxy.requests().size() == 1);
  CHECK(proxy.requests()[0] ==
        "CONNECT workspace.example.com:443 HTTP/1.1\r\nHost: workspace.example.com:443\r\n"
        "Proxy-Authorization: Basic YWRhOlBBU1NXT1JE\r\n\r\n");
}

TEST_CASE_METHOD(Fixture, "H21, F35: a proxy that gives no way is named, with what to do") {
  const auto [answer, words] = GENERATE(table<std::string, std::string>({
      {"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied",
       "does not allow connections to workspace.example.com"},
      {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "wants a user name and a password"},
      {"HTTP/1.1 401 Unauthorized\r\n\r\n", "wants a user name and a password"},
      {"HTTP/1.1 502 Bad Gateway\r\n\r\n", "gave no way to workspace.example.com (status 502)"},
      {"", "broke off the connection"},
      {"SSH-2.0-OpenSSH\r\n", "it is not HTTP/1.1"},
      {"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n", "sent something before the server was asked"},
  }));
  FaultServer proxy({{test::readRequest(), test::send(answer), test::close()}});
  auto rules = ProxyRules::parse({.https = {.value = core::SecretString(proxy.origin()), .from = "HTTPS_PROXY"}});
  HttpTransport client(timer, NetworkOptions{.proxy = rules.value()});
  auto refused = get(client, "https://workspace.example.com");
  REQUIRE_FALSE(refused);
  CAPTURE(refused.error().message);
  CHECK(refused.error().stage == Stage::Proxy);
  CHECK(has(refused.error().message, "The proxy " + proxy.origin() + " (from HTTPS_PROXY) "));
  CHECK(has(refused.error().message, words));
}

TEST_CASE_METHOD(Fixture, "plain requests go to a proxy with their whole address") {
  FaultServer proxy({{test::readRequest(), test::answer("through")}});
  auto rules = ProxyRules::parse(
      {.http = {.value = core::SecretString("http://a:b@" + proxy.origin().substr(7)), .from = "HTTP_PROXY"}});
  HttpTransport client(timer, NetworkOptions{.proxy = rules.value()});
  auto answer = get(client, "http://workspace.example.com");
  REQUIRE(answer);
  CHECK(answer->body == "through");
  CHECK(proxy.requests()[0].starts_with(
      "GET http://workspace.example.com/x HTTP/1.1\r\nHost: workspace.example.com\r\n"));
  CHECK(has(proxy.requests()[0], "\r\nProxy-Authorization: Basic YTpi\r\n"));
}

TEST_CASE_METHOD(Fixture, "a proxy that is not there is named as such") {
  std::string origin;
  {
    FaultServer gone({});
    origin = gone.origin();
  }
  auto rules = ProxyRules::parse({.https = {.value = core::SecretString(origin), .from = "HTTPS_PROXY"}});
  HttpTransport client(timer, NetworkOptions{.proxy = rules.value()});
  auto refused = get(client, "https://workspace.example.com");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().stage == Stage::Proxy);
  CHECK(refused.error().message.starts_with("The proxy " + origin +
                                            " (from HTTPS_PROXY) cannot be used. Nothing answers at " + origin +
                                            " (Connection refused)."));
}

TEST_CASE_METHOD(Fixture, "an environment that cannot be used fails each call with the reason") {
  HttpTransport client(timer, networkOptions([](const std::string& name) -> std::optional<std::string> {
                         if (name != "ALL_PROXY") return std::nullopt;
                         return "socks5://proxy";
                       }));
  for (int i = 0; i < 2; ++i) {
    auto refused = get(client, "http://127.0.0.1:1");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().stage == Stage::Request);
    CHECK(has(refused.error().message, "The proxy in ALL_PROXY is one of a kind (socks5) that Trowel does not speak."));
  }
}
