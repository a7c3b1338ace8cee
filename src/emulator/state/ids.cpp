// SPDX-License-Identifier: Apache-2.0
#include "emulator/state/ids.hpp"

#include <fmt/format.h>

#include <chrono>

#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

// 32 hex digits with the dashes of a UUID.
std::string dashed(const std::string& hex) {
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20));
}

std::uint64_t randomBelow(std::uint64_t limit) { return std::stoull(core::randomHex(8), nullptr, 16) % limit; }

}  // namespace

std::int64_t Ids::object() {
  return static_cast<std::int64_t>(1'000'000'000'000'000 + randomBelow(3'000'000'000'000'000));
}

std::int64_t Ids::large() {
  if (small_) return object();
  return static_cast<std::int64_t>(1'000'000'000'000'000'000 + randomBelow(8'000'000'000'000'000'000));
}

std::string Ids::cluster(std::int64_t epochMilliseconds) {
  using namespace std::chrono;
  auto time = sys_time<milliseconds>(milliseconds(epochMilliseconds));
  auto day = floor<days>(time);
  year_month_day date(day);
  hh_mm_ss clock(floor<seconds>(time - day));
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string suffix;
  for (int i = 0; i < 8; ++i) suffix += kAlphabet[randomBelow(kAlphabet.size())];
  return fmt::format("{:02}{:02}-{:02}{:02}{:02}-{}", static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count(), suffix);
}

std::string Ids::command() { return core::randomHex(16); }

std::string Ids::warehouse() { return core::randomHex(8); }

std::string randomUuid() { return dashed(core::randomHex(16)); }

std::string uuidOf(std::string_view text) { return dashed(core::sha256(text).substr(0, 32)); }

}  // namespace trowel::emulator
