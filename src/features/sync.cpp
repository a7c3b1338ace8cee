// SPDX-License-Identifier: Apache-2.0
#include "sync.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trowel/core/log.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

protocol::SyncState toWire(sync::SyncState state) {
  switch (state) {
    case sync::SyncState::Off:
      return protocol::SyncState::Off;
    case sync::SyncState::Syncing:
      return protocol::SyncState::Syncing;
    case sync::SyncState::Watching:
      return protocol::SyncState::Watching;
    case sync::SyncState::Held:
      return protocol::SyncState::Held;
    case sync::SyncState::Failed:
      break;
  }
  return protocol::SyncState::Failed;
}

protocol::SyncStatus toWire(const Project& project, const sync::SyncStatus& status) {
  protocol::SyncStatus wire;
  if (!project.uri.empty()) wire.folder = project.uri;
  wire.state = toWire(status.state);
  if (!status.destination.empty()) wire.destination = status.destination;
  wire.pending = static_cast<std::int64_t>(status.pending);
  wire.done = static_cast<std::int64_t>(status.done);
  for (const auto& problem : status.problems) wire.problems.push_back({problem.path, problem.message});
  if (!status.message.empty()) wire.message = status.message;
  return wire;
}

std::string defaultDestination(const Project& project, const connection::Connection& connection) {
  auto name = project.path.substr(project.path.rfind('/') + 1);
  return connection.me.homeFolder() + "/.trowel/" + name;
}

// The status as somebody reads it.
std::string sentence(const protocol::SyncStatus& status) {
  if (status.message) return *status.message;
  switch (status.state) {
    case protocol::SyncState::Off:
      return "Sync is off for this project.";
    case protocol::SyncState::Syncing:
      return fmt::format("Syncing: {} to go.", status.pending);
    case protocol::SyncState::Watching:
      return fmt::format("Everything is in {} ({} sent since the start).", status.destination.value_or("the workspace"),
                         status.done);
    case protocol::SyncState::Held:
      return "Another window or command syncs to this target.";
    case protocol::SyncState::Failed:
      break;
  }
  return "Sync has failed.";
}

}  // namespace

Sync::Running::~Running() { session.reset(); }

Result<std::shared_ptr<Sync::Running>> Sync::create(const Project& project, const connection::ConnectionPtr& connection,
                                                    const std::string& destination) {
  if (project.path.empty()) return core::fail(ErrorCode::InvalidParams, "Open a folder first: it is what is synced.");
  auto running = std::make_shared<Running>();
  running->connection = connection;
  running->destination = destination;
  // The connection it began with, and no other: what is chosen later may be another workspace.
  running->remote = std::make_unique<RemoteWorkspace>([connection](const core::CancelToken&) { return connection; });
  sync::SyncOptions options;
  options.host = connection->host;
  options.workspaceId = connection->me.workspaceId == 0 ? "" : std::to_string(connection->me.workspaceId);
  options.remoteRoot = destination.empty() ? defaultDestination(project, *connection) : destination;
  options.localRoot = project.path;
  options.stateDir = place_.stateFolder;
  options.holder = place_.holder;
  running->session = TROWEL_TRY(sync::SyncSession::create(
      std::move(options), *running->remote, session_.clock(),
      [this, project](const sync::SyncStatus& status) { session_.editor().syncChanged(toWire(project, status)); }));
  return running;
}

Result<std::shared_ptr<Sync::Running>> Sync::begin(const Project& project, const connection::ConnectionPtr& connection,
                                                   const std::string& destination, bool bySetting) {
  end(project);
  auto running = TROWEL_TRY(create(project, connection, destination));
  running->bySetting = bySetting;
  {
    std::lock_guard lock(mutex_);
    running_[project.path] = running;
  }
  running->session->start();
  return running;
}

std::shared_ptr<Sync::Running> Sync::find(const Project& project) const {
  std::lock_guard lock(mutex_);
  auto it = running_.find(project.path);
  return it == running_.end() ? nullptr : it->second;
}

std::shared_ptr<Sync::Running> Sync::end(const Project& project) {
  std::shared_ptr<Running> running;
  {
    std::lock_guard lock(mutex_);
    suspended_.erase(project.path);
    auto it = running_.find(project.path);
    if (it == running_.end()) return nullptr;
    running = std::move(it->second);
    running_.erase(it);
  }
  running->session->stop();
  return running;
}

bool Sync::stillWanted(const Project& project) {
  auto running = find(project);
  if (!running) return false;
  auto settings = session_.settings(project);
  // Another connection was chosen, or the same one is being made anew.
  bool connectionGone = running->connection->cancel.cancelled();
  bool settingGone = running->bySetting && (!settings.syncEnabled || settings.syncDestination != running->destination);
  if (!connectionGone && !settingGone) return true;
  end(project);
  if (!running->bySetting) {
    std::lock_guard lock(mutex_);
    suspended_[project.path] = running;
  }
  session_.editor().syncChanged(statusOf(project));
  return false;
}

void Sync::endClosedProjects() {
  std::vector<std::string> closed;
  auto projects = session_.projects();
  {
    std::lock_guard lock(mutex_);
    for (const auto& [path, running] : running_)
      if (std::ranges::find(projects, path, &Project::path) == projects.end()) closed.push_back(path);
  }
  for (const auto& path : closed) end(Project{.uri = {}, .path = path, .name = {}});
}

void Sync::stopAll() {
  std::map<std::string, std::shared_ptr<Running>> all;
  {
    std::lock_guard lock(mutex_);
    all.swap(running_);
  }
  for (auto& [path, running] : all) running->session->stop();
}

void Sync::follow() {
  std::lock_guard oneAtATime(following_);
  endClosedProjects();
  for (const auto& project : session_.projects()) {
    if (project.path.empty() || !session_.trusted()) continue;
    if (stillWanted(project)) continue;
    if (session_.connections().status(project.path).state != connection::State::Ready) continue;
    auto connection = session_.connection(project, session_.shutdown());
    if (!connection) continue;
    auto settings = session_.settings(project);
    bool wanted = settings.syncEnabled && place_.byItself;
    bool bySetting = true;
    auto destination = settings.syncDestination;
    {
      std::lock_guard lock(mutex_);
      auto suspended = suspended_.find(project.path);
      if (stopped_[project.path]) {
        wanted = false;
      } else if (suspended != suspended_.end() && suspended->second->connection->id == (*connection)->id &&
                 suspended->second->connection->host == (*connection)->host) {
        wanted = true;
        bySetting = false;
        destination = suspended->second->destination;
      }
    }
    if (!wanted) continue;
    if (auto begun = begin(project, *connection, destination, bySetting); !begun) {
      core::logError("sync", core::describe(begun.error()));
      protocol::SyncStatus failed;
      if (!project.uri.empty()) failed.folder = project.uri;
      failed.state = protocol::SyncState::Failed;
      failed.message = begun.error().message;
      session_.editor().syncChanged(failed);
    }
  }
}

protocol::SyncStatus Sync::statusOf(const Project& project) const {
  auto running = find(project);
  return toWire(project, running ? running->session->status() : sync::SyncStatus{});
}

Result<protocol::SyncStatus> Sync::start(const protocol::SyncStartParams& params, rpc::CallContext& call) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  auto connection = TROWEL_TRY(session_.connection(project, call.cancel));
  {
    std::lock_guard lock(mutex_);
    stopped_[project.path] = false;
  }
  auto destination = params.destination.value_or(session_.settings(project).syncDestination);
  TROWEL_TRY(begin(project, connection, destination, false));
  return statusOf(project);
}

Result<protocol::SyncStatus> Sync::run(const protocol::SyncStartParams& params, rpc::CallContext& call) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  auto connection = TROWEL_TRY(session_.connection(project, call.cancel));
  auto once =
      TROWEL_TRY(create(project, connection, params.destination.value_or(session_.settings(project).syncDestination)));
  return toWire(project, TROWEL_TRY(once->session->syncOnce(call.cancel)));
}

Result<protocol::SyncStatus> Sync::stop(const protocol::SyncStopParams& params, rpc::CallContext&) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  {
    std::lock_guard lock(mutex_);
    stopped_[project.path] = true;
  }
  end(project);
  auto status = statusOf(project);
  session_.editor().syncChanged(status);
  return status;
}

Result<protocol::SyncStatus> Sync::status(const protocol::SyncStatusParams& params, rpc::CallContext&) {
  return statusOf(TROWEL_TRY(session_.project(params.folder)));
}

Result<Json> Sync::start(protocol::CommandCall& call) {
  TROWEL_TRY(start(protocol::SyncStartParams{.folder = call.folder, .destination = {}}, call.context));
  return Json();
}

Result<Json> Sync::stop(protocol::CommandCall& call) {
  TROWEL_TRY(stop(protocol::SyncStopParams{.folder = call.folder}, call.context));
  return Json();
}

Result<Json> Sync::status(protocol::CommandCall& call) {
  auto status = statusOf(TROWEL_TRY(session_.project(call.folder)));
  if (status.problems.empty()) {
    TROWEL_TRY(session_.editor().uiConfirm(
        {.severity = protocol::Severity::Info, .message = sentence(status), .detail = {}, .modal = {}, .actions = {}},
        call.context.cancel));
    return Json();
  }
  std::string text = "# Sync\n\n" + sentence(status) + "\n\n## What did not arrive\n\n";
  for (const auto& problem : status.problems) text += fmt::format("- `{}`: {}\n", problem.path, problem.message);
  protocol::OpenDocumentParams document;
  document.content = std::move(text);
  document.language = "markdown";
  return session_.editor().uiOpenDocument(document, call.context.cancel);
}

}  // namespace trowel::features
