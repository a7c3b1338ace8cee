// SPDX-License-Identifier: Apache-2.0
#include "databricks/reading/timestamp.hpp"

#include <chrono>

namespace trowel::databricks {

namespace {

// Reads from the front of a text; after the first surprise everything is a surprise.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (; count > 0; --count) {
      if (!atDigit()) return fail();
      value = value * 10 + (take() - '0');
    }
    return value;
  }

  char oneOf(std::string_view allowed) {
    if (text_.empty() || allowed.find(text_.front()) == std::string_view::npos) return static_cast<char>(fail());
    return take();
  }

  // ".279" in milliseconds; nothing there is 0.
  int fraction() {
    if (text_.empty() || text_.front() != '.') return 0;
    take();
    if (!atDigit()) return fail();
    int value = 0;
    int scale = 100;
    for (; atDigit(); scale /= 10) value += (take() - '0') * scale;
    return value;
  }

  bool ok() const { return ok_; }
  bool atEnd() const { return text_.empty(); }

 private:
  bool atDigit() const { return !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; }
  char take() {
    char first = text_.front();
    text_.remove_prefix(1);
    return first;
  }
  int fail() {
    ok_ = false;
    return 0;
  }

  std::string_view text_;
  bool ok_ = true;
};

}  // namespace

std::optional<std::int64_t> parseTimestamp(std::string_view text) {
  using namespace std::chrono;
  Cursor cursor(text);
  int year = cursor.digits(4);
  cursor.oneOf("-");
  int month = cursor.digits(2);
  cursor.oneOf("-");
  int day = cursor.digits(2);
  cursor.oneOf("Tt ");
  int hour = cursor.digits(2);
  cursor.oneOf(":");
  int minute = cursor.digits(2);
  cursor.oneOf(":");
  int second = cursor.digits(2);
  int millisecond = cursor.fraction();
  int offset = 0;  // minutes east of UTC
  char zone = cursor.oneOf("Zz+-");
  if (zone == '+' || zone == '-') {
    offset = cursor.digits(2) * 60;
    cursor.oneOf(":");
    offset += cursor.digits(2);
    if (zone == '-') offset = -offset;
  }
  year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                      std::chrono::day(static_cast<unsigned>(day)));
  if (!cursor.ok() || !cursor.atEnd() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  auto time = sys_days(date) + hours(hour) + minutes(minute - offset) + seconds(second) + milliseconds(millisecond);
  return duration_cast<milliseconds>(time.time_since_epoch()).count();
}

}  // namespace trowel::databricks
