// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/command_results.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

std::string cancelledResult() {
  return core::dumpJson({{"resultType", "error"},
                         {"summary", nullptr},
                         {"cause",
                          "com.databricks.backend.common.rpc.CommandCancelledException\n"
                          "\tat com.databricks.spark.chauffeur.SequenceExecutionState.cancel(Emulator)"}});
}

std::string driverDiedResult(const std::string& why) {
  return core::dumpJson({{"resultType", "error"},
                         {"summary", "<span class=\"ansi-red-fg\">DriverException</span>: " + core::escapeHtml(why)},
                         {"cause", why}});
}

std::optional<ResultError> resultError(std::string_view results) {
  auto json = core::parseJson(results);
  if (!json || core::stringAt(*json, "resultType") != "error") return std::nullopt;
  return ResultError{withoutMarkup(core::stringAt(*json, "summary")), core::stringAt(*json, "cause")};
}

std::string resultText(std::string_view results) {
  auto json = core::parseJson(results);
  return json && core::stringAt(*json, "resultType") == "text" ? core::stringAt(*json, "data") : "";
}

std::string withoutMarkup(std::string_view html) {
  std::string text;
  for (std::size_t i = 0; i < html.size(); ++i) {
    auto end = html[i] == '<' ? html.find('>', i) : std::string_view::npos;
    if (end == std::string_view::npos)
      text += html[i];
    else
      i = end;
  }
  for (auto [entity, character] :
       {std::pair("&lt;", "<"), {"&gt;", ">"}, {"&quot;", "\""}, {"&#x27;", "'"}, {"&#39;", "'"}, {"&amp;", "&"}})
    text = core::replaceAll(std::move(text), entity, character);
  return text;
}

namespace {

// Not the first byte of its character.
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string_view firstBytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && continues(text[most])) --most;
  return text.substr(0, most);
}

std::string_view lastBytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t begin = text.size() - most;
  while (begin < text.size() && continues(text[begin])) ++begin;
  return text.substr(begin);
}

}  // namespace trowel::emulator
