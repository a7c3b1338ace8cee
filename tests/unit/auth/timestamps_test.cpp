// SPDX-License-Identifier: Apache-2.0
#include "auth/timestamps.hpp"

#include "support/catch.hpp"

using namespace trowel::auth;
using namespace std::chrono;

TEST_CASE("times of RFC 3339 are read with any zone and fraction") {
  const auto expected = sys_days(year(2026) / 1 / 2) + 3h + 4min + 5s;
  for (auto text : {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123456789Z", "2026-01-02t04:04:05.5+01:00",
                    "2026-01-01T19:34:05-07:30"})
    CHECK(parseRfc3339(text) == expected);
  CHECK(toRfc3339(expected) == "2026-01-02T03:04:05Z");
  CHECK(toRfc3339(expected + 999ms) == "2026-01-02T03:04:05Z");
  for (auto text :
       {"", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "2026-02-30T03:04:05Z", "2026-01-02T25:04:05Z",
        "2026-01-02T03:04:05+1:00", "0001-01-01T00:00:00Z", "1720-01-01T00:00:00Z", "x026-01-02T03:04:05Z"})
    CHECK_FALSE(parseRfc3339(text));
}

TEST_CASE("the Azure CLI's times are this machine's own") {
  auto time = parseLocalTime("2026-07-02 03:04:05.000000");
  REQUIRE(time);
  auto seconds = system_clock::to_time_t(*time);
  std::tm local{};
  localtime_r(&seconds, &local);
  CHECK(local.tm_hour == 3);
  CHECK(local.tm_mday == 2);
  CHECK_FALSE(parseLocalTime("2026-07-02 03:04:05Z"));
  CHECK_FALSE(parseLocalTime("soon"));
}
