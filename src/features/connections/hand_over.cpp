// SPDX-License-Identifier: Apache-2.0
#include "hand_over.hpp"

#include <algorithm>

#include "trowel/core/log.hpp"

namespace trowel::features {

using core::Result;

namespace {

constexpr int kWarning = 2;  // as window/showMessage counts

}  // namespace

Result<HandOver::Variables> HandOver::serve(const Project& project, const connection::Connection& connection,
                                            const core::CancelToken& cancel) {
  // What it has made way for serves already, perhaps.
  if (connection.cancel.cancelled()) return std::unexpected(connection.cancel.error("Handing tokens to tools"));
  std::shared_ptr<connection::MetadataService> service;
  {
    std::lock_guard lock(mutex_);
    auto it = serving_.find(project.path);
    if (it != serving_.end() && it->second.generation == connection.generation) service = it->second.service;
  }
  if (!service) {
    // The one before holds the address; it must go first.
    forget(project.path);
    service = TROWEL_TRY(connection::MetadataService::start(
        {.identity = {project.path, connection.id, connection.host, connection.me.userName},
         .credentials = connection.credentials,
         .stateFolder = stateFolder_,
         .holder = holder_,
         .clock = session_.clock(),
         .say = [this](const std::string& sentence) { session_.editor().lifecycleShowMessage({kWarning, sentence}); }},
        cancel));
    std::lock_guard lock(mutex_);
    // What has ended meanwhile must not come back behind what follows it.
    if (connection.cancel.cancelled()) return std::unexpected(connection.cancel.error("Handing tokens to tools"));
    serving_[project.path] = {connection.generation, connection.id, connection.cancel, service};
  }
  connection::ToolTarget target{.host = connection.host, .metadataUrl = TROWEL_TRY(service->url())};
  if (connection.me.workspaceId != 0) target.workspaceId = std::to_string(connection.me.workspaceId);
  target.clusterId = session_.cluster(project);
  target.warehouseId = session_.warehouse(project);
  return connection::toolEnvironment(target);
}

Result<HandOver::Variables> HandOver::variables(const Project& project, const core::CancelToken& cancel) {
  auto connection = TROWEL_TRY(session_.connection(project, cancel));
  std::lock_guard oneAtATime(oneAtATime_);
  return serve(project, *connection, cancel);
}

void HandOver::follow(const Project& project, const core::CancelToken& cancel) {
  if (project.isSubfolder()) return;  // the editor knows terminals of its own folders only
  const auto status = session_.connections().status(project.path);
  const bool isReady = status.state == connection::State::Ready;
  auto connection = isReady ? session_.connection(project, cancel) : Result<connection::ConnectionPtr>(nullptr);
  // In turn, so that the editor hears last what is so last. Of what has changed meanwhile another call tells.
  std::lock_guard oneAtATime(oneAtATime_);
  const auto now = session_.connections().status(project.path);
  if (now.state != status.state || now.id != status.id) return;
  const bool wanted = session_.settings(project).terminalSignIn;
  {
    std::lock_guard lock(mutex_);
    if (!wanted && !serving_.contains(project.path)) return;
  }
  protocol::ConnectionEnvironment wire;
  if (!project.uri.empty()) wire.folder = project.uri;
  if (isReady) {
    auto variables =
        connection ? serve(project, **connection, cancel) : Result<Variables>(std::unexpected(connection.error()));
    if (connection && (*connection)->cancel.cancelled()) return;
    if (!variables) core::logWarn("connection", core::describe(variables.error()));
    if (variables && wanted)
      for (auto& [name, value] : *variables) wire.variables.push_back({std::move(name), std::move(value)});
  } else {
    forgetEnded(project.path, status);
  }
  session_.editor().connectionEnvironment(wire);
}

// One that is being made anew, or whose host is away, keeps its address; another one does not get it.
void HandOver::forgetEnded(const std::string& folder, const connection::Status& status) {
  bool over = false;
  {
    std::lock_guard lock(mutex_);
    auto it = serving_.find(folder);
    if (it == serving_.end()) return;
    bool remade = status.state == connection::State::Connecting || status.state == connection::State::Offline;
    over = status.id != it->second.connection || (it->second.ended.cancelled() && !remade);
  }
  if (over) forget(folder);
}

void HandOver::forgetOthers() {
  std::vector<std::string> gone;
  const auto projects = session_.projects();
  {
    std::lock_guard lock(mutex_);
    for (const auto& [folder, serving] : serving_)
      if (std::ranges::find(projects, folder, &Project::path) == projects.end()) gone.push_back(folder);
  }
  for (const auto& folder : gone) forget(folder);
}

void HandOver::forget(const std::string& folder) {
  std::shared_ptr<connection::MetadataService> ended;
  std::lock_guard lock(mutex_);
  if (auto it = serving_.find(folder); it != serving_.end()) {
    ended = std::move(it->second.service);
    serving_.erase(it);
  }
}

}  // namespace trowel::features
