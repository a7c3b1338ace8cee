// SPDX-License-Identifier: Apache-2.0
// The faults of the network as callers of the REST client see them: over the real transport, against a server that
// misbehaves. ../http/hazards_test.cpp lists which hazard is shown where.
#include <csignal>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "support/scripted_workspace.hpp"
#include "trowel/core/text.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/http/transport.hpp"

using namespace trowel;
using namespace trowel::databricks;
using namespace std::chrono_literals;
using core::ErrorCode;
using test::FaultServer;

namespace {

[[maybe_unused]] const auto kIgnored = std::signal(SIGPIPE, SIG_IGN);

constexpr Call kRead{Verb::Get, "/r", Safety::Safe};
constexpr Call kPut{Verb::Put, "/p", Safety::Safe};
constexpr Call kRun{Verb::Post, "/run", Safety::Unsafe};

struct Workspace {
  explicit Workspace(std::vector<FaultServer::Connection> connections) : server(std::move(connections)) {
    clock.advanceOnWait();
    auto config = test::ScriptedWorkspace::config();
    config.host = http::parseOrigin(server.origin()).value();
    rest.emplace(config, transport, clock);
  }

  // What the answer says, or the sentence of the error.
  std::string call(const Call& call) {
    auto answer = rest->call(call, {});
    code = answer ? ErrorCode::Internal : answer.error().code;
    return answer ? answer->dump() : answer.error().message;
  }
  core::Duration passed() const { return clock.now() - begun; }

  FaultServer server;
  test::ManualClock still;  // the transport's deadlines never come
  test::ManualClock clock;
  core::TimePoint begun = clock.now();
  core::Timer timer{still};
  http::HttpTransport transport{timer, http::NetworkOptions{}};
  std::optional<RestClient> rest;
  ErrorCode code = ErrorCode::Internal;
};

FaultServer::Step reply(const std::string& status, const std::string& body, const std::string& headers = "") {
  return test::send("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body);
}

// The same answer to each of many requests.
FaultServer::Connection always(const FaultServer::Step& step) {
  FaultServer::Connection steps;
  for (int i = 0; i < 100; ++i) {
    steps.push_back(test::readRequest());
    steps.push_back(step);
  }
  return steps;
}

constexpr const char* kPage =
    " answered with a web page instead of data. Check that the address is the one of a Databricks workspace, and "
    "that no proxy or login page stands in between.";

}  // namespace

TEST_CASE("F25: the wish of the server is honoured in every form, up to a minute") {
  auto [headers, asked] = GENERATE(table<std::string, core::Duration>({
      {"Retry-After: 3\r\n", 3s},
      {"Date: Thu, 01 Jan 2026 10:00:00 GMT\r\nRetry-After: Thu, 01 Jan 2026 10:00:03 GMT\r\n", 3s},
      {"Date: Thu, 01 Jan 2026 10:00:00 GMT\r\nRetry-After: Thu, 01 Jan 2026 09:00:00 GMT\r\n", 0s},
      {"Retry-After: 0\r\n", 0s},
      {"Retry-After: -5\r\n", 0s},
      {"Retry-After: 1000000000\r\n", 60s},
      {"Retry-After: 99999999999999999999\r\n", 60s},
      {"Retry-After: soon\r\n", 0s},
      {"", 0s},
  }));
  Workspace workspace({{test::readRequest(), reply("429 Slow", "", headers), test::readRequest(), test::answer("{}")}});
  CHECK(workspace.call(kRun) == "{}");
  CAPTURE(headers);
  CHECK(workspace.passed() > asked);
  CHECK(workspace.passed() < asked + 1s);
}

TEST_CASE("F25: a server that never has time is given up within two minutes, with a sentence") {
  const auto headers =
      GENERATE(as<std::string>(), "", "Retry-After: 0\r\n", "Retry-After: 50\r\n", "Retry-After: 1e9\r\n");
  Workspace workspace({always(reply("429 Slow", "", headers))});
  CHECK(workspace.call(kRead) ==
        "The workspace " + workspace.server.origin() +
            " gets too many requests and asked to slow down for longer than this could wait. Try again in a minute.");
  CHECK(workspace.code == ErrorCode::RateLimited);
  CHECK(workspace.passed() <= 120s);
}

TEST_CASE("F26: a gateway's page of HTML is no message, and only what is safe is repeated") {
  auto [status, code, words] = GENERATE(table<std::string, ErrorCode, std::string>({
      {"502", ErrorCode::Unavailable, "cannot answer now"},
      {"503", ErrorCode::Unavailable, "cannot answer now"},
      {"504", ErrorCode::DeadlineExceeded, "did not answer in time"},
  }));
  const std::string page =
      "<!doctype html><html><head><title>Out of "
      "order</title><style>b{}</style></head><body><b>Sorry!</b></body></html>";
  Workspace workspace({always(reply(status + " x", page, "Content-Type: text/html\r\n"))});
  const auto sentence = "The workspace " + workspace.server.origin() + " " + words + " (HTTP " + status +
                        "): Out of order. Try again later.";
  CHECK(workspace.call(kRun) == sentence);
  CHECK(workspace.server.requests().size() == 1);
  CHECK(workspace.call(kRead) == sentence);
  CHECK(workspace.code == code);
  CHECK(workspace.server.requests().size() > 10);
  CHECK(workspace.passed() <= 120s);
}

TEST_CASE("F26: an internal error is not repeated") {
  Workspace workspace({always(reply("500 x", "<html><body></body></html>"))});
  CHECK(workspace.call(kRead) ==
        "The workspace " + workspace.server.origin() + " cannot answer now (HTTP 500). Try again later.");
  CHECK(workspace.server.requests().size() == 1);
}

TEST_CASE("F27, H8: a damaged answer is repeated where that does no harm, and never success") {
  auto [bytes, why] = GENERATE(table<std::string, std::string>({
      {"HTTP/1.1 200 OK\r\n\r\n{\"a\":1", "is damaged or cut off."},  // H8: legal HTTP, half a document
      {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n{\"a\":1", "is damaged or cut off."},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\":1", "cannot be used: it broke off in the middle."},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}XX5\r\n",
       "cannot be used: a chunk is longer than it says."},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b",
       "cannot be used: its gzip data broke off."},
  }));
  CAPTURE(bytes);
  const FaultServer::Connection damaged{test::readRequest(), test::send(bytes), test::close()};
  Workspace workspace({damaged, damaged, {test::readRequest(), test::answer("{\"a\":2}")}, damaged});
  CHECK(workspace.call(kRead) == "{\"a\":2}");
  CHECK(workspace.server.requests().size() == 3);

  Workspace unsafe({damaged});
  const auto sentence = unsafe.call(kRun);
  CHECK(sentence.starts_with("The answer of " + unsafe.server.origin() + " " + why));
  CHECK(unsafe.code == ErrorCode::DataLoss);
  CHECK(unsafe.server.requests().size() == 1);
}

TEST_CASE("F30, F46: a lost answer is asked for again where that does no harm, and nothing runs twice") {
  const auto end = GENERATE(as<FaultServer::Step>(), test::reset(), test::close());
  Workspace workspace({{test::readRequest(), end},
                       {test::readRequest(), end},
                       {test::readRequest(), test::answer("{}")},
                       {test::readRequest(), end}});
  CHECK(workspace.call(kPut) == "{}");
  REQUIRE(workspace.server.requests().size() == 3);
  CHECK(workspace.server.requests()[0] == workspace.server.requests()[2]);
  CHECK(workspace.passed() < 120s);

  Workspace unsafe({{test::readRequest(), end}, {test::readRequest(), test::answer("{}")}});
  CHECK(unsafe.call(kRun) == "The connection to " + unsafe.server.origin() + " was lost before an answer came.");
  CHECK(unsafe.code == ErrorCode::Unavailable);
  CHECK(unsafe.server.requests().size() == 1);
  CHECK(unsafe.passed() == 0s);
}

TEST_CASE("F30: a server that drops every connection is given up within two minutes") {
  Workspace workspace({});  // closes each at once
  CHECK(workspace.call(kRead) == "The connection to " + workspace.server.origin() + " was lost before an answer came.");
  CHECK(workspace.passed() > 60s);
  CHECK(workspace.passed() <= 120s);
}

TEST_CASE("F32, H9, H10: odd answers are errors or right, and the next call gets its own answer") {
  auto [odd, said] = GENERATE(table<std::string, std::string>({
      {"HTTP/1.1 204 No Content\r\n\r\n", "{}"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
       "2\r\n\r\n{}",
       "{}"},
      {"HTTP/1.1 304 Not Modified\r\n\r\n",
       "ORIGIN answered with a web page instead of data. Check that the address is the one of a Databricks workspace, "
       "and that no proxy or login page stands in between."},
      {"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{}",
       "The answer of ORIGIN cannot be used: its Content-Length is not a number."},
      {"HTTP/1.1 101 Switching\r\n\r\n", "The answer of ORIGIN cannot be used: it changes to another protocol."},
  }));
  const FaultServer::Connection next{test::readRequest(), test::answer("{\"next\":1}")};
  FaultServer::Connection first{test::readRequest(), test::send(odd)};
  const bool kept = said == "{}" || odd.starts_with("HTTP/1.1 304");
  if (kept) first.insert(first.end(), next.begin(), next.end());
  Workspace workspace({first, next});
  CHECK(workspace.call(kRun) == core::replaceAll(said, "ORIGIN", workspace.server.origin()));
  CHECK(workspace.call(kRun) == "{\"next\":1}");
}

TEST_CASE("F33: a redirect is a sentence, and nobody else gets the token") {
  FaultServer other({{test::readRequest(), test::answer("{}")}});
  auto [location, said] = GENERATE(table<std::string, std::string>({
      {"OTHER/elsewhere", kPage},
      {"/r", kPage},  // to itself, for ever
      {"file:///etc/passwd", kPage},
      {"OTHER/login.html?next_url=x",
       " wants a login instead of answering. Check the address and the credential in the profile TEST."},
  }));
  const auto header = "Location: " + core::replaceAll(location, "OTHER", other.origin()) + "\r\n";
  Workspace workspace({always(reply("302 Found", "<html>", header))});
  CHECK(workspace.call(kRead) == workspace.server.origin() + said);
  CHECK(workspace.server.requests().size() == 1);
  CHECK(other.requests().empty());
}

TEST_CASE("F38: who is offline is told at once, and nobody knocks again and again") {
  std::string origin;
  {
    const FaultServer gone({});
    origin = gone.origin();
  }
  Workspace workspace({});
  auto config = test::ScriptedWorkspace::config();
  config.host = http::parseOrigin(origin).value();
  workspace.rest.emplace(config, workspace.transport, workspace.clock);
  CHECK(workspace.call(kRead) ==
        "Nothing answers at " + origin + " (Connection refused). Check that the address is right and the server runs.");
  CHECK(workspace.code == ErrorCode::Unavailable);
  CHECK(workspace.passed() == 0s);
}
