// SPDX-License-Identifier: Apache-2.0
#include "emulator/state/timestamps.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

namespace trowel::emulator {

using namespace std::chrono;

std::string toIsoTime(std::int64_t epochMilliseconds) {
  auto time = sys_time<milliseconds>(milliseconds(epochMilliseconds));
  auto day = floor<days>(time);
  year_month_day date(day);
  hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string toHttpDate(std::int64_t epochMilliseconds) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto time = sys_time<milliseconds>(milliseconds(epochMilliseconds));
  auto day = floor<days>(time);
  year_month_day date(day);
  hh_mm_ss clock(time - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::optional<std::int64_t> parseIsoTime(std::string_view text) {
  std::string copy(text.substr(0, 40));
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int used = 0;
  int found = std::sscanf(copy.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used);
  year_month_day date(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
  if (found != 3 || !date.ok()) return std::nullopt;
  std::string_view rest = std::string_view(copy).substr(static_cast<std::size_t>(used));
  std::int64_t fraction = 0;
  if (!rest.empty()) {
    copy.erase(0, static_cast<std::size_t>(used));
    if (std::sscanf(copy.c_str(), "%*1[T ]%2u:%2u:%2u%n", &hour, &minute, &second, &used) != 3) return std::nullopt;
    rest = std::string_view(copy).substr(static_cast<std::size_t>(used));
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
      for (std::int64_t unit = 100; !rest.empty() && rest[0] >= '0' && rest[0] <= '9'; unit /= 10) {
        fraction += (rest[0] - '0') * unit;
        rest.remove_prefix(1);
      }
    }
    if (!rest.empty() && rest != "Z" && rest != "+00:00") return std::nullopt;
  }
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  auto time = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
  return duration_cast<milliseconds>(time.time_since_epoch()).count() + fraction;
}

}  // namespace trowel::emulator
