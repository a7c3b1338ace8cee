// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/http/origin.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using connection::Source;
using connection::State;
using core::ErrorCode;
using core::Json;
using core::Result;

protocol::ConnectionSource toWire(Source source) {
  switch (source) {
    case Source::Profile:
      return protocol::ConnectionSource::Profile;
    case Source::Demo:
      return protocol::ConnectionSource::Demo;
    default:
      return protocol::ConnectionSource::Settings;
  }
}

protocol::ConnectionState toWire(State state) {
  switch (state) {
    case State::None:
      return protocol::ConnectionState::None;
    case State::Connecting:
      return protocol::ConnectionState::Connecting;
    case State::Ready:
      return protocol::ConnectionState::Ready;
    case State::Failed:
      break;
  }
  return protocol::ConnectionState::Failed;
}

constexpr core::Duration kFirstRetry = std::chrono::seconds(2);
constexpr core::Duration kLongestRetry = std::chrono::seconds(60);

// May be over by itself: the network is away, the workspace restarts.
bool isPassing(ErrorCode code) {
  return code == ErrorCode::Unavailable || code == ErrorCode::DeadlineExceeded || code == ErrorCode::RateLimited;
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
  if (status.state == State::Failed) wire.message = core::redact(status.error.message);
  return wire;
}

Result<protocol::ConnectionListResult> Connection::list(const protocol::ConnectionListParams& params,
                                                        rpc::CallContext&) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  auto status = session_.connections().status(project.path);
  protocol::ConnectionListResult result;
  for (const auto& offer : TROWEL_TRY(session_.connections().offers(session_.settings(project).connections))) {
    protocol::ConnectionInfo info;
    info.id = offer.id;
    info.name = offer.name;
    info.source = toWire(offer.source);
    info.active = offer.id == status.id && status.state != State::None;
    info.host = unlessEmpty(info.active ? status.host : offer.host);
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

Result<Json> Connection::choose(const Project& project, const std::string& id, rpc::CallContext& call) {
  if (!id.empty() && !session_.trusted())
    return core::fail(
        ErrorCode::Untrusted,
        "This folder is not trusted, so Trowel does not connect for it. Trust it with 'Workspaces: Manage "
        "Workspace Trust'.");
  call.progress.report("Connecting", id.empty() ? "disconnecting" : id);
  auto connected = session_.connections().select(project.path, id, session_.settings(project).connections, call.cancel);
  if (!connected) return std::unexpected(connected.error());
  protocol::SettingParams setting{"trowel.connection", id.empty() ? Json() : Json(id), unlessEmpty(project.uri)};
  auto remembered = session_.editor().uiSetting(setting, call.cancel, std::chrono::seconds(10));
  if (!remembered) core::logWarn("connection", "the choice is not remembered: " + core::describe(remembered.error()));
  return Json();
}

Result<Json> Connection::select(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session_.project(call.folder));
  // A row of another view that tells of a failure leads here too; its id names no connection.
  if (call.target.node && call.target.view == protocol::view::kConnections)
    return choose(project, *call.target.node, call.context);
  protocol::PickParams pick;
  pick.title = "Connection of " + (project.name.empty() ? "this window" : project.name);
  pick.placeholder = "Choose the workspace to talk to";
  auto status = session_.connections().status(project.path);
  for (const auto& offer : TROWEL_TRY(session_.connections().offers(session_.settings(project).connections))) {
    protocol::PickItem item;
    item.id = offer.id;
    item.label = offer.name;
    item.description = offer.id == status.id ? "connected" : "";
    item.detail = !offer.problem.empty() ? offer.problem
                  : offer.host.empty()   ? "A local workspace to try things in; needs no account"
                                         : offer.host;
    item.icon = !offer.problem.empty() ? "warning" : offer.source == Source::Demo ? "beaker" : "plug";
    pick.items.push_back(std::move(item));
  }
  auto chosen = TROWEL_TRY(session_.editor().uiPick(pick, call.context.cancel));
  if (!chosen.ids || chosen.ids->empty()) return Json();
  return choose(project, chosen.ids->front(), call.context);
}

Result<Json> Connection::add(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session_.project(call.folder));
  auto& editor = session_.editor();
  const auto& cancel = call.context.cancel;
  auto host = TROWEL_TRY(editor.uiInput({.title = "Add Connection (1/3): Host",
                                         .prompt = "Address of the workspace, as in your browser",
                                         .placeholder = "https://adb-1234567890123456.7.azuredatabricks.net",
                                         .value = {},
                                         .masked = {}},
                                        cancel));
  if (!host.value || host.value->empty()) return Json();
  auto origin = TROWEL_TRY(http::parseOrigin(*host.value));
  auto name = TROWEL_TRY(editor.uiInput({.title = "Add Connection (2/3): Name",
                                         .prompt = "A name for this connection",
                                         .placeholder = {},
                                         .value = origin.host,
                                         .masked = {}},
                                        cancel));
  if (!name.value || name.value->empty()) return Json();
  auto token =
      TROWEL_TRY(editor.uiInput({.title = "Add Connection (3/3): Token",
                                 .prompt = "A personal access token; it is kept in the editor's secret storage",
                                 .placeholder = {},
                                 .value = {},
                                 .masked = true},
                                cancel));
  if (!token.value || token.value->empty()) return Json();
  TROWEL_TRY(editor.uiSecretStore({secretKey(*name.value), *token.value}, cancel));
  core::wipe(*token.value);

  auto connections = session_.settings(project).connections;
  if (!connections.is_array()) connections = Json::array();
  Json kept = Json::array();
  for (const auto& each : connections)
    if (core::stringAt(each, "name") != *name.value) kept.push_back(each);
  kept.push_back({{"name", *name.value}, {"host", origin.text()}});
  TROWEL_TRY(editor.uiSetting({"trowel.connections", kept, {}}, cancel));
  session_.pullSettings(cancel);
  return choose(project, "settings:" + *name.value, call.context);
}

Result<Json> Connection::demo(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session_.project(call.folder));
  return choose(project, "demo", call.context);
}

Result<Json> Connection::disconnect(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session_.project(call.folder));
  return choose(project, "", call.context);
}

void Connection::followSettings() {
  if (!session_.trusted()) return;
  for (const auto& project : session_.projects()) {
    auto settings = session_.settings(project);
    bool first = false;
    {
      // The setting may lag behind a choice that is just being written to it: only a change counts.
      std::lock_guard lock(mutex_);
      auto [seen, isNew] = followed_.try_emplace(project.path, "");
      first = isNew;
      bool changed = std::exchange(seen->second, settings.connection) != settings.connection;
      if (!first && (!changed || settings.connection == session_.connections().status(project.path).id)) continue;
    }
    session_.background([this, project, settings, first](const core::CancelToken& cancel) {
      auto& connections = session_.connections();
      if (first) {
        connections.selectExpected(project.path, settings.connection, settings.connections, cancel);
      } else {
        // A failure is kept with the status, and shown there.
        static_cast<void>(connections.select(project.path, settings.connection, settings.connections, cancel));
      }
    });
  }
}

void Connection::forget(const std::string& folder) {
  {
    std::lock_guard lock(mutex_);
    followed_.erase(folder);
  }
  session_.connections().forget(folder);
}

void Connection::announce(const std::string& folder) {
  for (const auto& project : session_.projects()) {
    if (project.path != folder) continue;
    session_.editor().connectionChanged(statusOf(project));
    auto status = session_.connections().status(folder);
    if (status.state != State::Failed || !isPassing(status.error.code)) continue;
    {
      std::lock_guard lock(mutex_);
      if (!retried_.insert(folder).second) continue;
    }
    retryLater(project, 0);
  }
}

// Quiet: nothing is shown until it works.
void Connection::retryLater(const Project& project, int number) {
  auto delay = std::min<core::Duration>(kFirstRetry * (1 << std::min(number, 5)), kLongestRetry);
  session_.timer().after(delay, [this, project, number] {
    session_.background([this, project, number](const core::CancelToken& cancel) {
      if (!session_.connections().retry(project.path, session_.settings(project).connections, cancel))
        return retryLater(project, number + 1);
      std::lock_guard lock(mutex_);
      retried_.erase(project.path);
    });
  });
}

}  // namespace trowel::features
