// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/context_setup.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

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
  if (!setup.origin.user.groups.empty()) all["groups"] = setup.origin.user.groups;
  all["context"] = contextOf(setup.origin, access);
  if (auto cluster = core::parseJson(setup.cluster)) all["cluster"] = std::move(*cluster);
  if (!setup.origin.notebook.empty()) all["notebook"] = setup.origin.notebook;
  if (!setup.cwd.empty()) all["cwd"] = setup.cwd;
  if (!setup.sysPath.empty()) all["sysPath"] = setup.sysPath;
  if (!setup.widgets.empty()) all["widgets"] = setup.widgets;
  return core::dumpJson(all);
}

ContextSetup notebookSetup(ContextOrigin origin, const std::string& notebook, const std::string& gitFolder) {
  ContextSetup setup{.origin = std::move(origin)};
  setup.origin.notebook = notebook;
  setup.cwd = "/Workspace" + notebook.substr(0, notebook.rfind('/'));
  if (!gitFolder.empty() && setup.cwd != "/Workspace" + gitFolder) setup.sysPath.push_back("/Workspace" + gitFolder);
  return setup;
}

}  // namespace trowel::emulator
