// SPDX-License-Identifier: Apache-2.0
// What every area of the local workspace stands on.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "emulator/state/ids.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/emulator/emulator.hpp"

namespace trowel::emulator {

class Faults;
class StateFile;

// Outlives the areas that hold a reference to it.
struct World {
  core::Clock& clock;
  Ids& ids;
  StateFile* state;              // null: nothing outlives the process
  std::filesystem::path folder;  // the data folder, absolute
  const Options& options;
  Faults& faults;  // happens() tells an area whether something of its own is to go wrong

  // The clock on the wall, in the unit that nearly all fields of the API have.
  std::int64_t now() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock.wallNow().time_since_epoch()).count();
  }
};

}  // namespace trowel::emulator
