// SPDX-License-Identifier: Apache-2.0
#include "trowel/rpc/framing.hpp"

#include <vector>

#include "support/catch.hpp"

using trowel::rpc::encodeFrame;
using trowel::rpc::Frame;
using trowel::rpc::FrameReader;

namespace {

std::vector<Frame> readAll(std::string_view bytes, std::size_t piece = SIZE_MAX) {
  FrameReader reader;
  std::vector<Frame> frames;
  while (!bytes.empty()) {
    auto size = std::min(piece, bytes.size());
    reader.feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
    while (auto frame = reader.next()) frames.push_back(*std::move(frame));
  }
  return frames;
}

}  // namespace

TEST_CASE("messages survive any cutting of the stream") {
  std::string bytes =
      encodeFrame("{\"a\":1}") + encodeFrame("") + encodeFrame("grün") + encodeFrame(std::string(70000, 'x'));
  for (std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{4096}, SIZE_MAX}) {
    auto frames = readAll(bytes, piece);
    REQUIRE(frames.size() == 4);
    CHECK(frames[0].body == "{\"a\":1}");
    CHECK(frames[1].body.empty());
    CHECK(frames[2].body == "grün");
    CHECK(frames[3].body.size() == 70000);
    for (const auto& frame : frames) CHECK(frame.problem.empty());
  }
}

TEST_CASE("headers may be lower case, end with a line feed alone and stand among unknown ones") {
  auto frames = readAll("content-length:2\nX-Other: 7\nContent-Type: application/vscode-jsonrpc; charset=utf-8\n\n{}");
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].body == "{}");
}

TEST_CASE("the same length twice is fine, two lengths are not") {
  CHECK(readAll("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}").at(0).body == "{}");
  CHECK_FALSE(readAll("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}").at(0).problem.empty());
}

TEST_CASE("nonsense is reported once and the next message is found") {
  auto good = encodeFrame("{\"ok\":true}");
  for (std::string bad :
       {"garbage without a colon\r\n\r\n", "X-Only: 1\r\n\r\n{}", "Content-Length: -5\r\n\r\n{}",
        "Content-Length: abc\r\n\r\n", "Content-Length: 99999999999\r\n\r\n{}", "Content-Length:\r\n\r\n"}) {
    for (std::size_t piece : {std::size_t{1}, SIZE_MAX}) {
      INFO(bad << " in pieces of " << piece);
      auto frames = readAll(bad + good, piece);
      REQUIRE(frames.size() == 2);
      CHECK_FALSE(frames[0].problem.empty());
      CHECK(frames[1].body == "{\"ok\":true}");
    }
  }
}

TEST_CASE("a header that never ends is dropped, not kept") {
  FrameReader reader;
  int problems = 0;
  for (int i = 0; i < 1000; ++i) {
    reader.feed(std::string(1024, 'h'));
    while (auto frame = reader.next()) problems += frame->problem.empty() ? 0 : 1;
  }
  CHECK(problems > 0);
  CHECK(reader.pending() <= trowel::rpc::kMaxHeader);
  reader.feed("\n" + encodeFrame("{}"));
  auto frame = reader.next();
  REQUIRE(frame);
  CHECK(frame->body == "{}");
}

TEST_CASE("a message over the limit is skipped byte for byte, one at the limit is taken") {
  std::string tooLarge(trowel::rpc::kMaxMessage + 1, 'x');
  auto frames = readAll(encodeFrame(tooLarge) + encodeFrame("{}"), 60000);
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].problem.find("67108865") != std::string::npos);
  CHECK(frames[1].body == "{}");

  tooLarge.pop_back();
  CHECK(readAll(encodeFrame(tooLarge), 60000).at(0).body.size() == trowel::rpc::kMaxMessage);
}

TEST_CASE("a message that was cut off is noticed") {
  FrameReader reader;
  reader.feed("Content-Length: 500\r\n\r\n12345678");
  CHECK_FALSE(reader.next());
  CHECK(reader.pending() == 8);
  CHECK(reader.expected() == 500);
}
