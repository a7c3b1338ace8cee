// SPDX-License-Identifier: Apache-2.0
#include "trowel/auth/describe.hpp"

#include <fmt/format.h>

#include "trowel/auth/host.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

std::string shown(const AttributeInfo& info, const Config& config) {
  if (info.secret) return "********";
  if (info.attribute != Attribute::Host) return core::redact(config.get(info.attribute));
  // One that is no plain address may be a pasted password.
  auto address = normaliseHost(config.get(info.attribute));
  return address ? address->host : "unusable";
}

}  // namespace

std::vector<DescribedValue> describe(const Config& config) {
  std::vector<DescribedValue> values;
  for (const auto& info : attributes())
    if (config.has(info.attribute))
      values.push_back(
          {.key = std::string(info.key), .text = shown(info, config), .source = config.sourceOf(info.attribute)});
  return values;
}

std::string whatIsSet(const Config& config) {
  std::string list;
  for (const auto& value : describe(config))
    list += fmt::format("{}{} = {} ({})", list.empty() ? "" : ", ", value.key, value.text, value.source);
  return list.empty() ? "Nothing is set." : "Set are: " + list + ".";
}

}  // namespace trowel::auth
