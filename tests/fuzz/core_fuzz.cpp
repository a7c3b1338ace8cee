// SPDX-License-Identifier: Apache-2.0
// Any bytes as JSON: our reader takes what the library's takes, and understands the same.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/json_parser.hpp"

using trowel::core::Json;

namespace {

constexpr std::size_t kMaxDepth = 64;

void require(bool holds) {
  if (!holds) std::abort();
}

std::optional<Json> theirs(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Json value;
  const auto problem = trowel::core::readJson(text, kMaxDepth, value);
  if (problem) require(problem->byte >= 1 && problem->byte <= size + 1);
  // The library takes a NUL for the end of the text, and knows no limit of depth.
  if ((problem && problem->tooDeep) || text.find('\0') != std::string_view::npos) return 0;
  const auto other = theirs(text);
  require(other.has_value() == !problem);
  if (!problem) require(value == *other && value.dump() == other->dump());
  return 0;
}
