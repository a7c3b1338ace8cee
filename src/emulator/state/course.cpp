// SPDX-License-Identifier: Apache-2.0
#include "emulator/state/course.hpp"

#include <nlohmann/json.hpp>

namespace trowel::emulator {

using core::Json;

Course::Course(const Json& stored) {
  if (!stored.is_array()) return;
  for (const auto& stage : stored) then(core::stringAt(stage, "state"), core::intAt(stage, "from"));
}

Course& Course::then(std::string_view state, std::int64_t from) {
  stages_.push_back({std::string(state), from});
  return *this;
}

Course::Stage Course::at(std::int64_t now) const {
  Stage current;
  for (const auto& stage : stages_)
    if (stage.from <= now) current = stage;
  return current;
}

Json Course::toJson() const {
  Json stored = Json::array();
  for (const auto& [state, from] : stages_) stored.push_back({{"state", state}, {"from", from}});
  return stored;
}

}  // namespace trowel::emulator
