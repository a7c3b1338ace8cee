// SPDX-License-Identifier: Apache-2.0
// Time zones by name, from the system's zone files: what the local clock shows at a moment, and the reverse.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trowel::emulator {

// Immutable; any thread. Seconds are since 1970; local seconds count as if the local clock showed UTC.
class TimeZone {
 public:
  // Null where there is no such zone. UTC and fixed offsets ("GMT+02:00") are known on every machine; all others are
  // read from the zone files (RFC 8536).
  static std::shared_ptr<const TimeZone> find(std::string_view name);

  std::int64_t toLocal(std::int64_t utc) const { return utc + offsetAt(utc); }
  // Of a local time that comes twice the first moment, of one that is left out the moment of the jump.
  std::int64_t toUtc(std::int64_t local) const;

 private:
  // A day on which clocks change each year: the Nth weekday of a month, a day of the year, at some second of it.
  struct Change {
    enum class Form : std::uint8_t { MonthWeekDay, JulianDay, ZeroBasedDay } form = Form::MonthWeekDay;
    int month = 0;
    int week = 0;
    int day = 0;
    std::int64_t second = 7200;
  };
  // What holds after the last transition in the file: a standard offset, and maybe a summer time.
  struct Rule {
    bool present = false;
    bool summer = false;
    std::int64_t standardOffset = 0;
    std::int64_t summerOffset = 0;
    Change start, end;
  };

  static std::shared_ptr<const TimeZone> parse(const std::string& file);
  static bool parseRule(std::string_view text, Rule& rule);
  static std::int64_t changeMoment(const Change& change, int year);  // local seconds of the old offset

  std::int64_t offsetAt(std::int64_t utc) const;
  std::int64_t ruleOffset(std::int64_t utc) const;

  std::vector<std::int64_t> moments_;  // of transitions, ascending
  std::vector<std::int64_t> offsets_;  // from the transition of the same index on
  std::int64_t firstOffset_ = 0;       // before all of them
  Rule rule_;
};

}  // namespace trowel::emulator
