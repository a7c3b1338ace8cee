// SPDX-License-Identifier: Apache-2.0
// Not with strptime: that reads the names of the process's language, and headers are English.
#include "trowel/http/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "trowel/core/text.hpp"

namespace trowel::http {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> number(std::string_view text) {
  int value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<core::WallTime> compose(std::string_view year, std::string_view month, std::string_view day,
                                      std::string_view time) {
  const auto* const found = std::ranges::find(kMonths, month);
  const auto clock = core::split(time, ':');
  if (found == kMonths.end() || clock.size() != 3) return std::nullopt;
  auto y = number(year);
  const auto d = number(day);
  const auto h = number(clock[0]);
  const auto m = number(clock[1]);
  const auto s = number(clock[2]);
  if (!y || !d || !h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
  if (year.size() == 2) *y += *y < 70 ? 2000 : 1900;
  const std::chrono::year_month_day date{std::chrono::year(*y),
                                         std::chrono::month(static_cast<unsigned>(found - kMonths.begin()) + 1),
                                         std::chrono::day(static_cast<unsigned>(*d))};
  if (*y > 9999 || !date.ok()) return std::nullopt;
  // The clock counts nanoseconds: beyond 2262 they overflow, and between two times that lie 293 years apart.
  if (*y < 1970) return core::WallTime();
  if (*y > 2250) return std::chrono::sys_days(std::chrono::year(2251) / 1 / 1);
  return std::chrono::sys_days(date) + std::chrono::hours(*h) + std::chrono::minutes(*m) + std::chrono::seconds(*s);
}

}  // namespace

std::optional<core::WallTime> parseHttpDate(std::string_view text) {
  std::vector<std::string_view> words;
  for (auto word : core::split(core::trim(text), ' '))
    if (!word.empty()) words.push_back(word);
  if (words.size() == 6 && words[0].ends_with(',') && words[5] == "GMT")
    return compose(words[3], words[2], words[1], words[4]);
  if (words.size() == 4 && words[0].ends_with(',') && words[3] == "GMT") {
    const auto date = core::split(words[1], '-');
    return date.size() == 3 ? compose(date[2], date[1], date[0], words[2]) : std::nullopt;
  }
  if (words.size() == 5) return compose(words[4], words[1], words[2], words[3]);
  return std::nullopt;
}

}  // namespace trowel::http
