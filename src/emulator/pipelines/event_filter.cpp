// SPDX-License-Identifier: Apache-2.0
#include "emulator/pipelines/event_filter.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "emulator/state/timestamps.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

struct Token {
  bool text = false;  // in quotes
  std::string value;
};

std::vector<Token> tokensOf(const std::string& text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    auto c = static_cast<unsigned char>(text[at]);
    std::size_t end = at + 1;
    if (std::isspace(c) != 0) {
      at = end;
      continue;
    }
    if (c == '\'') {
      end = std::min(text.find('\'', at + 1), text.size());
      tokens.push_back({true, text.substr(at + 1, end - at - 1)});
      at = end + 1;
      continue;
    }
    if (std::isalnum(c) != 0)
      while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) ++end;
    else if ((c == '<' || c == '>') && end < text.size() && text[end] == '=')
      ++end;
    tokens.push_back({false, core::toLower(text.substr(at, end - at))});
    at = end;
  }
  return tokens;
}

}  // namespace

Reply<EventFilter> EventFilter::parse(const std::string& text) {
  auto wrong = [&] { return invalidParameter("Invalid filter: " + text); };
  auto tokens = tokensOf(text);
  std::size_t at = 0;
  auto next = [&]() -> const Token& {
    static const Token kEnd;
    return at < tokens.size() ? tokens[at++] : kEnd;
  };
  EventFilter filter;
  while (at < tokens.size()) {
    if (!filter.conditions_.empty() && next().value != "and") return wrong();
    Condition condition{.field = next().value, .comparison = next().value, .values = {}};
    if (condition.comparison == "in") {
      if (next().value != "(") return wrong();
      std::string after;
      do {
        const Token& value = next();
        if (!value.text) return wrong();
        condition.values.push_back(value.value);
        after = next().value;
      } while (after == ",");
      if (after != ")") return wrong();
    } else {
      const Token& value = next();
      if (!value.text) return wrong();
      condition.values.push_back(value.value);
    }
    bool isTime = condition.field == "timestamp";
    bool known = isTime || condition.field == "level" || condition.field == "id";
    bool ordered = condition.comparison.starts_with('<') || condition.comparison.starts_with('>');
    bool comparable =
        condition.comparison == "=" || (isTime ? ordered : condition.field == "level" && condition.comparison == "in");
    if (!known || !comparable || (isTime && !parseIsoTime(condition.values[0]))) return wrong();
    filter.conditions_.push_back(std::move(condition));
  }
  return filter;
}

bool EventFilter::takes(const core::Json& event) const {
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    std::string value = core::stringAt(event, condition.field.c_str());
    const auto& wanted = condition.values;
    if (condition.field != "timestamp") return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
    auto order = parseIsoTime(value).value_or(0) <=> parseIsoTime(wanted[0]).value_or(0);
    const auto& comparison = condition.comparison;
    return (comparison == "=" && order == 0) || (comparison == "<" && order < 0) ||
           (comparison == "<=" && order <= 0) || (comparison == ">" && order > 0) || (comparison == ">=" && order >= 0);
  });
}

}  // namespace trowel::emulator
