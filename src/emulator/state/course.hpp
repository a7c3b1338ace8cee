// SPDX-License-Identifier: Apache-2.0
// States that follow each other by the clock: what an object is now, and what it becomes with nobody's help.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Times are epoch milliseconds. A value; stored as JSON: [{"state","from"}].
class Course {
 public:
  struct Stage {
    std::string state;
    std::int64_t from = 0;
  };

  Course() = default;
  // Of what toJson() wrote; empty where it is anything else.
  explicit Course(const core::Json& stored);

  // Stages come in the order of time.
  Course& then(std::string_view state, std::int64_t from);

  // The last stage that is not after `now`; "" and 0 where there is none.
  Stage at(std::int64_t now) const;
  // When the last stage is reached.
  std::int64_t end() const { return stages_.empty() ? 0 : stages_.back().from; }
  const std::vector<Stage>& stages() const& { return stages_; }
  const std::vector<Stage>& stages() const&& = delete;  // of a temporary, which is gone before they are read
  core::Json toJson() const;

 private:
  std::vector<Stage> stages_;
};

}  // namespace trowel::emulator
