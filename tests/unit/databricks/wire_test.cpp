// SPDX-License-Identifier: Apache-2.0
// A RestClient over real connections, to a server that breaks them.
#include <csignal>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "support/scripted_workspace.hpp"
#include "trowel/http/transport.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;
using test::FaultServer;

namespace {

// As the app does first thing in main.
[[maybe_unused]] const auto kIgnored = std::signal(SIGPIPE, SIG_IGN);

constexpr Call kGet{.verb = Verb::Get, .path = "/f", .safety = Safety::Safe, .ranges = true};
constexpr Call kPut{Verb::Put, "/f", Safety::Safe};
constexpr Call kRun{Verb::Post, "/x", Safety::Unsafe};

struct Fixture {
  Fixture() { clock.advanceOnWait(); }

  RestClient restFor(const FaultServer& server) {
    auto config = test::ScriptedWorkspace::config();
    config.host = http::parseOrigin(server.origin()).value();
    config.credentials = std::make_shared<Renewing>();
    return {config, transport, clock};
  }

  struct Renewing final : http::Credentials {
    core::Result<http::Authorization> authorize(const core::CancelToken&) override {
      return http::Authorization{.value = core::SecretString("Bearer " + std::to_string(number))};
    }
    bool refused(const http::Authorization&) override { return ++number > 0; }
    int number = 1;
  };

  struct Zeros final : http::BodySource {
    explicit Zeros(std::uint64_t bytes) : bytes_(bytes) {}
    std::uint64_t size() const override { return bytes_; }
    core::Result<std::size_t> read(std::span<char> into) override {
      std::ranges::fill(into, '0');
      return into.size();
    }
    core::Result<void> rewind() override {
      ++rewound;
      return {};
    }
    int rewound = 0;

   private:
    std::uint64_t bytes_;
  };

  test::ManualClock timerClock;
  core::Timer timer{timerClock};
  http::HttpTransport transport{timer, http::NetworkOptions{}};
  test::ManualClock clock;  // of the retries
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE_METHOD(Fixture, "F30: a download whose connection breaks goes on over a new one") {
  FaultServer server(
      {{test::readRequest(),
        test::send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nLast-Modified: Fri, 20 Nov 2026 10:00:00 GMT\r\n\r\n0123"),
        test::close()},
       {test::readRequest(), test::send("HTTP/1.1 206 Partial Content\r\nContent-Length: 6\r\nContent-Range: bytes "
                                        "4-9/10\r\nLast-Modified: Fri, 20 Nov 2026 10:00:00 GMT\r\n\r\n456789")}});
  std::string taken;
  auto done = restFor(server).download(kGet, {}, [&](std::string_view part) -> core::Result<void> {
    taken += part;
    return {};
  });
  REQUIRE(done);
  CHECK(taken == "0123456789");
  auto again = server.requests().at(1);
  for (auto line : {"\r\nRange: bytes=4-\r\n", "\r\nIf-Unmodified-Since: Fri, 20 Nov 2026 10:00:00 GMT\r\n",
                    "\r\nAccept-Encoding: identity\r\n"}) {
    CAPTURE(line);
    CHECK(has(again, line));
  }
  CHECK_FALSE(has(again, "gzip"));
}

TEST_CASE_METHOD(Fixture, "F46: the answer to an upload is lost: what may be repeated goes again as a whole") {
  FaultServer server({{test::readRequest(), test::close()},
                      {test::readRequest(), test::send("HTTP/1.1 204 No Content\r\n\r\n")},
                      {test::readRequest(), test::close()}});
  Zeros source(100'000);
  auto rest = restFor(server);
  CHECK(rest.upload(kPut, {}, source));
  CHECK(source.rewound == 1);
  CHECK(server.requests().at(1).ends_with("\r\n\r\n" + std::string(100'000, '0')));
}

TEST_CASE_METHOD(Fixture, "F46: the answer to a run is lost: it is not run twice") {
  FaultServer server({{test::readRequest(), test::close()}, {test::readRequest(), test::answer("{}")}});
  auto lost = restFor(server).call(kRun, {});
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == ErrorCode::Unavailable);
  CHECK(has(lost.error().message, "was lost before an answer came."));
  CHECK(server.requests().size() == 1);
}

TEST_CASE_METHOD(Fixture, "F39: a token that is refused in mid-upload is renewed, and all of it goes again") {
  FaultServer server(
      {{test::readSome(), test::send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        test::awaitClose()},
       {test::readRequest(), test::answer("{}")}});
  Zeros source(1U << 20U);
  CHECK(restFor(server).upload(kRun, {}, source));
  CHECK(source.rewound == 1);
  CHECK(has(server.requests().at(0), "\r\nAuthorization: Bearer 2\r\n"));
  CHECK(server.requests().at(0).size() > (1U << 20U));
}

TEST_CASE_METHOD(Fixture, "F27: a list whose answer is cut off is asked for again, never taken for the whole") {
  FaultServer server({{test::readRequest(), test::answer(R"({"i":[{"n":1})"), test::readRequest(),
                       test::answer(R"({"i":[{"n":1},{"n":2}]})")}});
  auto rest = restFor(server);
  constexpr Call kList{Verb::Get, "/l", Safety::Safe, byToken("i")};
  auto list = rest.list(kList, {}, +[](const core::Json& item) { return core::intAt(item, "n"); });
  CHECK(list.all().value() == std::vector<std::int64_t>{1, 2});
}
