// SPDX-License-Identifier: Apache-2.0
// `trowel download` and `trowel upload`: the transfers of the views without an editor.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "shell.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::app {

namespace {

// /Users/me is of the workspace, as everywhere in the shell.
std::string addressOf(const std::string& remote) { return remote.starts_with('/') ? "wsfs:" + remote : remote; }

core::Result<std::string> absolute(const std::string& path) {
  if (auto real = os::realPath(path)) return *real;
  // A folder that is still to be made.
  if (path.starts_with('/')) return path;
  return TROWEL_TRY(os::realPath(".")) + "/" + path;
}

}  // namespace

int transfer(const CommonOptions& common, const TransferOptions& options) {
  auto local = absolute(options.local);
  auto folder = os::realPath(".");
  if (!local || !folder) {
    complain(local ? folder.error().message : local.error().message);
    return 2;
  }
  if (!startLog(common, false)) return 2;
  auto shell = Shell::start(
      {.folder = *folder, .profile = options.profile, .name = options.up ? "upload" : "download", .withSignals = true});
  if (!shell) {
    complain(shell.error().message);
    return 1;
  }
  if (const auto& why = (*shell)->connection().why; !why.empty()) complain(why);
  const auto remote = addressOf(options.remote);
  auto done = (*shell)->request("trowel/transfer/run", {{"from", options.up ? *local : remote},
                                                        {"to", options.up ? remote : *local},
                                                        {"onConflict", options.onConflict},
                                                        {"dryRun", options.dryRun},
                                                        {"workDoneToken", "transfer"}});
  if (!done) {
    complain(done.error().message);
    return 1;
  }
  std::printf("%s\n", core::redact(core::stringAt(*done, "text")).c_str());
  for (const auto& problem : core::arrayAt(*done, "problems"))
    complain(core::stringAt(problem, "path") + ": " + core::stringAt(problem, "message"));
  return core::arrayAt(*done, "problems").empty() ? 0 : 1;
}

}  // namespace trowel::app
