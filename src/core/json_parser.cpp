// SPDX-License-Identifier: Apache-2.0
// Values are made in place and never moved up; runs of plain characters are found eight bytes at a time; members are
// put at the end of their object first, where they belong if the sender sorts them.
#include "core/json_parser.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

namespace trowel::core {

namespace {

// Of eight bytes, those that are no plain character of a string: quote, backslash, control characters, not ASCII.
std::uint64_t notPlain(std::uint64_t bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighs = 0x8080808080808080U;
  auto zero = [](std::uint64_t value) { return (value - kOnes) & ~value; };
  return (zero(bytes ^ (kOnes * '"')) | zero(bytes ^ (kOnes * '\\')) | (bytes - kOnes * 0x20) | bytes) & kHighs;
}

class Parser {
 public:
  Parser(std::string_view text, std::size_t maxDepth)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), maxDepth_(maxDepth) {
    if (text.starts_with("\xEF\xBB\xBF")) at_ += 3;
  }

  std::optional<JsonProblem> document(Json& into) {
    skipBlanks();
    const bool fine = value(into) && (skipBlanks(), at_ == end_);
    if (fine) return std::nullopt;
    return JsonProblem{.byte = static_cast<std::size_t>(at_ - begin_) + 1, .tooDeep = tooDeep_};
  }

 private:
  void skipBlanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  bool digits() {
    const char* const first = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return at_ != first;
  }

  bool value(Json& into) {  // NOLINT(misc-no-recursion): bounded by maxDepth_
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return nested([&] { return object(into); });
      case '[':
        return nested([&] { return array(into); });
      case '"':
        into = std::string();
        return string(into.get_ref<std::string&>());
      case 't':
        return literal("true", into, true);
      case 'f':
        return literal("false", into, false);
      case 'n':
        return literal("null", into, nullptr);
      default:
        return number(into);
    }
  }

  template <typename Inner>
  bool nested(const Inner& inner) {
    if (depth_ == maxDepth_) {
      tooDeep_ = true;
      return false;
    }
    ++depth_;
    ++at_;
    skipBlanks();
    const bool fine = inner();
    --depth_;
    return fine;
  }

  bool object(Json& into) {  // NOLINT(misc-no-recursion)
    into = Json::object();
    if (take('}')) return true;
    auto& members = into.get_ref<Json::object_t&>();
    do {
      skipBlanks();
      std::string name;
      if (at_ == end_ || *at_ != '"' || !string(name)) return false;
      skipBlanks();
      if (!take(':')) return false;
      skipBlanks();
      if (!value(members.emplace_hint(members.end(), std::move(name), nullptr)->second)) return false;
      skipBlanks();
    } while (take(','));
    return take('}');
  }

  bool array(Json& into) {  // NOLINT(misc-no-recursion)
    into = Json::array();
    if (take(']')) return true;
    auto& items = into.get_ref<Json::array_t&>();
    do {
      skipBlanks();
      if (!value(items.emplace_back(nullptr))) return false;
      skipBlanks();
    } while (take(','));
    return take(']');
  }

  template <typename Value>
  bool literal(std::string_view text, Json& into, Value meaning) {
    for (const char c : text)
      if (!take(c)) return false;
    into = meaning;
    return true;
  }

  bool number(Json& into) {
    const char* const first = at_;
    const bool negative = take('-');
    if (!take('0') && !digits()) return false;
    bool whole = true;
    if (take('.')) {
      whole = false;
      if (!digits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      whole = false;
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!digits()) return false;
    }
    if (whole && (negative ? integer<std::int64_t>(first, into) : integer<std::uint64_t>(first, into))) return true;
    double real = 0;
    if (std::from_chars(first, at_, real).ec != std::errc())
      real = std::strtod(std::string(first, at_).c_str(), nullptr);
    into = real;
    return std::isfinite(real);
  }

  template <typename Number>
  bool integer(const char* first, Json& into) const {
    Number number = 0;
    if (std::from_chars(first, at_, number).ec != std::errc()) return false;
    into = number;
    return true;
  }

  // From the opening quote to behind the closing one.
  bool string(std::string& into) {
    ++at_;
    for (;;) {
      const char* const first = at_;
      skipPlain();
      into.append(first, at_);
      if (at_ == end_) return false;
      const auto c = static_cast<unsigned char>(*at_);
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\' ? !escape(into) : c < 0x20 || !multibyte(into)) return false;
    }
  }

  void skipPlain() {
    while (end_ - at_ >= 8) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, at_, sizeof bytes);
      // A byte below one that is found may be reported with it, for the borrow; so only "none" is believed.
      if (notPlain(bytes) != 0) break;
      at_ += 8;
    }
    while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x20 && static_cast<unsigned char>(*at_) < 0x80 &&
           *at_ != '"' && *at_ != '\\')
      ++at_;
  }

  // One character of more than one byte, as RFC 3629 allows it.
  bool multibyte(std::string& into) {
    const auto lead = static_cast<unsigned char>(*at_);
    int more = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      more = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      more = 2;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      more = 3;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return false;
    }
    into += *at_++;
    for (; more > 0; --more) {
      if (at_ == end_ || static_cast<unsigned char>(*at_) < low || static_cast<unsigned char>(*at_) > high)
        return false;
      into += *at_++;
      low = 0x80;
      high = 0xBF;
    }
    return true;
  }

  bool escape(std::string& into) {
    ++at_;
    if (at_ == end_) return false;
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const auto found = kNames.find(*at_); found != std::string_view::npos) {
      into += kMeanings[found];
      ++at_;
      return true;
    }
    std::uint32_t unit = 0;
    if (!take('u') || !hex(unit)) return false;
    if (unit >= 0xD800 && unit <= 0xDFFF) {
      std::uint32_t second = 0;
      if (unit >= 0xDC00 || !take('\\') || !take('u') || !hex(second) || second < 0xDC00 || second > 0xDFFF)
        return false;
      unit = 0x10000 + ((unit - 0xD800) << 10U) + (second - 0xDC00);
    }
    append(unit, into);
    return true;
  }

  bool hex(std::uint32_t& unit) {
    if (end_ - at_ < 4) return false;
    const auto [last, problem] = std::from_chars(at_, at_ + 4, unit, 16);
    if (problem != std::errc() || last != at_ + 4) return false;
    at_ += 4;
    return true;
  }

  static void append(std::uint32_t point, std::string& into) {
    auto put = [&](std::uint32_t byte) { into += static_cast<char>(byte); };
    auto tail = [&](unsigned shift) { put(0x80U | ((point >> shift) & 0x3FU)); };
    if (point < 0x80) {
      put(point);
    } else if (point < 0x800) {
      put(0xC0U | (point >> 6U));
      tail(0);
    } else if (point < 0x10000) {
      put(0xE0U | (point >> 12U));
      tail(6);
      tail(0);
    } else {
      put(0xF0U | (point >> 18U));
      tail(12);
      tail(6);
      tail(0);
    }
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  std::size_t maxDepth_;
  std::size_t depth_ = 0;
  bool tooDeep_ = false;
};

}  // namespace

std::optional<JsonProblem> readJson(std::string_view text, std::size_t maxDepth, Json& into) {
  return Parser(text, maxDepth).document(into);
}

}  // namespace trowel::core
