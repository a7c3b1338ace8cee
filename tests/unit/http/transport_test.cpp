// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/transport.hpp"

#include <csignal>
#include <future>

#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "support/full_listener.hpp"
#include "support/manual_clock.hpp"

using namespace trowel;
using namespace trowel::http;
using core::ErrorCode;
using test::FaultServer;

namespace {

// As the app does first thing in main.
[[maybe_unused]] const auto kIgnored = std::signal(SIGPIPE, SIG_IGN);

struct Fixture {
  test::ManualClock clock;
  core::Timer timer{clock};
  HttpTransport client{timer, NetworkOptions{}};

  HttpResult get(const std::string& origin, const core::CancelToken& cancel = {}) {
    return client.send({.method = "GET", .origin = origin, .target = "/x?y=1%2F2"}, {.cancel = cancel});
  }
  HttpResult post(const std::string& origin, std::string body) {
    return client.send({.method = "POST", .origin = origin, .target = "/x", .body = std::move(body)}, {});
  }
};

// An answer that never comes to its end, and whoever waits for the client to have got its beginning: that the server
// has sent it says nothing of that.
const std::vector<FaultServer::Connection> kBegunAnswer = {
    {test::readRequest(), test::send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")}};

class Arrival {
 public:
  std::function<core::Result<void>(std::string_view)> onBody() {
    return [this](std::string_view) -> core::Result<void> {
      come_.set_value();
      return {};
    };
  }
  void await() { come_.get_future().wait(); }

 private:
  std::promise<void> come_;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a request arrives as written and the connection is kept") {
  FaultServer server({{test::readRequest(), test::answer("{}"), test::readRequest(),
                       test::send("HTTP/1.1 404 No\r\nContent-Length: 4\r\nx-request-id: r\r\n\r\nnope")}});
  auto first = client.send({.method = "POST",
                            .origin = server.origin(),
                            .target = "/a%20b?q=1+2%2F",
                            .headers = {{"X-One", "1"}},
                            .body = "{\"a\":1}",
                            .authorization = core::SecretString("Bearer t")},
                           {});
  REQUIRE(first);
  CHECK(first->status == 200);
  CHECK(first->body == "{}");
  auto second = get(server.origin());
  REQUIRE(second);
  CHECK(second->status == 404);
  CHECK(second->body == "nope");
  CHECK(headerOf(second->headers, "X-Request-Id") == "r");

  auto request = server.requests().at(0);
  CHECK(request.starts_with("POST /a%20b?q=1+2%2F HTTP/1.1\r\n"));
  CHECK(request.ends_with("\r\n\r\n{\"a\":1}"));
  for (auto line : {"\r\nX-One: 1\r\n", "\r\nAuthorization: Bearer t\r\n", "\r\nAccept-Encoding: gzip\r\n",
                    "\r\nContent-Length: 7\r\n"})
    CHECK(request.find(line) != std::string::npos);
  CHECK(request.find("\r\nHost: " + server.origin().substr(7) + "\r\n") != std::string::npos);
  CHECK(server.requests().at(1).find("Bearer") == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "H12, H13, H14: what happened on an idle connection never answers the next request") {
  const auto unsolicited =
      GENERATE(std::vector{test::send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL")},
               std::vector{test::send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"), test::close()},
               std::vector{test::close()}, std::vector{test::reset()});
  FaultServer::Connection first{test::readRequest(), test::answer("1"), test::until("answered")};
  first.insert(first.end(), unsolicited.begin(), unsolicited.end());
  first.push_back(test::mark("idle"));
  FaultServer server({first, {test::readRequest(), test::answer("2")}});

  CHECK(get(server.origin())->body == "1");
  server.set("answered");
  server.await("idle");
  auto second = post(server.origin(), "x");
  REQUIRE(second);
  CHECK(second->status == 200);
  CHECK(second->body == "2");
  CHECK(server.requests().size() == 2);
}

TEST_CASE_METHOD(Fixture, "H15: a kept connection that dies under a request leaves it in doubt, sent once") {
  FaultServer server({{test::readRequest(), test::answer("1"), test::readRequest(), test::reset()},
                      {test::readRequest(), test::answer("2")}});
  CHECK(get(server.origin()));
  auto lost = post(server.origin(), "x");
  REQUIRE_FALSE(lost);
  CHECK(lost.error().stage == Stage::Exchange);
  CHECK(lost.error().code == ErrorCode::Unavailable);
  CHECK(lost.error().message == "The connection to " + server.origin() + " was lost before an answer came.");
  CHECK(server.requests().size() == 2);
  CHECK(get(server.origin())->body == "2");
}

TEST_CASE_METHOD(Fixture, "H34: a write to a dead peer is an error") {
  FaultServer server({{test::readSome(), test::reset()}});
  auto lost = post(server.origin(), std::string(16U << 20U, 'x'));
  REQUIRE_FALSE(lost);
  CHECK(lost.error().stage == Stage::Exchange);
}

TEST_CASE_METHOD(Fixture, "damaged answers are errors at once, and their connection is not used again") {
  const std::string unpacked = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";
  auto [bytes, stage, why] = GENERATE_COPY(table<std::string, Stage, std::string>({
      {"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{}", Stage::Exchange,
       "its Content-Length is not a number"},                                                     // H9
      {unpacked + "Content-Encoding: gzip\r\n\r\n{}", Stage::Body, "its gzip data are damaged"},  // H6
      {unpacked + "Content-Encoding: br\r\n\r\n{}", Stage::Body, "it is packed in a way that was not asked for"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX5\r\n", Stage::Body,
       "a chunk is longer than it says"},  // H7
      {"HTTP/1.1 200 OK\r\nX: " + std::string(300U << 10U, 'x') + "\r\n\r\n{}", Stage::Exchange,
       "its head is larger than 256 KiB"},  // H2
      {"HTTP/1.1 200 " + std::string(1U << 20U, 'x') + "\r\n\r\n{}", Stage::Exchange,
       "its head is larger than 256 KiB"},  // H1
      {"garbage\r\n\r\n", Stage::Exchange, "it is not HTTP/1.1"},
  }));
  FaultServer server({{test::readRequest(), test::send(bytes), test::awaitClose(), test::mark("closed")},
                      {test::readRequest(), test::answer("fine")}});
  auto damaged = get(server.origin());
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().stage == stage);
  CHECK(damaged.error().code == ErrorCode::DataLoss);
  CHECK(damaged.error().message == "The answer of " + server.origin() + " cannot be used: " + why + ".");
  server.await("closed");
  CHECK(get(server.origin())->body == "fine");
}

TEST_CASE_METHOD(Fixture, "H4, H11, H24: long headers, early hints and percent signs in headers come through") {
  FaultServer server(
      {{test::readRequest(), test::send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Long: " +
                                        std::string(9000, 'x') + "\r\nETag: a%2Fb%0D%0A\r\n\r\n{}")},
       {}});
  auto answer = get(server.origin());
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "{}");
  CHECK(headerOf(answer->headers, "X-Long").size() == 9000);
  CHECK(headerOf(answer->headers, "ETag") == "a%2Fb%0D%0A");
  CHECK(headerOf(answer->headers, "Link").empty());
}

TEST_CASE_METHOD(Fixture, "H27: an answer that comes before the body is sent is read") {
  FaultServer server({{test::readSome(), test::send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig"),
                       test::mark("answered"), test::awaitClose()}});
  auto refused = post(server.origin(), std::string(64U << 20U, 'x'));
  REQUIRE(refused);
  CHECK(refused->status == 413);
  CHECK(refused->body == "big");
}

TEST_CASE_METHOD(Fixture, "a body is read while it is sent, and taken while it comes") {
  struct Source final : BodySource {
    std::uint64_t size() const override { return 300'000; }
    core::Result<std::size_t> read(std::span<char> into) override {
      largest = std::max(largest, into.size());
      std::fill(into.begin(), into.end(), 'y');
      return into.size();
    }
    std::size_t largest = 0;
  } source;
  FaultServer server({{test::readRequest(), test::answer("abcdef")}});
  std::string taken;
  auto answer = client.send({.method = "PUT", .origin = server.origin(), .target = "/x", .source = &source},
                            {.onBody = [&](std::string_view part) -> core::Result<void> {
                              taken += part;
                              return {};
                            }});
  REQUIRE(answer);
  CHECK(answer->body.empty());
  CHECK(taken == "abcdef");
  CHECK(source.largest <= 65536);
  CHECK(server.requests().at(0).ends_with("\r\nContent-Length: 300000\r\n\r\n" + std::string(300'000, 'y')));
}

TEST_CASE_METHOD(Fixture, "whoever takes or gives a body can end the exchange with an error of his own") {
  struct Broken final : BodySource {
    std::uint64_t size() const override { return 10; }
    core::Result<std::size_t> read(std::span<char>) override {
      return core::fail(ErrorCode::NotFound, "The file is gone.");
    }
  } broken;
  FaultServer server({{test::readRequest(), test::answer("abc")}, {test::awaitClose()}});
  auto full = client.send({.method = "GET", .origin = server.origin(), .target = "/x"},
                          {.onBody = [](std::string_view) -> core::Result<void> {
                            return core::fail(ErrorCode::Unavailable, "The disk is full.");
                          }});
  REQUIRE_FALSE(full);
  CHECK(full.error().message == "The disk is full.");
  auto gone = client.send({.method = "PUT", .origin = server.origin(), .target = "/x", .source = &broken}, {});
  REQUIRE_FALSE(gone);
  CHECK(gone.error().message == "The file is gone.");
}

TEST_CASE_METHOD(Fixture, "F29: an answer that stalls ends long before the deadline of a long call") {
  FaultServer server(kBegunAnswer);
  Arrival arrival;
  std::thread time([&] {
    arrival.await();
    clock.awaitWaiters(1);
    clock.advanceOnWait();
    clock.advance(std::chrono::seconds(60));
  });
  auto late = client.send({.method = "GET", .origin = server.origin(), .target = "/x"},
                          {.timeout = std::chrono::hours(10), .onBody = arrival.onBody()});
  time.join();
  REQUIRE_FALSE(late);
  CHECK(late.error().stage == Stage::Stopped);
  CHECK(late.error().code == ErrorCode::DeadlineExceeded);
  CHECK(late.error().message ==
        "The request to " + server.origin() +
            " stopped: nothing came or went for too long. The answer had only partly come. Check the network, and try "
            "again.");
}

TEST_CASE_METHOD(Fixture, "an answer that ends early is an error that says how early") {
  auto [bytes, stage, code] = GENERATE(table<std::string, Stage, ErrorCode>({
      {"", Stage::Exchange, ErrorCode::Unavailable},
      {"HTTP/1.1 200 OK\r\nContent-Len", Stage::Exchange, ErrorCode::Unavailable},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\"", Stage::Body, ErrorCode::DataLoss},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", Stage::Body, ErrorCode::DataLoss},
  }));
  FaultServer server({{test::readRequest(), test::send(bytes), test::close()}});
  auto cut = get(server.origin());
  REQUIRE_FALSE(cut);
  CHECK(cut.error().stage == stage);
  CHECK(cut.error().code == code);
}

TEST_CASE_METHOD(Fixture, "answers without a body end with their head") {
  auto head = GENERATE(as<std::string>(), "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n",
                       "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  FaultServer server({{test::readRequest(), test::send(head)}});
  auto answer = get(server.origin());
  REQUIRE(answer);
  CHECK(answer->status == std::stoi(head.substr(9)));
  CHECK(answer->body.empty());
}

TEST_CASE_METHOD(Fixture, "a cancelled call ends in every phase, with the reason") {
  auto before = GENERATE(
      std::vector{test::readRequest(), test::mark("there")},
      std::vector{test::readRequest(), test::send("HTTP/1.1 200 OK\r\nContent-Le"), test::mark("there")},
      std::vector{test::readRequest(), test::send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"),
                  test::mark("there")},
      // Without a length the end of the connection is the end of the answer: this one must not pass for complete.
      std::vector{test::readRequest(), test::send("HTTP/1.1 200 OK\r\n\r\n{}"), test::mark("there")});
  FaultServer server({before, {test::readRequest(), test::answer("next")}});
  core::CancelSource source;
  std::thread user([&] {
    server.await("there");
    source.cancel(core::CancelReason::Superseded);
  });
  auto stopped = get(server.origin(), source.token());
  user.join();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().stage == Stage::Stopped);
  CHECK(stopped.error().code == ErrorCode::Cancelled);
  CHECK(stopped.error().message.find("replaced by a newer request") != std::string::npos);
  CHECK(get(server.origin())->body == "next");
}

TEST_CASE_METHOD(Fixture, "a call can be cancelled while it writes to a peer that does not read") {
  FaultServer server({{test::mark("there"), test::until("never")}});
  core::CancelSource source;
  std::thread user([&] {
    server.await("there");
    source.cancel(core::CancelReason::Client);
  });
  auto stopped =
      client.send({.method = "PUT", .origin = server.origin(), .target = "/x", .body = std::string(64U << 20U, 'x')},
                  {.cancel = source.token()});
  user.join();
  CHECK(stopped.error().stage == Stage::Stopped);
}

TEST_CASE_METHOD(Fixture, "a token that is cancelled already sends nothing") {
  FaultServer server({});
  core::CancelSource source;
  source.cancel(core::CancelReason::Shutdown);
  CHECK(get(server.origin(), source.token()).error().code == ErrorCode::Cancelled);
  CHECK(server.requests().empty());
}

TEST_CASE_METHOD(Fixture, "H19: a call can be cancelled while it connects") {
  const test::FullListener server;
  core::CancelSource source;
  std::thread user([&] {
    server.awaitKnock();
    source.cancel(core::CancelReason::Client);
  });
  auto stopped = get(server.origin(), source.token());
  user.join();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().stage == Stage::Stopped);
  CHECK(stopped.error().code == ErrorCode::Cancelled);
  CHECK(stopped.error().message == "The request to " + server.origin() + " stopped: cancelled by the user.");
}

TEST_CASE_METHOD(Fixture, "H17: the deadline covers the whole exchange") {
  FaultServer server(kBegunAnswer);
  Arrival arrival;
  std::thread time([&] {
    arrival.await();
    clock.awaitWaiters(1);
    clock.advance(std::chrono::seconds(60));
  });
  auto late = client.send({.method = "GET", .origin = server.origin(), .target = "/x"}, {.onBody = arrival.onBody()});
  time.join();
  REQUIRE_FALSE(late);
  CHECK(late.error().stage == Stage::Stopped);
  CHECK(late.error().code == ErrorCode::DeadlineExceeded);
  CHECK(late.error().message == "The request to " + server.origin() +
                                    " stopped: took too long. The answer had only partly come. Check the network, and "
                                    "try again.");
}

TEST_CASE_METHOD(Fixture, "a port where nothing listens is named") {
  std::string origin;
  {
    FaultServer server({});
    origin = server.origin();
  }
  auto refused = get(origin);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().stage == Stage::Connect);
  CHECK(refused.error().code == ErrorCode::Unavailable);
  CHECK(refused.error().message.starts_with("Nothing answers at " + origin + " (Connection refused)."));
}

TEST_CASE_METHOD(Fixture, "H26: line breaks get into no header, and their text into no message") {
  FaultServer server({});
  auto sent = [&](HttpRequest request) {
    request.origin = server.origin();
    return client.send(request, {});
  };
  for (const auto& request :
       {HttpRequest{.method = "GET", .origin = "", .target = "/", .headers = {{"X", "a\r\nInjected: SECRET"}}},
        HttpRequest{.method = "GET", .origin = "", .target = "/", .headers = {{"X\nSECRET", "a"}}},
        HttpRequest{.method = "GET", .origin = "", .target = "/ HTTP/1.1\r\nX: SECRET"},
        HttpRequest{.method = "GET /x", .origin = "", .target = "/"},
        HttpRequest{.method = "GET",
                    .origin = "",
                    .target = "/",
                    .authorization = core::SecretString("Bearer SECRET\nX: y")}}) {
    auto refused = sent(request);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().stage == Stage::Request);
    CHECK(refused.error().message.find("SECRET") == std::string::npos);
  }
  CHECK(server.requests().empty());
}

TEST_CASE_METHOD(Fixture, "calls run side by side, each on its own connection") {
  FaultServer server({{test::readRequest(), test::mark("first"), test::until("second"), test::answer("slow")},
                      {test::readRequest(), test::answer("fast"), test::mark("second")}});
  HttpResult fast;
  std::thread other([&] {
    server.await("first");
    fast = get(server.origin());
  });
  auto slow = get(server.origin());
  other.join();
  CHECK(slow.value().body == "slow");
  CHECK(fast.value().body == "fast");
}
