// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <nlohmann/json.hpp>

#include "shell.hpp"
#include "trowel/os/files.hpp"

namespace trowel::app {

int call(const CommonOptions& common, const CallOptions& options) {
  core::Json params = core::Json::object();
  if (!options.params.empty()) {
    auto parsed = core::parseJson(options.params);
    if (!parsed || !parsed->is_object()) {
      complain("The parameters must be a JSON object, as in '{\"path\":\"/\"}'.");
      return 2;
    }
    params = *std::move(parsed);
  }
  auto folder = os::realPath(options.folder.empty() ? "." : options.folder);
  if (!folder) {
    complain(folder.error().message);
    return 2;
  }
  if (!startLog(common, false)) return 2;
  params.emplace("workDoneToken", "call");
  auto shell = Shell::start({.folder = *folder, .profile = options.profile, .name = "call"});
  if (shell && !(*shell)->connection().why.empty()) complain((*shell)->connection().why);
  auto result = shell ? (*shell)->request(options.method, params) : std::unexpected(shell.error());
  if (!result) {
    complain(result.error().message);
    return 1;
  }
  std::printf("%s\n", core::dumpJsonPretty(*result).c_str());
  return 0;
}

}  // namespace trowel::app
