// SPDX-License-Identifier: Apache-2.0
// A star tries every length, so a failure further right must say how far back trying is any use: where the text has run
// out, no star can help (Never); where a single star met a slash, only a "**" further left can (NotHere). Without that,
// patterns with many stars take exponential time.
#include "sync/glob.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>
#include <utility>

namespace trowel::sync {

namespace {

enum class Match { Yes, No, NotHere, Never };

using Predicate = int (*)(int);
constexpr std::array<std::pair<std::string_view, Predicate>, 12> kClasses{{{"alnum", std::isalnum},
                                                                           {"alpha", std::isalpha},
                                                                           {"blank", std::isblank},
                                                                           {"cntrl", std::iscntrl},
                                                                           {"digit", std::isdigit},
                                                                           {"graph", std::isgraph},
                                                                           {"lower", std::islower},
                                                                           {"print", std::isprint},
                                                                           {"punct", std::ispunct},
                                                                           {"space", std::isspace},
                                                                           {"upper", std::isupper},
                                                                           {"xdigit", std::isxdigit}}};

// Reads what stands between brackets. `at` is behind the "[" and ends behind the "]". Nothing for a malformed class,
// which matches nothing.
class ClassReader {
 public:
  ClassReader(std::string_view pattern, std::size_t at) : pattern_(pattern), at_(at) {}

  std::optional<bool> contains(unsigned char c) {
    const bool negated = at_ < pattern_.size() && (pattern_[at_] == '!' || pattern_[at_] == '^');
    if (negated) ++at_;
    bool found = false;
    int previous = -1;  // what a following "-" would begin at; -1: nothing
    // A "]" that comes first stands for itself.
    for (bool first = true; first || peek() != ']'; first = false) {
      if (at_ >= pattern_.size()) return std::nullopt;
      if (peek() == '-' && previous >= 0 && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']') {
        ++at_;
        auto last = literal();
        if (!last) return std::nullopt;
        found |= c >= previous && c <= *last;
        previous = -1;
      } else if (pattern_.substr(at_, 2) == "[:" && namedClassEnd()) {
        auto member = namedClass(c);
        if (!member) return std::nullopt;
        found |= *member;
        previous = -1;
      } else {
        auto member = literal();
        if (!member) return std::nullopt;
        found |= c == *member;
        previous = *member;
      }
      if (at_ >= pattern_.size()) return std::nullopt;
    }
    ++at_;
    return found != negated;
  }

  std::size_t end() const { return at_; }

 private:
  char peek() const { return at_ < pattern_.size() ? pattern_[at_] : '\0'; }

  std::optional<unsigned char> literal() {
    if (peek() == '\\') ++at_;
    if (at_ >= pattern_.size()) return std::nullopt;
    return static_cast<unsigned char>(pattern_[at_++]);
  }

  // Where the "]" of "[:name:]" stands; nothing where the bracket is an ordinary member of the set.
  std::optional<std::size_t> namedClassEnd() const {
    const auto close = pattern_.find(']', at_ + 2);
    if (close == std::string_view::npos) return close;
    if (close < at_ + 3 || pattern_[close - 1] != ':') return std::nullopt;
    return close;
  }

  std::optional<bool> namedClass(unsigned char c) {
    const auto close = *namedClassEnd();
    if (close == std::string_view::npos) return std::nullopt;
    const auto name = pattern_.substr(at_ + 2, close - 1 - (at_ + 2));
    const auto* known =
        std::find_if(kClasses.begin(), kClasses.end(), [&](const auto& entry) { return entry.first == name; });
    if (known == kClasses.end()) return std::nullopt;
    at_ = close + 1;
    return known->second(c) != 0;
  }

  std::string_view pattern_;
  std::size_t at_;
};

Match matchFrom(std::string_view pattern, std::string_view text);

// `pattern` begins with a star; `atBoundary`: a slash or nothing stands before it.
Match matchStar(std::string_view pattern, std::string_view text, bool atBoundary) {
  const std::size_t stars = std::min(pattern.find_first_not_of('*'), pattern.size());
  const std::string_view rest = pattern.substr(stars);
  const bool crossesSlashes =
      stars > 1 && atBoundary && (rest.empty() || rest.front() == '/' || rest.starts_with("\\/"));
  // "a/**/b" also matches "a/b".
  if (crossesSlashes && rest.starts_with('/') && matchFrom(rest.substr(1), text) == Match::Yes) return Match::Yes;
  if (rest.empty()) return crossesSlashes || text.find('/') == std::string_view::npos ? Match::Yes : Match::No;
  for (;; text.remove_prefix(1)) {
    const Match match = matchFrom(rest, text);
    if (match != Match::No && (!crossesSlashes || match != Match::NotHere)) return match;
    if (text.empty()) return Match::Never;
    if (!crossesSlashes && text.front() == '/') return Match::NotHere;
  }
}

Match matchFrom(std::string_view pattern, std::string_view text) {
  char before = '/';
  while (!pattern.empty()) {
    if (pattern.front() == '*') return matchStar(pattern, text, before == '/');
    if (text.empty()) return Match::Never;
    const char c = text.front();
    before = pattern.front();
    switch (pattern.front()) {
      case '?':
        if (c == '/') return Match::No;
        pattern.remove_prefix(1);
        break;
      case '[': {
        ClassReader reader(pattern, 1);
        auto contained = reader.contains(static_cast<unsigned char>(c));
        if (!contained) return Match::Never;
        if (!*contained || c == '/') return Match::No;
        pattern.remove_prefix(reader.end());
        break;
      }
      case '\\':
        pattern.remove_prefix(1);
        if (pattern.empty()) return Match::No;
        [[fallthrough]];
      default:
        if (pattern.front() != c) return Match::No;
        before = c;
        pattern.remove_prefix(1);
    }
    text.remove_prefix(1);
  }
  return text.empty() ? Match::Yes : Match::No;
}

}  // namespace

bool globMatches(std::string_view pattern, std::string_view text) { return matchFrom(pattern, text) == Match::Yes; }

}  // namespace trowel::sync
