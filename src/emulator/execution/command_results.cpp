// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/command_results.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

std::string cancelledResult() {
  return core::dumpJson({{"resultType", "error"},
                         {"summary", nullptr},
                         {"cause",
                          "com.databricks.backend.common.rpc.CommandCancelledException\n"
                          "\tat com.databricks.spark.chauffeur.SequenceExecutionState.cancel(Emulator)"}});
}

std::string driverDiedResult(const std::string& why) {
  return core::dumpJson({{"resultType", "error"},
                         {"summary", "<span class=\"ansi-red-fg\">DriverException</span>: " + core::escapeHtml(why)},
                         {"cause", why}});
}

}  // namespace trowel::emulator
