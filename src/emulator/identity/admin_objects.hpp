// SPDX-License-Identifier: Apache-2.0
// Adds what only administrators keep: /api/2.0/ip-access-lists, global-init-scripts and instance-profiles.
#pragma once

#include "emulator/server/router.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Kept and shown, without effect: no address is blocked, no script runs, no role is taken on. Any thread.
class AdminObjects {
 public:
  explicit AdminObjects(const World& world);
  void addRoutes(Router& router);

 private:
  void addIpAccessListRoutes(Router& router);
  void addInitScriptRoutes(Router& router);
  void addInstanceProfileRoutes(Router& router);

  const World& world_;
  Documents ipAccessLists_;
  Documents initScripts_;
  Documents instanceProfiles_;
};

}  // namespace trowel::emulator
