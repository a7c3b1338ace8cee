// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <algorithm>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using connection::Source;
using connection::State;
using core::ErrorCode;
using core::Result;

protocol::ConnectionSource toWire(Source source) {
  switch (source) {
    case Source::Settings:
      return protocol::ConnectionSource::Settings;
    case Source::Profile:
      return protocol::ConnectionSource::Profile;
    case Source::Azure:
      return protocol::ConnectionSource::Azure;
    case Source::Project:
      return protocol::ConnectionSource::Project;
    case Source::Environment:
      return protocol::ConnectionSource::Environment;
    case Source::Demo:
      break;
  }
  return protocol::ConnectionSource::Demo;
}

protocol::ConnectionState toWire(State state) {
  switch (state) {
    case State::None:
      return protocol::ConnectionState::None;
    case State::Connecting:
      return protocol::ConnectionState::Connecting;
    case State::Ready:
      return protocol::ConnectionState::Ready;
    case State::Offline:
      return protocol::ConnectionState::Offline;
    case State::SignIn:
      return protocol::ConnectionState::SignIn;
    case State::Failed:
      break;
  }
  return protocol::ConnectionState::Failed;
}

std::optional<std::string> unlessEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

protocol::ConnectionStatus Connection::statusOf(const Project& project) const {
  auto status = session_.connections().status(project.path);
  protocol::ConnectionStatus wire;
  wire.folder = unlessEmpty(project.uri);
  wire.state = toWire(status.state);
  // Somebody may have pasted a token where a name belongs.
  wire.id = unlessEmpty(core::redact(status.id));
  wire.name = unlessEmpty(core::redact(status.name));
  wire.host = unlessEmpty(status.host);
  wire.user = unlessEmpty(status.user);
  wire.authType = unlessEmpty(status.authType);
  wire.cloud = unlessEmpty(status.cloud);
  if (status.workspaceId != 0) wire.workspaceId = std::to_string(status.workspaceId);
  wire.message = unlessEmpty(core::redact(status.error.message));
  if (status.slowedDownUntil) wire.message = slowedDown(*status.slowedDownUntil);
  return wire;
}

Result<protocol::ConnectionListResult> Connection::list(const protocol::ConnectionListParams& params,
                                                        rpc::CallContext& call) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  auto status = session_.connections().status(project.path);
  protocol::ConnectionListResult result;
  for (const auto& offer : TROWEL_TRY(session_.connections().offers(project.path, call.cancel))) {
    protocol::ConnectionInfo info;
    info.id = offer.id;
    info.name = offer.name;
    info.source = toWire(offer.source);
    info.active = offer.id == status.id && status.state != State::None;
    info.host = unlessEmpty(info.active && !status.host.empty() ? status.host : offer.host);
    if (offer.cloud) info.cloud = std::string(toString(*offer.cloud));
    info.problem = unlessEmpty(offer.problem);
    result.connections.push_back(std::move(info));
  }
  return result;
}

Result<protocol::ConnectionStatus> Connection::select(const protocol::ConnectionSelectParams& params,
                                                      rpc::CallContext& call) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  TROWEL_TRY(choose(project, params.id, call));
  return statusOf(project);
}

Result<protocol::ConnectionStatus> Connection::status(const protocol::ConnectionStatusParams& params,
                                                      rpc::CallContext& call) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  // Whoever asks wants to know how it ends.
  if (session_.connections().status(project.path).state == State::Connecting)
    static_cast<void>(session_.connections().require(project.path, call.cancel));
  return statusOf(project);
}

Result<void> Connection::choose(const Project& project, const std::string& id, rpc::CallContext& call) {
  if (!id.empty() && !session_.trusted())
    return core::fail(
        ErrorCode::Untrusted,
        "This folder is not trusted, so Trowel does not connect for it. Trust it with 'Workspaces: Manage "
        "Workspace Trust'.");
  // Only what there is can be chosen: whoever calls may have pasted anything.
  if (!id.empty()) {
    auto offers = TROWEL_TRY(session_.connections().offers(project.path, call.cancel));
    auto chosen = std::ranges::find(offers, id, &connection::Offer::id);
    if (chosen == offers.end())
      return core::fail(ErrorCode::NotConfigured, "There is no connection '" + core::redact(id) +
                                                      "'. Choose another with 'Trowel: Select Connection…'.");
    call.progress.report("Connecting", core::redact(chosen->name));
  }
  {
    std::lock_guard lock(mutex_);
    session_.choose(project, Session::Choice::Connection, id);
    followed_[project.path] = id;
  }
  // Kept whether it works or not: what needs a sign-in or a network is chosen all the same.
  auto kept = session_.keepChoice(project, Session::Choice::Connection);
  if (!kept) core::logWarn("connection", "the choice is not remembered: " + core::describe(kept.error()));
  Session::UserWaits waits(session_);
  TROWEL_TRY(session_.connections().select(project.path, id, call.cancel));
  return {};
}

void Connection::follow(connection::Change change) {
  if (!session_.trusted()) return;
  const auto projects = session_.projects();
  forgetOthers(projects);
  for (const auto& project : projects) {
    std::string wanted;
    bool first = false;
    bool same = false;
    {
      std::lock_guard lock(mutex_);
      wanted = session_.settings(project).connection;
      auto [seen, isNew] = followed_.try_emplace(project.path, "");
      first = isNew;
      same = std::exchange(seen->second, wanted) == wanted;
    }
    session_.background([this, project, wanted, first, same, change](const core::CancelToken& cancel) {
      auto& connections = session_.connections();
      if (first) return connections.selectExpected(project.path, wanted, cancel);
      if (same) return connections.reconsider(project.path, change, cancel);
      {
        // The user may have chosen since.
        std::lock_guard lock(mutex_);
        if (followed_[project.path] != wanted) return;
      }
      // A failure is kept with the status, and shown there.
      static_cast<void>(connections.select(project.path, wanted, cancel));
    });
  }
}

// Sub-folders that are no projects any more; the editor tells of its own folders only.
void Connection::forgetOthers(const std::vector<Project>& projects) {
  std::vector<std::string> gone;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [folder, choice] : followed_)
      if (std::ranges::find(projects, folder, &Project::path) == projects.end()) gone.push_back(folder);
  }
  for (const auto& folder : gone) forget(folder);
}

void Connection::forget(const std::string& folder) {
  {
    std::lock_guard lock(mutex_);
    followed_.erase(folder);
  }
  session_.connections().forget(folder);
}

void Connection::announce(const std::string& folder) {
  for (const auto& project : session_.projects())
    if (project.path == folder) session_.editor().connectionChanged(statusOf(project));
}

}  // namespace trowel::features
