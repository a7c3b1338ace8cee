// SPDX-License-Identifier: Apache-2.0
#include "http/message/answer_reader.hpp"

#include "support/catch.hpp"

using namespace trowel::http;

namespace {

struct Outcome {
  std::string problem;
  int status = 0;
  std::string body;
  bool complete = false;
  bool keepsAlive = false;
  std::size_t left = 0;

  bool operator==(const Outcome&) const = default;
};

// The answer in pieces of `size` bytes, and then the end of the stream.
Outcome read(std::string_view bytes, std::size_t size, AnswerReader::Expected expected = AnswerReader::Expected::Body) {
  AnswerReader reader(expected);
  Outcome outcome;
  while (!bytes.empty() && reader.state() != AnswerReader::State::Complete) {
    auto step = reader.take(bytes.substr(0, size));
    if (!step) {
      outcome.problem = step.error();
      return outcome;
    }
    outcome.body += step->body;
    bytes.remove_prefix(step->used);
  }
  if (auto ended = reader.end(); !ended) outcome.problem = ended.error();
  outcome.status = reader.head().status;
  outcome.complete = reader.state() == AnswerReader::State::Complete;
  outcome.keepsAlive = reader.keepsAlive();
  outcome.left = bytes.size();
  return outcome;
}

}  // namespace

TEST_CASE("an answer is the same however its bytes are cut") {
  auto bytes =
      GENERATE(as<std::string>(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nT: 1\r\n\r\n",
               "HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.0 200\r\nContent-Length: 5\r\n\r\nhello",
               "HTTP/1.1 103 Early\r\nX: y\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 5\n\nhello");
  auto whole = read(bytes, bytes.size());
  CHECK(whole.problem == "");
  CHECK(whole.complete);
  CHECK(whole.status == 200);
  CHECK(whole.body == "hello");
  for (std::size_t size = 1; size < bytes.size(); ++size) CHECK(read(bytes, size) == whole);
}

TEST_CASE("what cannot be read in one way only is refused, with the reason") {
  auto [bytes, problem] = GENERATE(table<std::string, std::string>({
      {"garbage\r\n", "it is not HTTP/1.1"},
      {"HTTP/2 200 OK\r\n", "it is not HTTP/1.1"},
      {"HTTP/1.1 2000 OK\r\n", "it is not HTTP/1.1"},
      {"HTTP/1.1 099 x\r\n", "it has the status 99"},
      {"HTTP/1.1 101 Switching\r\n\r\n", "it changes to another protocol"},
      {"HTTP/1.1 200 OK\r\nno colon\r\n", "it has a malformed header"},
      {"HTTP/1.1 200 OK\r\n: x\r\n", "it has a malformed header"},
      {"HTTP/1.1 200 OK\r\nX : y\r\n", "it has a malformed header"},
      {"HTTP/1.1 200 OK\r\nX: y\rz\r\n", "its head contains control characters"},
      {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "its Content-Length is not a number"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "its Content-Length is not a number"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n", "it has two different Content-Lengths"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "it has an unknown Transfer-Encoding"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
       "it has both a Content-Length and a Transfer-Encoding"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "a chunk has no valid size"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", "a chunk is longer than it says"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "it broke off in the middle"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "it broke off in the middle"},
      {"HTTP/1.1 200 OK\r\nX:", "it broke off in its head"},
      {"", "it broke off in its head"},
  }));
  CHECK(read(bytes, bytes.size()).problem == problem);
  CHECK(read(bytes, 1).problem == problem);
}

TEST_CASE("heads, interim answers and chunk sizes without end are refused before they fill the memory") {
  std::string endless = "HTTP/1.1 200 OK\r\n";
  std::string hints;
  for (int i = 0; i < 100'000; ++i) endless += "A: b\r\n";
  for (int i = 0; i < 20; ++i) hints += "HTTP/1.1 103 x\r\n\r\n";
  CHECK(read(endless, 4096).problem == "its head is larger than 256 KiB");
  CHECK(read(std::string(1U << 20U, 'x'), 4096).problem == "its head is larger than 256 KiB");
  CHECK(read(hints, 4096).problem == "it never comes to an end");
  CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(1U << 20U, '1'), 4096).problem ==
        "its head is larger than 256 KiB");
}

TEST_CASE("some answers have no body, whatever they say") {
  for (auto status : {"204", "304"}) {
    auto outcome = read("HTTP/1.1 " + std::string(status) + " x\r\nContent-Length: 5\r\n\r\nEVIL!", 1000);
    CHECK(outcome.complete);
    CHECK(outcome.body == "");
    CHECK(outcome.left == 5);
  }
  auto head = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 1000, AnswerReader::Expected::NoBody);
  CHECK(head.complete);
  CHECK(head.keepsAlive);
}

TEST_CASE("a connection is kept where both sides may go on") {
  auto [head, kept] = GENERATE(table<std::string, bool>({
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n", false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, close\r\n\r\n", false},
      {"HTTP/1.1 200 OK\r\n\r\n", false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", true},
  }));
  CHECK(read(head, 7).keepsAlive == kept);
}
