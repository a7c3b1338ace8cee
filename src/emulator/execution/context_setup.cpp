// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/context_setup.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// "/Repos/<user>/<repo>" of what lies beneath such a folder, else empty.
std::string repoOf(const std::string& path) {
  auto parts = core::split(path, '/');
  if (parts.size() < 5 || parts[1] != "Repos") return {};
  return "/Repos/" + std::string(parts[2]) + "/" + std::string(parts[3]);
}

Json contextOf(const ContextOrigin& origin, const ApiAccess& access) {
  Json context{{"user", origin.user.name}};
  if (!origin.clusterId.empty()) context["clusterId"] = origin.clusterId;
  if (!access.url.empty()) context["apiUrl"] = access.url;
  if (!access.token.empty()) context["apiToken"] = access.token;
  if (origin.runId == 0) return context;
  context["jobId"] = std::to_string(origin.jobId);
  context["runId"] = std::to_string(origin.runId);
  context["jobRunId"] = std::to_string(origin.jobRunId);
  context["taskKey"] = origin.taskKey;
  return context;
}

}  // namespace

std::string driverConfiguration(const std::string& base, const ContextSetup& setup, const ApiAccess& access) {
  Json all = core::parseJson(base).value_or(Json::object());
  all["user"] = setup.origin.user.name;
  all["context"] = contextOf(setup.origin, access);
  if (!setup.origin.notebook.empty()) all["notebook"] = setup.origin.notebook;
  if (!setup.cwd.empty()) all["cwd"] = setup.cwd;
  if (!setup.sysPath.empty()) all["sysPath"] = setup.sysPath;
  if (!setup.widgets.empty()) all["widgets"] = setup.widgets;
  return core::dumpJson(all);
}

ContextSetup notebookSetup(ContextOrigin origin, const std::string& notebook) {
  ContextSetup setup{.origin = std::move(origin)};
  setup.origin.notebook = notebook;
  setup.cwd = "/Workspace" + notebook.substr(0, notebook.rfind('/'));
  if (auto repo = repoOf(notebook); !repo.empty() && setup.cwd != "/Workspace" + repo)
    setup.sysPath.push_back("/Workspace" + repo);
  return setup;
}

}  // namespace trowel::emulator
