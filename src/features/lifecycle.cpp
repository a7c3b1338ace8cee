// SPDX-License-Identifier: Apache-2.0
#include "lifecycle.hpp"

#include <algorithm>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/core/version.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

// Folders that are no files of this machine (virtual workspaces) are left out: nothing of theirs can be synced.
std::vector<Project> toProjects(const std::vector<protocol::WorkspaceFolder>& folders) {
  std::vector<Project> projects;
  for (const auto& folder : folders) {
    auto path = core::uriToPath(folder.uri);
    if (path) projects.push_back({folder.uri, *path, folder.name});
  }
  return projects;
}

}  // namespace

Result<protocol::InitializeResult> Lifecycle::initialize(const protocol::InitializeParams& params, rpc::CallContext&) {
  auto options = params.initializationOptions.value_or(protocol::InitializationOptions{});
  if (options.protocolHash && *options.protocolHash != protocol::kProtocolHash)
    return core::fail(ErrorCode::InvalidRequest,
                      "The Trowel extension (" + options.shimVersion.value_or("unknown version") +
                          ") and its daemon (" + std::string(core::kVersion) +
                          ") were built from different protocols. Reinstall the extension, or clear the setting "
                          "trowel.daemon.path if it names another daemon.");
  std::vector<Project> projects;
  if (params.workspaceFolders) {
    for (auto& project : toProjects(*params.workspaceFolders))
      if (std::ranges::find(projects, project.path, &Project::path) == projects.end())
        projects.push_back(std::move(project));
  } else if (params.rootUri) {
    projects = toProjects({{*params.rootUri, "project"}});
  }
  session_.setFolders(std::move(projects));
  session_.setTrusted(options.trusted.value_or(true));
  if (params.processId) hooks_.watchParent(*params.processId);

  protocol::InitializeResult result;
  Json commands = Json::array();
  for (auto id : protocol::command::kAll) commands.push_back(id);
  result.capabilities = {{"executeCommandProvider", {{"commands", std::move(commands)}}},
                         {"workspace", {{"workspaceFolders", {{"supported", true}, {"changeNotifications", true}}}}}};
  result.serverInfo = {"trowel", std::string(core::kVersion), std::string(protocol::kProtocolHash)};
  return result;
}

Result<Json> Lifecycle::shutdown(rpc::CallContext&) { return Json(); }

Result<Json> Lifecycle::executeCommand(const protocol::ExecuteCommandParams& params, rpc::CallContext& call) {
  const auto* run = commands_.find(params.command);
  if (run == nullptr) return core::fail(ErrorCode::InvalidParams, "Trowel has no command '" + params.command + "'.");
  protocol::CommandCall command{{}, params.folder, call};
  for (const auto& argument : params.arguments.value_or(std::vector<Json>{}))
    if (argument.is_object())
      command.targets.push_back(TROWEL_TRY(protocol::decode<protocol::CommandTarget>(argument)));
  if (!command.targets.empty()) {
    auto project = TROWEL_TRY(session_.project(params.folder));
    TROWEL_TRY(session_.checkGeneration(project, command.targets, call.cancel));
  }
  auto done = (*run)(command);
  // What the user dismissed is no failure.
  if (!done && done.error().code == ErrorCode::Cancelled && !call.cancel.cancelled()) return Json();
  return done;
}

// Requests that come with this notification already wait for the connection instead of missing it.
void Lifecycle::initialized(const protocol::InitializedParams&) {
  constexpr int kWarning = 2;
  if (!hooks_.notice.empty()) session_.editor().lifecycleShowMessage({kWarning, std::exchange(hooks_.notice, {})});
  refresh();
}

void Lifecycle::didChangeConfiguration(const protocol::DidChangeConfigurationParams&) { refresh(); }

void Lifecycle::didChangeWorkspaceFolders(const protocol::DidChangeWorkspaceFoldersParams& params) {
  auto projects = session_.folders();
  std::erase_if(projects, [&](const Project& project) {
    return project.uri.empty() || std::ranges::find(params.event.removed, project.uri,
                                                    &protocol::WorkspaceFolder::uri) != params.event.removed.end();
  });
  for (const auto& gone : toProjects(params.event.removed))
    for (const auto& project : session_.projects())
      if (project.path == gone.path || project.parent == gone.path) hooks_.projectClosed(project.path);
  for (auto& added : toProjects(params.event.added))
    if (std::ranges::find(projects, added.path, &Project::path) == projects.end()) projects.push_back(std::move(added));
  session_.setFolders(std::move(projects));
  refresh();
}

void Lifecycle::workspaceTrusted(const protocol::WorkspaceTrustedParams&) {
  session_.setTrusted(true);
  refresh();
}

void Lifecycle::refresh() {
  if (session_.trusted())
    for (const auto& project : session_.projects()) session_.connections().expect(project.path);
  // One that has not begun yet sees what has changed now as well.
  if (refreshing_.exchange(true)) return;
  bool waits = session_.background([this](const core::CancelToken& cancel) {
    refreshing_ = false;
    session_.pullSettings(cancel);
    hooks_.projectsChanged();
  });
  if (!waits) refreshing_ = false;
}

}  // namespace trowel::features
