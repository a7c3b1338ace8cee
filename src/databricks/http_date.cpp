// SPDX-License-Identifier: Apache-2.0
#include "databricks/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// All of the text as a number below 10,000; else -1, which no date has.
int numberOf(std::string_view text) {
  int value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool good = problem == std::errc() && end == text.data() + text.size() && value >= 0 && value < 10'000;
  return good ? value : -1;
}

}  // namespace

std::optional<std::int64_t> parseHttpDate(std::string_view text) {
  using namespace std::chrono;
  const auto parts = core::split(text, ' ');  // "Sun,", "06", "Nov", "1994", "08:49:37", "GMT"
  if (parts.size() != 6 || parts[5] != "GMT") return std::nullopt;
  const auto time = core::split(parts[4], ':');
  if (time.size() != 3) return std::nullopt;
  const auto month = std::ranges::find(kMonths, parts[2]) - kMonths.begin() + 1;  // 13 for none, which no year has
  const int day = numberOf(parts[1]);
  const int year = numberOf(parts[3]);
  const int hour = numberOf(time[0]);
  const int minute = numberOf(time[1]);
  const int second = numberOf(time[2]);
  const year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day)));
  bool good = day > 0 && year >= 0 && date.ok() && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
              second >= 0 && second <= 60;
  if (!good) return std::nullopt;
  const auto at = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
  return duration_cast<milliseconds>(at.time_since_epoch()).count();
}

}  // namespace trowel::databricks
