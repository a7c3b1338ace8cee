// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "crash_guard.hpp"
#include "options.hpp"
#include "stdio.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/version.hpp"
#include "trowel/protocol/types.hpp"

namespace trowel::app {

int serve(const CommonOptions& common) {
  std::unique_ptr<Daemon> daemon;
  Stdio stdio(STDIN_FILENO, STDOUT_FILENO, [&] { daemon->stop(core::CancelReason::Shutdown); });
  stdio.watchSignals();
  if (!startLog(common, true)) return 2;
  auto options = systemOptions("window (pid " + std::to_string(getpid()) + ")");
  options.watchParent = [&](std::int64_t pid) { stdio.watchParent(pid); };
  CrashGuard guard(options.stateFolder + "/starts", core::systemClock());
  options.safeMode = guard.looping();
  daemon = std::make_unique<Daemon>(stdio.streams(), std::move(options));
  int status = daemon->run();
  guard.ended();
  return status;
}

std::string versionJson() {
  return core::dumpJson({{"name", "trowel"}, {"version", core::kVersion}, {"protocolHash", protocol::kProtocolHash}});
}

}  // namespace trowel::app
