// SPDX-License-Identifier: Apache-2.0
// `trowel sync`: the daemon's own sync without an editor.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "shell.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::app {

namespace {

void printProblems(const core::Json& status) {
  for (const auto& problem : core::arrayAt(status, "problems"))
    complain(core::stringAt(problem, "path") + ": " + core::stringAt(problem, "message"));
}

// One line a change of what somebody would want to know.
void printStatus(const core::Json& status) {
  auto message = core::stringAt(status, "message");
  std::printf("%s: %lld done, %lld to go%s%s\n", core::stringAt(status, "state").c_str(),
              static_cast<long long>(core::intAt(status, "done")),
              static_cast<long long>(core::intAt(status, "pending")), message.empty() ? "" : ". ",
              core::redact(message).c_str());
  std::fflush(stdout);
}

int once(Shell& shell, const core::Json& params) {
  auto status = shell.request("trowel/sync/run", params);
  if (!status) {
    complain(status.error().message);
    return 1;
  }
  printStatus(*status);
  printProblems(*status);
  return core::arrayAt(*status, "problems").empty() ? 0 : 1;
}

int watch(Shell& shell, const core::Json& params) {
  core::Json last;
  shell.onNotification = [&](const std::string& method, const core::Json& status) {
    if (method != "trowel/sync/changed" || status == last) return;
    printStatus(status);
    if (core::arrayAt(status, "problems") != core::arrayAt(last, "problems")) printProblems(status);
    last = status;
  };
  auto started = shell.request("trowel/sync/start", params);
  if (!started) {
    complain(started.error().message);
    return 1;
  }
  shell.listen();
  return 0;
}

}  // namespace

int sync(const CommonOptions& common, const SyncOptions& options) {
  auto source = os::realPath(options.source);
  if (!source) {
    complain(source.error().message);
    return 2;
  }
  if (!options.destination.starts_with('/')) {
    complain("The destination must be an absolute workspace path, as /Users/you@example.com/project.");
    return 2;
  }
  if (!startLog(common, false)) return 2;
  auto shell =
      Shell::start({.folder = *source, .profile = options.profile, .name = "sync", .withSignals = options.watch});
  if (!shell) {
    complain(shell.error().message);
    return 1;
  }
  if (const auto& why = (*shell)->connection().why; !why.empty()) complain(why);
  core::Json params{{"destination", options.destination}};
  return options.watch ? watch(**shell, params) : once(**shell, params);
}

}  // namespace trowel::app
