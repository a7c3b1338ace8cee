// SPDX-License-Identifier: Apache-2.0
#include "auth/timestamps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

namespace trowel::auth {

namespace {

struct Fields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::string_view rest;  // behind the seconds and their fraction
};

bool readNumber(std::string_view text, std::size_t at, std::size_t size, int& into) {
  if (text.size() < at + size) return false;
  auto [end, problem] = std::from_chars(text.data() + at, text.data() + at + size, into);
  return problem == std::errc() && end == text.data() + at + size;
}

// "2026-01-02T03:04:05" with any fraction, which is dropped; `joint` stands between date and time.
std::optional<Fields> readFields(std::string_view text, std::string_view joints) {
  Fields fields;
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' || joints.find(text[10]) == std::string_view::npos ||
      text[13] != ':' || text[16] != ':')
    return std::nullopt;
  if (!readNumber(text, 0, 4, fields.year) || !readNumber(text, 5, 2, fields.month) ||
      !readNumber(text, 8, 2, fields.day) || !readNumber(text, 11, 2, fields.hour) ||
      !readNumber(text, 14, 2, fields.minute) || !readNumber(text, 17, 2, fields.second))
    return std::nullopt;
  fields.rest = text.substr(19);
  if (fields.rest.starts_with('.')) {
    auto end = fields.rest.find_first_not_of("0123456789", 1);
    fields.rest = end == std::string_view::npos ? std::string_view() : fields.rest.substr(end);
  }
  const auto date = std::chrono::year(fields.year) / fields.month / fields.day;
  // Nanoseconds since 1970 overflow in 2262, and so does the difference of two times that lie 293 years apart.
  if (!date.ok() || fields.year < 1970 || fields.year > 2250) return std::nullopt;
  if (fields.hour < 0 || fields.hour > 23 || fields.minute < 0 || fields.minute > 59 || fields.second < 0 ||
      fields.second > 60)
    return std::nullopt;
  return fields;
}

}  // namespace

core::WallTime fromEpoch(std::int64_t seconds) {
  constexpr std::int64_t kLatest = 9'000'000'000;
  return core::WallTime(std::chrono::seconds(std::clamp(seconds, std::int64_t{0}, kLatest)));
}

std::optional<core::WallTime> parseRfc3339(std::string_view text) {
  auto fields = readFields(text, "Tt ");
  if (!fields) return std::nullopt;
  std::chrono::minutes offset{0};
  if (fields->rest != "Z" && fields->rest != "z") {
    int hours = 0;
    int minutes = 0;
    const auto& zone = fields->rest;
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || !readNumber(zone, 1, 2, hours) ||
        !readNumber(zone, 4, 2, minutes))
      return std::nullopt;
    offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    if (zone[0] == '-') offset = -offset;
  }
  return core::WallTime(std::chrono::sys_days(std::chrono::year(fields->year) / fields->month / fields->day) +
                        std::chrono::hours(fields->hour) + std::chrono::minutes(fields->minute) +
                        std::chrono::seconds(fields->second) - offset);
}

std::string toRfc3339(core::WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto days = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(seconds - days);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

std::optional<core::WallTime> parseLocalTime(std::string_view text) {
  auto fields = readFields(text, " T");
  if (!fields || !fields->rest.empty()) return std::nullopt;
  std::tm local{};
  local.tm_year = fields->year - 1900;
  local.tm_mon = fields->month - 1;
  local.tm_mday = fields->day;
  local.tm_hour = fields->hour;
  local.tm_min = fields->minute;
  local.tm_sec = fields->second;
  local.tm_isdst = -1;
  return std::chrono::system_clock::from_time_t(std::mktime(&local));
}

}  // namespace trowel::auth
