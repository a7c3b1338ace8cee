// SPDX-License-Identifier: Apache-2.0
#include "http/message/inflate.hpp"

#include "support/catch.hpp"
#include "support/gzip.hpp"

using namespace trowel;
using namespace trowel::http;

namespace {

struct Unpacked {
  std::string bytes;
  std::string problem;
};

Unpacked unpack(const std::string& packed, std::size_t piece) {
  Inflate inflate;
  Unpacked unpacked;
  for (std::size_t at = 0; at < packed.size(); at += piece) {
    auto taken = inflate.take(std::string_view(packed).substr(at, piece),
                              [&](std::string_view part) -> std::expected<void, std::string> {
                                unpacked.bytes += part;
                                return {};
                              });
    if (!taken) {
      unpacked.problem = taken.error();
      return unpacked;
    }
  }
  if (auto ended = inflate.end(); !ended) unpacked.problem = ended.error();
  return unpacked;
}

}  // namespace

TEST_CASE("gzip unpacks however it is cut, also several members in a row") {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i);
  for (std::size_t piece : {1U, 7U, 4096U, 10'000'000U}) {
    auto one = unpack(test::gzip(text), piece);
    CHECK(one.problem == "");
    CHECK((one.bytes == text));
    CHECK((unpack(test::gzip(text) + test::gzip("more"), piece).bytes == text + "more"));
  }
}

TEST_CASE("H6: a gzip stream that is cut or damaged is never a short body") {
  const auto packed = test::gzip("hello hello hello");
  for (std::size_t size = 0; size < packed.size(); ++size)
    CHECK(unpack(packed.substr(0, size), 5).problem == "its gzip data broke off");
  auto flipped = packed;
  flipped[flipped.size() - 6] ^= 1;  // in the checksum
  CHECK(unpack(flipped, 100).problem == "its gzip data are damaged");
  CHECK(unpack("{}", 100).problem == "its gzip data are damaged");
  CHECK(unpack(packed + "{}", 100).problem == "its gzip data are damaged");
}

TEST_CASE("H5: what expands without end is stopped by whoever takes it") {
  const auto bomb = test::gzip(std::string(64U << 20U, '\0'));
  CHECK(bomb.size() < 100'000);
  Inflate inflate;
  std::size_t seen = 0;
  auto stopped = inflate.take(bomb, [&](std::string_view part) -> std::expected<void, std::string> {
    CHECK(part.size() <= 65536);
    seen += part.size();
    if (seen > (1U << 20U)) return std::unexpected("enough");
    return {};
  });
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error() == "enough");
  CHECK(seen < (2U << 20U));
}
