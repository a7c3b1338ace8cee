// SPDX-License-Identifier: Apache-2.0
// Quartz cron expressions: six or seven fields, with L, W and # for days.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/jobs/time_zone.hpp"

namespace trowel::emulator {

// Immutable; any thread.
class Cron {
 public:
  // What is wrong, as a sentence, where the expression is none.
  static std::expected<Cron, std::string> parse(std::string_view expression);

  // The first moment after `after` (both in milliseconds since 1970); nothing where none comes before the year 2100.
  std::optional<std::int64_t> next(std::int64_t after, const TimeZone& zone) const;

 private:
  struct MonthDay {
    int fromEnd = -1;      // L-n: so many days before the last one
    bool weekday = false;  // LW
    int nearest = 0;       // nW: the weekday next to that day
  };
  struct WeekDay {
    int day = 0;     // 1 is Sunday
    int number = 0;  // d#n; 0: the last one of the month (dL)
  };

  static std::expected<void, std::string> parseField(std::string_view text, int field, Cron& cron);
  static std::expected<void, std::string> parseItem(std::string_view item, int field, Cron& cron);
  bool dayMatches(int year, unsigned month, unsigned day) const;

  std::bitset<60> seconds_, minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<8> weekDays_;
  std::bitset<130> years_;  // since 1970
  std::vector<MonthDay> monthDays_;
  std::vector<WeekDay> countedWeekDays_;
  bool anyDay_ = false;      // `?` for the day of the month
  bool anyWeekDay_ = false;  // `?` for the day of the week
};

}  // namespace trowel::emulator
