// SPDX-License-Identifier: Apache-2.0
// SCIM filters (RFC 7644 3.4.2.2) as far as the service has them: comparisons joined by `and` and `or`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

class ScimFilter {
 public:
  // `userName eq "x" and active eq true`; operators eq ne co sw ew pr. Nothing where the text is no such filter.
  static std::optional<ScimFilter> parse(std::string_view text);

  // Attributes and values are compared without regard to case, as the service does for names. An attribute of many
  // values matches where one of them does.
  bool matches(const core::Json& resource) const;

 private:
  struct Comparison {
    std::vector<std::string> path;
    std::string op;
    std::string value;
  };
  static bool holds(const Comparison& comparison, const core::Json& resource);

  std::vector<std::vector<Comparison>> alternatives_;  // joined by or; within each by and
};

// The attribute of that name in any case, or null.
const core::Json* scimAttribute(const core::Json& resource, std::string_view name);

}  // namespace trowel::emulator
