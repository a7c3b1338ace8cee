// SPDX-License-Identifier: Apache-2.0
// What administrators set for the whole workspace: /api/2.0/workspace-conf.
#pragma once

#include <cstdint>
#include <string>

#include "emulator/server/router.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread.
class WorkspaceSettings {
 public:
  explicit WorkspaceSettings(const World& world);

  std::string value(const char* key) const;    // "" where it was never set
  std::int64_t number(const char* key) const;  // 0 where it was never set
  void addRoutes(Router& router);

 private:
  Documents settings_;
};

}  // namespace trowel::emulator
