// SPDX-License-Identifier: Apache-2.0
// Hazards of HTTP and faults of the network, by the numbers of the reference, and where each is shown. Files are those
// of this folder; "faults" is ../databricks/transport_faults_test.cpp, which shows what callers of the REST client see.
//
//   H1, H2      transport: damaged answers are errors at once, and their connection is not used again
//   H3          answer_reader: heads, interim answers and chunk sizes without end are refused before they fill the
//   memory H4          transport: H4, H11, H24: long headers, early hints and percent signs in headers come through H5
//   here: F28, H5: a bomb is stopped at the limit; inflate: H5: what expands without end … H6          inflate: H6: a
//   gzip stream that is cut or damaged …; transport: damaged answers …; faults: F27 H7          transport: damaged
//   answers …; faults: F27 H8          faults: F27, H8 H9          transport: damaged answers …; faults: F32 H10
//   transport: answers without a body end with their head; faults: F32 H11         transport: H4, H11, H24 H12, H13
//   transport: H12, H13, H14: what happened on an idle connection never answers the next request H14         the same;
//   over TLS, tls: a server whose authority is trusted is reached, and its session resumed H15         transport: H15:
//   a kept connection that dies under a request leaves it in doubt, sent once; faults: F30, F46 H16 answer_reader: a
//   connection is kept where both sides may go on H17         here: F29, H17: bytes that trickle do not outlive the
//   deadline; transport: H17: the deadline covers … H18         transport: a cancelled call ends in every phase, with
//   the reason H19         transport: H19: … while it connects; tls: H19: a handshake that stalls can be cancelled H20
//   connect: H20: a lookup that never ends is left behind H21         tls: H21, F35: a proxy that gives no way is
//   named, with what to do H22, H23    tls: H22, H23: a proxy sees its own credential, and nothing of what is for the
//   server H24         transport: H4, H11, H24 H25         transport: a request arrives as written and the connection
//   is kept H26         transport: H26: line breaks get into no header, and their text into no message H27 transport:
//   H27: an answer that comes before the body is sent is read H28         tls: H28: a file of authorities that cannot
//   be read is named each time H29         tls: F34, H29: a certificate that is not accepted is named in its own words
//   H30         here: F33, H30: no redirect is followed; faults: F33
//   H31         tls: H31: no TLS older than 1.2
//   H32         transport: a request arrives as written and the connection is kept
//   H33         here: H33: no descriptor of ours survives an exec
//   H34         transport: H34: a write to a dead peer is an error
//
//   F25         retry: F25: Retry-After is read as seconds or as a date, and nothing else; faults: F25 (two)
//   F26         faults: F26: a gateway's page of HTML is no message
//   F27         faults: F27, H8: a damaged answer is repeated where that does no harm, and never success
//   F28         here: F28, H5; H1 and H2 above
//   F29         here: F29, H17; transport: F29: an answer that stalls ends long before the deadline of a long call
//   F30         here: F30 (two); faults: F30, F46
//   F31         H12, H13, H14 above
//   F32         faults: F32, H9, H10: odd answers are errors or right, and the next call gets its own answer
//   F33         here: F33, H30; faults: F33: a redirect is a sentence …
//   F34         tls: F34, H29 (expired, not yet valid, self-signed, stranger, other host, weak key); H28, H31; here:
//   F34: a handshake that stalls is told from a server that does not answer F35         tls: H21, F35; here: F35 (two);
//   proxy: NO_PROXY in all its forms; tests/cli/proxy_test.py, a real proxy F36         connect: F36 (three) F37
//   transport: a port where nothing listens is named; here: F37: a server that never lets anybody in … F38 faults: F38:
//   who is offline is told at once, and nobody knocks again and again F46         faults: F30, F46
#include <fcntl.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "http/connection.hpp"
#include "http/net/connect.hpp"
#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "support/full_listener.hpp"
#include "support/gzip.hpp"
#include "support/manual_clock.hpp"
#include "trowel/http/retry.hpp"
#include "trowel/http/transport.hpp"

using namespace trowel;
using namespace trowel::http;
using core::ErrorCode;
using test::FaultServer;

namespace {

[[maybe_unused]] const auto kIgnored = std::signal(SIGPIPE, SIG_IGN);

struct Fixture {
  test::ManualClock clock;
  core::Timer timer{clock};
  HttpTransport client{timer, NetworkOptions{}};

  HttpResult get(const std::string& origin) {
    return client.send(
        {.method = "GET", .origin = origin, .target = "/x", .authorization = core::SecretString("Bearer dapiSECRET")},
        {});
  }
  void useProxy(const std::string& address) {
    const ProxyText text{.value = core::SecretString(address), .from = "HTTPS_PROXY"};
    client.setOptions(NetworkOptions{.proxy = ProxyRules::parse({.https = text, .http = text}).value()});
  }
  // The sentence of a call whose minute passes once `there` returns.
  template <typename There>
  std::string late(const std::string& origin, const There& there) {
    std::thread time([&] {
      there();
      clock.awaitWaiters(1);
      clock.advance(std::chrono::seconds(60));
    });
    auto ended = get(origin);
    time.join();
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code == ErrorCode::DeadlineExceeded);
    CHECK(ended.error().stage == Stage::Stopped);
    CHECK(verdictOf(ended.error()) == Verdict::Final);
    return ended.error().message;
  }
};

}  // namespace

TEST_CASE("F28, H5: a bomb is stopped at the limit, whether it is packed or not") {
  const auto packed = GENERATE(true, false);
  const std::string zeros(4U << 20U, '\0');
  const auto body = packed ? test::gzip(zeros) : zeros;
  FaultServer server(
      {{test::readRequest(),
        test::send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                   (packed ? "\r\nContent-Encoding: gzip" : "") + "\r\n\r\n" + body.substr(0, 2U << 20U)),
        test::awaitClose()}});
  const auto interrupt = Interrupt::create({}).value();
  const auto origin = parseOrigin(server.origin()).value();
  const auto addresses = Resolver().lookUp(origin.host, origin.port, interrupt).value();
  Connection connection(socketStream(connectTo(addresses, origin.text(), interrupt).value()), origin, nullptr);
  auto refused =
      connection.exchange({.method = "GET", .origin = server.origin(), .target = "/"}, {}, 1U << 20U, interrupt, [] {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().stage == Stage::Body);
  CHECK(refused.error().code == ErrorCode::DataLoss);
  CHECK(refused.error().message == "The answer of " + server.origin() + " cannot be used: it is larger than 1 MiB.");
  CHECK_FALSE(connection.reusable());
}

TEST_CASE_METHOD(Fixture, "F29, H17: bytes that trickle do not outlive the deadline") {
  // A byte of the answer each 59 seconds, so that nothing ever stalls.
  FaultServer server({{test::readRequest(), test::send("H"), test::mark("first"), test::until("later"), test::send("T"),
                       test::mark("second"), test::until("never")}});
  std::thread time([&] {
    server.await("first");
    clock.awaitWaiters(1);
    clock.advance(std::chrono::seconds(59));
    server.set("later");
    server.await("second");
    clock.awaitWaiters(1);
    clock.advance(std::chrono::seconds(1));
  });
  auto late = get(server.origin());
  time.join();
  REQUIRE_FALSE(late);
  CHECK(late.error().code == ErrorCode::DeadlineExceeded);
  CHECK(late.error().message == "The request to " + server.origin() +
                                    " stopped: took too long. The server had the request but had not answered. Try "
                                    "again later.");
}

TEST_CASE_METHOD(Fixture, "F30: a connection that is lost says so, and whether the answer had begun") {
  auto [steps, stage, words] = GENERATE(table<FaultServer::Connection, Stage, std::string>({
      {{test::readRequest(), test::reset()}, Stage::Exchange, "was lost before an answer came."},
      {{test::readRequest(), test::close()}, Stage::Exchange, "was lost before an answer came."},
      {{test::readRequest(), test::send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"), test::reset()},
       Stage::Body,
       "cannot be used: it broke off (Connection reset by peer)."},
      {{test::readRequest(), test::send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"), test::close()},
       Stage::Body,
       "cannot be used: it broke off in the middle."},
  }));
  FaultServer server({steps});
  auto lost = get(server.origin());
  REQUIRE_FALSE(lost);
  CHECK(lost.error().stage == stage);
  CHECK(lost.error().message ==
        (stage == Stage::Exchange ? "The connection to " : "The answer of ") + server.origin() + " " + words);
  CHECK(verdictOf(lost.error()) == Verdict::Unknown);
}

TEST_CASE_METHOD(Fixture, "F30: a connection that is reset as soon as it is there is no answer either") {
  FaultServer server({{test::reset()}});
  auto lost = get(server.origin());
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == ErrorCode::Unavailable);
  // Who comes first, the reset or our look at the new connection, is the kernel's.
  if (lost.error().stage == Stage::Connect)
    CHECK(lost.error().message == "Nothing answers at " + server.origin() +
                                      " (Connection reset by peer). Check that the address is right and the server "
                                      "runs.");
  else
    CHECK(lost.error().message == "The connection to " + server.origin() + " was lost before an answer came.");
}

TEST_CASE_METHOD(Fixture, "F33, H30: no redirect is followed, so that nobody else gets the token") {
  FaultServer other({{test::readRequest(), test::answer("stolen")}});
  const auto status = GENERATE(301, 302, 303, 307, 308);
  FaultServer server({{test::readRequest(), test::send("HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " +
                                                       other.origin() + "/x\r\nContent-Length: 0\r\n\r\n")}});
  auto answer = get(server.origin());
  REQUIRE(answer);
  CHECK(answer->status == status);
  CHECK(headerOf(answer->headers, "Location") == other.origin() + "/x");
  CHECK(other.requests().empty());
}

TEST_CASE_METHOD(Fixture, "F34: a handshake that stalls is told from a server that does not answer") {
  FaultServer server({{test::readSome(), test::mark("there"), test::until("never")}});
  const auto origin = "https" + server.origin().substr(4);
  CHECK(late(origin, [&] { server.await("there"); }) ==
        "The request to " + origin +
            " stopped: took too long. The secure connection (TLS) to 127.0.0.1 had not come about. Check that the "
            "address and the port are those of an https server.");
}

TEST_CASE_METHOD(Fixture, "F35: a proxy that is silent, or closes one half, is named") {
  SECTION("silent") {
    FaultServer proxy({{test::readRequest(), test::mark("there"), test::until("never")}});
    useProxy(proxy.origin());
    CHECK(late("https://workspace.example.com", [&] { proxy.await("there"); }) ==
          "The request to https://workspace.example.com stopped: took too long. The proxy " + proxy.origin() +
              " (from HTTPS_PROXY) had not opened a way to the server. Check the proxy.");
  }
  SECTION("half closed") {
    FaultServer proxy({{test::readRequest(), test::send("HTTP/1.1 200 Conn"), test::close(), test::awaitClose()}});
    useProxy(proxy.origin());
    auto refused = get("https://workspace.example.com");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().stage == Stage::Proxy);
    CHECK(refused.error().message == "The proxy " + proxy.origin() +
                                         " (from HTTPS_PROXY) broke off the connection. Check that the address is that "
                                         "of an HTTP proxy.");
  }
}

TEST_CASE_METHOD(Fixture, "F35: a proxy that wants a password is told from a server that refuses a token") {
  const auto secure = GENERATE(true, false);
  const std::string server = secure ? "https://workspace.example.com" : "http://workspace.example.com";
  const std::string wanted = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
  FaultServer proxy({{test::readRequest(), test::send(wanted)}, {test::readRequest(), test::send(wanted)}});
  useProxy(proxy.origin());
  auto asked = get(server);
  REQUIRE_FALSE(asked);
  CHECK(asked.error().stage == Stage::Proxy);
  CHECK(asked.error().message == "The proxy " + proxy.origin() +
                                     " (from HTTPS_PROXY) wants a user name and a password. Put them into its address "
                                     "(http://user:password@proxy:port), or into the setting http.proxyAuthorization.");
  useProxy("http://ada:PASSWORD@" + proxy.origin().substr(7));
  auto wrong = get(server);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "The proxy " + proxy.origin() +
                                     " (from HTTPS_PROXY) does not accept the user name and the password in its "
                                     "address. Correct them there.");
  CHECK(verdictOf(wrong.error()) == Verdict::Final);
}

TEST_CASE_METHOD(Fixture, "F37: a server that never lets anybody in costs the deadline and no more") {
  const test::FullListener server;
  CHECK(late(server.origin(), [&] { server.awaitKnock(); }) ==
        "The request to " + server.origin() + " stopped: took too long. No connection to " + server.origin() +
            " had come about. Check the address, and whether a firewall or a VPN stands in between.");
}

TEST_CASE_METHOD(Fixture, "H33: no descriptor of ours survives an exec") {
  auto inherited = [] {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      const int flags = ::fcntl(std::stoi(entry.path().filename()), F_GETFD);
      count += flags >= 0 && (flags & FD_CLOEXEC) == 0 ? 1 : 0;
    }
    return count;
  };
  FaultServer server({{test::readRequest(), test::answer("1"), test::readRequest(), test::mark("asked"),
                       test::until("counted"), test::answer("2")}});
  const int before = inherited();
  CHECK(get(server.origin()));
  std::thread counter([&] {
    server.await("asked");
    CHECK(inherited() == before);  // with one request under way
    server.set("counted");
  });
  CHECK(get(server.origin()));
  counter.join();
}
