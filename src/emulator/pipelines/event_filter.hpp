// SPDX-License-Identifier: Apache-2.0
// The little language in which clients ask for some of a pipeline's events.
#pragma once

#include <string>
#include <vector>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

class EventFilter {
 public:
  // level='ERROR', level in ('ERROR', 'WARN'), id='…', timestamp > 'ISO' with = < <= > >= too, joined by AND. Empty
  // takes everything. INVALID_PARAMETER_VALUE for anything else. Source: rest-api.md 15.
  static Reply<EventFilter> parse(const std::string& text);

  bool takes(const core::Json& event) const;

 private:
  struct Condition {
    std::string field;
    std::string comparison;
    std::vector<std::string> values;
  };
  std::vector<Condition> conditions_;
};

}  // namespace trowel::emulator
