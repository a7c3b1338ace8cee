// SPDX-License-Identifier: Apache-2.0
// A reader of TZif files (RFC 8536): the 64-bit block of version 2 and later, and the POSIX rule in the footer, which
// speaks for all the years after the last transition.
#include "emulator/jobs/time_zone.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr const char* kZoneFolder = "/usr/share/zoneinfo/";
constexpr std::size_t kMaxFile = 1U << 20U;

class Bytes {
 public:
  explicit Bytes(std::string_view data) : data_(data) {}
  std::int64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8U | byte();
    if (width == 4) return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
    return static_cast<std::int64_t>(value);
  }
  std::uint8_t byte() {
    if (at_ >= data_.size()) {
      good_ = false;
      return 0;
    }
    return static_cast<std::uint8_t>(data_[at_++]);
  }
  void skip(std::size_t count) {
    if (count > data_.size() - std::min(at_, data_.size())) good_ = false;
    at_ += count;
  }
  std::string_view rest() const { return at_ < data_.size() ? data_.substr(at_) : std::string_view(); }
  bool good() const { return good_; }

 private:
  std::string_view data_;
  std::size_t at_ = 0;
  bool good_ = true;
};

struct Header {
  bool good = false;
  std::size_t isUtc = 0, isStandard = 0, leaps = 0, transitions = 0, types = 0, characters = 0;
  std::size_t blockSize(std::size_t timeSize) const {
    return transitions * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4) + isStandard + isUtc;
  }
};

Header readHeader(Bytes& bytes) {
  Header header;
  header.good = bytes.byte() == 'T' && bytes.byte() == 'Z' && bytes.byte() == 'i' && bytes.byte() == 'f';
  header.good = header.good && bytes.byte() >= '2';
  bytes.skip(15);
  for (auto* count :
       {&header.isUtc, &header.isStandard, &header.leaps, &header.transitions, &header.types, &header.characters})
    *count = static_cast<std::size_t>(std::clamp<std::int64_t>(bytes.number(4), 0, kMaxFile));
  header.good = header.good && bytes.good() && header.types > 0;
  return header;
}

// "GMT+02:00", "UTC-5", "+01:00": what java.time takes as an offset.
bool parseFixedOffset(std::string_view name, std::int64_t& offset) {
  for (std::string_view prefix : {"GMT", "UTC", "UT"})
    if (name.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
      break;
    }
  if (name.empty() || (name[0] != '+' && name[0] != '-')) return false;
  bool west = name[0] == '-';
  auto parts = core::split(name.substr(1), ':');
  std::int64_t value[2] = {0, 0};
  if (parts.size() > 2) return false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto [end, problem] = std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), value[i]);
    if (parts[i].empty() || parts[i].size() > 2 || problem != std::errc() || end != parts[i].data() + parts[i].size())
      return false;
  }
  if (value[0] > 18 || value[1] > 59) return false;
  offset = (value[0] * 3600 + value[1] * 60) * (west ? -1 : 1);
  return true;
}

// A reader of the pieces of a POSIX TZ string; each returns false where its piece is not there.
class RuleText {
 public:
  explicit RuleText(std::string_view text) : text_(text) {}
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool name() {
    if (take('<')) {
      auto end = text_.find('>');
      if (end == std::string_view::npos) return false;
      text_.remove_prefix(end + 1);
      return true;
    }
    std::size_t length = 0;
    while (length < text_.size() && ((text_[length] | 0x20) >= 'a' && (text_[length] | 0x20) <= 'z')) ++length;
    text_.remove_prefix(length);
    return length >= 3;
  }
  bool number(int& value) {
    auto [end, problem] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (problem != std::errc()) return false;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return true;
  }
  // [+-]hh[:mm[:ss]] in seconds
  bool time(std::int64_t& seconds) {
    bool negative = false;
    if (take('-'))
      negative = true;
    else
      take('+');
    int part = 0;
    if (!number(part)) return false;
    seconds = part * 3600LL;
    for (int unit : {60, 1}) {
      if (!take(':')) break;
      if (!number(part)) return false;
      seconds += static_cast<std::int64_t>(part) * unit;
    }
    if (negative) seconds = -seconds;
    return true;
  }
  bool empty() const { return text_.empty(); }

 private:
  std::string_view text_;
};

int yearOf(std::int64_t seconds) {
  using namespace std::chrono;
  auto day = floor<days>(sys_seconds(std::chrono::seconds(seconds)));
  return static_cast<int>(year_month_day(day).year());
}

}  // namespace

std::shared_ptr<const TimeZone> TimeZone::find(std::string_view name) {
  std::int64_t offset = 0;
  bool fixed = name == "UTC" || name == "GMT" || name == "UT" || name == "Z" || name == "Etc/UTC" ||
               parseFixedOffset(name, offset);
  if (fixed) {
    auto zone = std::make_shared<TimeZone>();
    zone->firstOffset_ = offset;
    return zone;
  }
  bool plain = !name.empty() && name.size() < 64 && name[0] != '/' && name.find("..") == std::string_view::npos &&
               std::ranges::all_of(
                   name,
                   [](char c) {
                     return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                            c == '_' || c == '-' || c == '+';
                   });
  if (!plain) return nullptr;
  std::string path = kZoneFolder + std::string(name);
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem)) return nullptr;  // "Europe" is a folder
  std::ifstream in(path, std::ios::binary);
  return parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

std::shared_ptr<const TimeZone> TimeZone::parse(const std::string& file) {
  Bytes bytes{std::string_view(file).substr(0, kMaxFile)};
  Header old = readHeader(bytes);
  if (!old.good) return nullptr;
  bytes.skip(old.blockSize(4));
  Header header = readHeader(bytes);
  if (!header.good || header.blockSize(8) > file.size()) return nullptr;

  auto zone = std::make_shared<TimeZone>();
  for (std::size_t i = 0; i < header.transitions; ++i) zone->moments_.push_back(bytes.number(8));
  std::vector<std::size_t> types;
  for (std::size_t i = 0; i < header.transitions; ++i) types.push_back(bytes.byte());
  std::vector<std::int64_t> offsets;
  for (std::size_t i = 0; i < header.types; ++i) {
    offsets.push_back(bytes.number(4));
    bytes.skip(2);
  }
  for (auto type : types) {
    if (type >= offsets.size()) return nullptr;
    zone->offsets_.push_back(offsets[type]);
  }
  zone->firstOffset_ = offsets[0];
  bytes.skip(header.characters + header.leaps * 12 + header.isStandard + header.isUtc);
  auto footer = core::trim(bytes.rest());
  if (!bytes.good() || (!footer.empty() && !parseRule(footer, zone->rule_))) return nullptr;
  return zone;
}

bool TimeZone::parseRule(std::string_view text, Rule& rule) {
  RuleText in(text);
  std::int64_t west = 0;
  if (!in.name() || !in.time(west)) return false;
  rule.present = true;
  rule.standardOffset = -west;
  if (in.empty()) return true;
  if (!in.name()) return false;
  rule.summer = true;
  rule.summerOffset = rule.standardOffset + 3600;
  if (!in.take(',')) {
    if (!in.time(west) || !in.take(',')) return false;
    rule.summerOffset = -west;
  }
  for (Change* change : {&rule.start, &rule.end}) {
    if (in.take('M')) {
      if (!in.number(change->month) || !in.take('.') || !in.number(change->week) || !in.take('.') ||
          !in.number(change->day))
        return false;
      if (change->month < 1 || change->month > 12 || change->week < 1 || change->week > 5 || change->day < 0 ||
          change->day > 6)
        return false;
    } else {
      change->form = in.take('J') ? Change::Form::JulianDay : Change::Form::ZeroBasedDay;
      if (!in.number(change->day)) return false;
    }
    if (in.take('/') && !in.time(change->second)) return false;
    if (change == &rule.start && !in.take(',')) return false;
  }
  return in.empty();
}

std::int64_t TimeZone::changeMoment(const Change& change, int year) {
  using namespace std::chrono;
  auto seconds = [&](sys_days day) {
    return static_cast<std::int64_t>(day.time_since_epoch().count()) * 86400 + change.second;
  };
  auto first = sys_days(std::chrono::year(year) / 1 / 1);
  if (change.form == Change::Form::ZeroBasedDay) return seconds(first + days(change.day));
  if (change.form == Change::Form::JulianDay) {
    // February 29 is never counted.
    bool leap = std::chrono::year(year).is_leap();
    return seconds(first + days(change.day - 1 + (leap && change.day >= 60 ? 1 : 0)));
  }
  auto month = std::chrono::year(year) / change.month;
  weekday day(static_cast<unsigned>(change.day));
  if (change.week == 5) return seconds(sys_days(month / day[last]));
  return seconds(sys_days(month / day[static_cast<unsigned>(change.week)]));
}

std::int64_t TimeZone::ruleOffset(std::int64_t utc) const {
  if (!rule_.summer) return rule_.standardOffset;
  int year = yearOf(utc + rule_.standardOffset);
  std::int64_t start = changeMoment(rule_.start, year) - rule_.standardOffset;
  std::int64_t end = changeMoment(rule_.end, year) - rule_.summerOffset;
  // South of the equator summer goes over the turn of the year.
  bool summer = start < end ? utc >= start && utc < end : utc >= start || utc < end;
  return summer ? rule_.summerOffset : rule_.standardOffset;
}

std::int64_t TimeZone::offsetAt(std::int64_t utc) const {
  if (rule_.present && (moments_.empty() || utc >= moments_.back())) return ruleOffset(utc);
  auto next = std::ranges::upper_bound(moments_, utc);
  if (next == moments_.begin()) return firstOffset_;
  return offsets_[static_cast<std::size_t>(next - moments_.begin()) - 1];
}

std::int64_t TimeZone::toUtc(std::int64_t local) const {
  // The offsets that hold half a day before and after frame whatever change lies between.
  std::int64_t before = offsetAt(local - offsetAt(local) - 43200);
  std::int64_t after = offsetAt(local - offsetAt(local) + 43200);
  if (toLocal(local - before) == local) return local - before;
  if (toLocal(local - after) == local) return local - after;
  // Left out: look for the jump, the first second at which the new offset holds.
  std::int64_t low = local - std::max(before, after);
  std::int64_t high = local - std::min(before, after);
  while (low < high) {
    std::int64_t middle = low + (high - low) / 2;
    if (offsetAt(middle) == after)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

}  // namespace trowel::emulator
