// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <cstdio>

#include "trowel/auth/config_file_store.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/log_sinks.hpp"
#include "trowel/os/places.hpp"

namespace trowel::app {

DaemonOptions systemOptions(const std::string& name) {
  DaemonOptions options;
  options.demoFolder = os::runtimeDir() + "/demo";
  options.stateFolder = os::stateDir();
  options.executable = os::executablePath().value_or("trowel");
  options.environment = [](const std::string& variable) { return os::environment(variable.c_str()); };
  options.home = os::homeDir();
  options.configFile = auth::configFilePath(options.environment, options.home);
  options.name = name;
  return options;
}

bool startLog(const CommonOptions& common, bool toStderr) {
  if (!core::setLogLevels(common.logLevels)) {
    complain("'" + common.logLevels +
             "' is no log level. Use trace, debug, info, warn or error, also as in info,http=debug.");
    return false;
  }
  os::LogOptions log;
  log.toStderr = toStderr;
  log.stderrLevel = core::LogLevel::Trace;
  log.dir = os::stateDir() + "/logs";
  os::installLogSinks(log);
  return true;
}

void complain(const std::string& message) { std::fprintf(stderr, "trowel: %s\n", core::redact(message).c_str()); }

}  // namespace trowel::app
