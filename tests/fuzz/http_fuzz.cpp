// SPDX-License-Identifier: Apache-2.0
// Any bytes from a server: an answer means the same however it is cut, what is refused stays refused, and no body is
// longer than what came. The first byte says how to read, the second how to cut.
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "http/message/answer_reader.hpp"
#include "http/message/inflate.hpp"
#include "trowel/http/http_date.hpp"
#include "trowel/http/retry.hpp"

using namespace trowel::http;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  std::string problem;
  int status = 0;
  Headers headers;
  std::string body;
  bool complete = false;
  bool keepsAlive = false;
  std::size_t left = 0;

  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t piece, AnswerReader::Expected expected) {
  AnswerReader reader(expected);
  Outcome outcome;
  Outcome refused;
  while (!bytes.empty() && reader.state() != AnswerReader::State::Complete) {
    const auto before = reader.state();
    auto step = reader.take(bytes.substr(0, piece));
    if (!step) {
      refused.problem = step.error();
      return refused;
    }
    require(step->used > 0 && step->used <= piece && step->body.size() <= step->used);
    require(before != AnswerReader::State::Head || step->body.empty());
    outcome.body += step->body;
    bytes.remove_prefix(step->used);
  }
  if (auto ended = reader.end(); !ended) {
    refused.problem = ended.error();
    return refused;
  }
  require(reader.state() == AnswerReader::State::Complete);
  outcome.complete = true;
  outcome.status = reader.head().status;
  outcome.headers = reader.head().headers;
  outcome.keepsAlive = reader.keepsAlive();
  outcome.left = bytes.size();
  require(outcome.status >= 200 && outcome.status <= 599);
  require(expected == AnswerReader::Expected::Body || outcome.body.empty());
  return outcome;
}

std::string unpack(std::string_view packed, std::size_t piece, bool& fine) {
  constexpr std::size_t kLimit = 1U << 20U;
  Inflate inflate;
  std::string unpacked;
  const ByteSink sink = [&](std::string_view part) -> std::expected<void, std::string> {
    if (part.size() > kLimit - unpacked.size()) return std::unexpected("large");
    unpacked += part;
    return {};
  };
  fine = true;
  for (std::size_t at = 0; fine && at < packed.size(); at += piece)
    fine = inflate.take(packed.substr(at, piece), sink).has_value();
  fine = fine && inflate.end().has_value();
  return unpacked;
}

std::string gzip(std::string text) {
  z_stream stream{};
  ::deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  ::deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  return packed;
}

const std::vector<std::string>& seeds() {
  static const auto all = [] {
    const auto packed = gzip("hello hello hello");
    return std::vector<std::string>{
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: a%2F\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nT: 1\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 429 Slow\r\nRetry-After: Thu, 01 Jan 2026 00:00:07 "
        "GMT\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 502 Bad Gateway\r\nConnection: keep-alive\r\n\r\n<html>",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n\r\n" +
            packed};
  }();
  return all;
}

}  // namespace

// One input in sixteen starts again from an answer that is right, so that a run needs no corpus.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed) {
  std::minstd_rand random(seed);
  if (max > 2 && random() % 16 == 0) {
    const auto& text = seeds()[random() % seeds().size()];
    size = std::min(max, text.size() + 2);
    data[0] = static_cast<std::uint8_t>(random());
    data[1] = static_cast<std::uint8_t>(random());
    std::memcpy(data + 2, text.data(), size - 2);
  }
  return LLVMFuzzerMutate(data, size, max);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto expected = data[0] % 2 == 0 ? AnswerReader::Expected::Body : AnswerReader::Expected::NoBody;
  const std::size_t piece = 1 + data[1] % 64;

  const auto whole = read(bytes, bytes.size() + 1, expected);
  const auto cut = read(bytes, piece, expected);
  // A head that is too long is counted piece by piece.
  if (size < AnswerReader::kMaxHeadBytes) require(whole == cut);
  require(whole.body.size() + whole.left <= bytes.size());
  parseRetryAfter(whole.headers, {});
  for (const auto& [name, value] : whole.headers) parseHttpDate(value);

  bool one = false;
  bool other = false;
  const auto unpacked = unpack(whole.body, whole.body.size() + 1, one);
  const auto again = unpack(whole.body, piece, other);
  require(one == other && (!one || unpacked == again));
  return 0;
}
