// SPDX-License-Identifier: Apache-2.0
#include "app/doctor/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::app {

namespace {

struct Words {
  const char* column;
  const char* status;
};

Words wordsOf(Mark mark) {
  switch (mark) {
    case Mark::Ok:
      return {.column = "ok", .status = "ok"};
    case Mark::Note:
      return {.column = "note", .status = "note"};
    case Mark::Skipped:
      return {.column = "-", .status = "skipped"};
    case Mark::Fail:
      break;
  }
  return {.column = "FAIL", .status = "fail"};
}

bool failed(const Checks& checks) {
  return std::ranges::any_of(checks, [](const Check& check) { return check.mark == Mark::Fail; });
}

}  // namespace

std::string toText(const Check& check) {
  auto text = fmt::format("{:<4}  {:<14} {}\n", wordsOf(check.mark).column, check.name, check.text);
  if (!check.remedy.empty()) text += fmt::format("{:<21}> {}\n", "", check.remedy);
  return text;
}

std::string toJson(const Checks& checks) {
  auto list = core::Json::array();
  for (const auto& check : checks) {
    core::Json one{{"check", check.name}, {"status", wordsOf(check.mark).status}, {"text", check.text}};
    if (!check.remedy.empty()) one["remedy"] = check.remedy;
    list.push_back(std::move(one));
  }
  return core::dumpJsonPretty({{"ok", !failed(checks)}, {"checks", std::move(list)}}) + "\n";
}

void Report::add(Check check) {
  check.text = core::redact(check.text);
  check.remedy = core::redact(check.remedy);
  if (!asJson_) {
    std::fputs(toText(check).c_str(), stdout);
    std::fflush(stdout);
  }
  checks_.push_back(std::move(check));
}

void Report::add(Checks checks) {
  for (auto& check : checks) add(std::move(check));
}

int Report::finish() {
  if (asJson_) std::fputs(toJson(checks_).c_str(), stdout);
  return failed(checks_) ? 1 : 0;
}

}  // namespace trowel::app
