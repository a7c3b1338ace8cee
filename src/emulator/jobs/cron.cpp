// SPDX-License-Identifier: Apache-2.0
// After the description of Quartz' CronTrigger: second minute hour day-of-month month day-of-week [year], where one of
// the two day fields is `?`. The next moment is found by walking over days and, on those that match, over the sets of
// hours, minutes and seconds.
#include "emulator/jobs/cron.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

enum Field : int { kSecond, kMinute, kHour, kDay, kMonth, kWeekDay, kYear };

struct Range {
  int low;
  int high;
  std::string_view name;
};
constexpr Range kRanges[] = {{0, 59, "second"}, {0, 59, "minute"},     {0, 23, "hour"},     {1, 31, "day of month"},
                             {1, 12, "month"},  {1, 7, "day of week"}, {1970, 2099, "year"}};
constexpr std::string_view kMonths[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                        "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::string_view kWeekDays[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

std::unexpected<std::string> bad(std::string_view item, int field) {
  return std::unexpected("'" + std::string(item) + "' is no " + std::string(kRanges[field].name) + ".");
}

// A number, or the name of a month or weekday.
bool readValue(std::string_view text, int field, int& value) {
  auto named = [&](const auto& names) {
    auto it = std::find(std::begin(names), std::end(names), text);
    if (it == std::end(names)) return false;
    value = static_cast<int>(it - std::begin(names)) + 1;
    return true;
  };
  if (field == kMonth && named(kMonths)) return true;
  if (field == kWeekDay && named(kWeekDays)) return true;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && problem == std::errc() && end == text.data() + text.size() && value >= kRanges[field].low &&
         value <= kRanges[field].high;
}

bool readCount(std::string_view text, int low, int high, int& value) {
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && problem == std::errc() && end == text.data() + text.size() && value >= low && value <= high;
}

}  // namespace

std::expected<void, std::string> Cron::parseItem(std::string_view item, int field, Cron& cron) {
  const Range& range = kRanges[field];
  int value = 0;
  if (field == kDay && item.starts_with('L')) {
    MonthDay day{.fromEnd = 0};
    std::string_view rest = item.substr(1);
    if (rest.ends_with('W')) {
      day.weekday = true;
      rest.remove_suffix(1);
    }
    if (!rest.empty() && (rest[0] != '-' || !readCount(rest.substr(1), 0, 30, day.fromEnd))) return bad(item, field);
    cron.monthDays_.push_back(day);
    return {};
  }
  if (field == kDay && item.ends_with('W')) {
    if (!readValue(item.substr(0, item.size() - 1), field, value)) return bad(item, field);
    cron.monthDays_.push_back({.nearest = value});
    return {};
  }
  if (field == kWeekDay && item.find('#') != std::string_view::npos) {
    auto hash = item.find('#');
    WeekDay day;
    if (!readValue(item.substr(0, hash), field, day.day) || !readCount(item.substr(hash + 1), 1, 5, day.number))
      return bad(item, field);
    cron.countedWeekDays_.push_back(day);
    return {};
  }
  if (field == kWeekDay && item.size() > 1 && item.ends_with('L')) {
    if (!readValue(item.substr(0, item.size() - 1), field, value)) return bad(item, field);
    cron.countedWeekDays_.push_back({.day = value});
    return {};
  }
  if (field == kWeekDay && item == "L") item = "SAT";

  auto slash = item.find('/');
  int step = 1;
  if (slash != std::string_view::npos && !readCount(item.substr(slash + 1), 1, range.high, step))
    return bad(item, field);
  std::string_view span = item.substr(0, slash);
  int low = range.low;
  int high = range.high;
  auto dash = span.find('-');
  if (span == "*" || (span.empty() && slash != std::string_view::npos)) {
    // the whole range
  } else if (dash != std::string_view::npos) {
    if (!readValue(span.substr(0, dash), field, low) || !readValue(span.substr(dash + 1), field, high))
      return bad(item, field);
  } else {
    if (!readValue(span, field, low)) return bad(item, field);
    if (slash == std::string_view::npos) high = low;
  }
  int size = range.high - range.low + 1;
  if (high < low) high += field == kYear ? 0 : size;  // FRI-MON goes over the end
  if (high < low) return bad(item, field);
  for (int i = low; i <= high; i += step) {
    auto at = static_cast<std::size_t>((i - range.low) % size + range.low);
    switch (field) {
      case kSecond:
        cron.seconds_.set(at);
        break;
      case kMinute:
        cron.minutes_.set(at);
        break;
      case kHour:
        cron.hours_.set(at);
        break;
      case kDay:
        cron.days_.set(at);
        break;
      case kMonth:
        cron.months_.set(at);
        break;
      case kWeekDay:
        cron.weekDays_.set(at);
        break;
      default:
        cron.years_.set(at - 1970);
    }
  }
  return {};
}

std::expected<void, std::string> Cron::parseField(std::string_view text, int field, Cron& cron) {
  if (text == "?") {
    if (field != kDay && field != kWeekDay)
      return std::unexpected("'?' can only be specified for Day-of-Month or Day-of-Week.");
    (field == kDay ? cron.anyDay_ : cron.anyWeekDay_) = true;
    return {};
  }
  for (auto item : core::split(text, ','))
    if (auto read = parseItem(item, field, cron); !read) return read;
  return {};
}

std::expected<Cron, std::string> Cron::parse(std::string_view expression) {
  std::string upper(expression);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  std::vector<std::string_view> fields;
  std::string text = core::replaceAll(upper, "\t", " ");
  for (auto part : core::split(text, ' '))
    if (!part.empty()) fields.push_back(part);
  if (fields.size() < 6 || fields.size() > 7)
    return std::unexpected("It must have six or seven fields: second minute hour day month weekday [year].");
  Cron cron;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (auto read = parseField(fields[i], static_cast<int>(i), cron); !read) return std::unexpected(read.error());
  if (fields.size() == 6) cron.years_.set();
  if (cron.anyDay_ && cron.anyWeekDay_)
    return std::unexpected("'?' can only be specified for Day-of-Month -OR- Day-of-Week.");
  if (!cron.anyDay_ && !cron.anyWeekDay_) {
    if (fields[5] == "*")
      cron.anyWeekDay_ = true;
    else if (fields[3] == "*")
      cron.anyDay_ = true;
    else
      return std::unexpected(
          "Support for specifying both a day-of-week AND a day-of-month parameter is not implemented.");
  }
  return cron;
}

bool Cron::dayMatches(int year, unsigned month, unsigned day) const {
  using namespace std::chrono;
  year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  sys_days moment(date);
  weekday today(moment);
  auto last = static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
  if (!anyWeekDay_) {
    int number = static_cast<int>(today.c_encoding()) + 1;
    if (weekDays_.test(static_cast<std::size_t>(number))) return true;
    return std::ranges::any_of(countedWeekDays_, [&](const WeekDay& counted) {
      if (counted.day != number) return false;
      if (counted.number == 0) return day + 7 > last;
      return static_cast<int>((day - 1) / 7) + 1 == counted.number;
    });
  }
  if (days_.test(day)) return true;
  // The weekday closest to a day, within its month.
  auto nearestWeekday = [&](unsigned wanted) {
    weekday there(sys_days(date.year() / date.month() / std::chrono::day(wanted)));
    if (there == Saturday) return wanted > 1 ? wanted - 1 : wanted + 2;
    if (there == Sunday) return wanted < last ? wanted + 1 : wanted - 2;
    return wanted;
  };
  return std::ranges::any_of(monthDays_, [&](const MonthDay& special) {
    if (special.nearest > 0) {
      auto wanted = static_cast<unsigned>(special.nearest);
      return wanted <= last && nearestWeekday(wanted) == day;
    }
    auto back = static_cast<unsigned>(special.fromEnd);
    if (back >= last) return false;
    return (special.weekday ? nearestWeekday(last - back) : last - back) == day;
  });
}

std::optional<std::int64_t> Cron::next(std::int64_t after, const TimeZone& zone) const {
  using namespace std::chrono;
  std::int64_t now = after / 1000;  // a moment is a whole second: the next one is the first that is later
  auto day = floor<days>(sys_seconds(std::chrono::seconds(zone.toLocal(now))));
  for (;; day += days(1)) {
    year_month_day date(day);
    int year = static_cast<int>(date.year());
    if (year > kRanges[kYear].high) return std::nullopt;
    bool fits = year >= 1970 && years_.test(static_cast<std::size_t>(year - 1970)) &&
                months_.test(static_cast<unsigned>(date.month())) &&
                dayMatches(year, static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    if (!fits) continue;
    auto midnight = static_cast<std::int64_t>(day.time_since_epoch().count()) * 86400;
    for (std::size_t hour = 0; hour < 24; ++hour) {
      if (!hours_.test(hour)) continue;
      if (zone.toUtc(midnight + static_cast<std::int64_t>(hour) * 3600 + 3599) <= now) continue;
      for (std::size_t minute = 0; minute < 60; ++minute) {
        if (!minutes_.test(minute)) continue;
        for (std::size_t second = 0; second < 60; ++second) {
          if (!seconds_.test(second)) continue;
          std::int64_t moment = zone.toUtc(midnight + static_cast<std::int64_t>(hour * 3600 + minute * 60 + second));
          if (moment > now) return moment * 1000;
        }
      }
    }
  }
}

}  // namespace trowel::emulator
