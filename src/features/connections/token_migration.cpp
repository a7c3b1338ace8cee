// SPDX-License-Identifier: Apache-2.0
#include "token_migration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/hash.hpp"
#include "trowel/core/log.hpp"

namespace trowel::features {

namespace {

using auth::Attribute;
using connection::Offer;
using connection::SettingScope;
using core::Json;
using core::Result;

constexpr const char* kToken = "personalAccessToken";
constexpr int kWarning = 2;  // as window/showMessage counts
constexpr int kInfo = 3;

protocol::SettingScope toWire(SettingScope scope) {
  switch (scope) {
    case SettingScope::User:
      return protocol::SettingScope::User;
    case SettingScope::Workspace:
      return protocol::SettingScope::Workspace;
    case SettingScope::Folder:
      break;
  }
  return protocol::SettingScope::Folder;
}

const char* nameOf(SettingScope scope) {
  switch (scope) {
    case SettingScope::User:
      return "global";
    case SettingScope::Workspace:
      return "workspace";
    case SettingScope::Folder:
      break;
  }
  return "workspaceFolder";
}

// What the setting says without the token: the entry of the list, or nothing at all.
Result<Json> withoutToken(const Json& settings, const Offer& offer) {
  const auto& place = *offer.tokenInSettings;
  if (place.setting.ends_with(kToken)) return Json();
  auto list = core::arrayAt(core::objectAt(settings, place.setting.c_str()), nameOf(place.scope));
  bool there =
      place.index < list.size() && core::stringAt(list[place.index], kToken) == offer.config.get(Attribute::Token);
  if (!there) return core::fail(core::ErrorCode::Conflict, "The setting " + place.setting + " has just been changed.");
  list[place.index].erase(kToken);
  return list;
}

}  // namespace

Result<std::optional<connection::Kept>> TokenMigration::move(const Project& project, const Offer& offer,
                                                             const core::CancelToken& cancel) {
  const auto& place = *offer.tokenInSettings;
  const core::SecretString token(offer.config.get(Attribute::Token));
  auto value = TROWEL_TRY(withoutToken(session_.scopedSettings(project), offer));
  // An editor that has not noticed the change of its file goes on telling what stood there: that must not replace what
  // the user has stored since.
  const auto hash = core::sha256(offer.id + '\n' + token.reveal());
  std::optional<connection::Kept> kept;
  if (!done_.contains(hash)) {
    kept = TROWEL_TRY(secrets_.set({offer.id, offer.host}, token, cancel));
    // Memory ends with this window: the file is then the only lasting place, and not ours to empty.
    if (kept->rung == connection::Rung::Memory)
      return core::fail(core::ErrorCode::Unavailable, connection::describe(*kept));
  }
  protocol::SettingParams params{
      .key = place.setting, .value = std::move(value), .folder = {}, .scope = toWire(place.scope)};
  if (!project.uri.empty()) params.folder = project.uri;
  TROWEL_TRY(session_.editor().uiSetting(params, cancel, std::chrono::seconds(10)));
  done_.insert(hash);
  return kept;
}

std::set<std::string> TokenMigration::run(const Project& project, const core::CancelToken& cancel) {
  std::set<std::string> moved;
  if (!session_.trusted() || project.isSubfolder()) return moved;
  std::lock_guard oneAtATime(moving_);
  std::set<std::string> tried;
  // Each removal changes where the next one stands.
  while (!cancel.cancelled()) {
    auto all = offers_.of(project.path);
    auto it = std::ranges::find_if(all, [&](const Offer& offer) {
      return offer.tokenInSettings && !offer.host.empty() && offer.problem.empty() && !tried.contains(offer.id);
    });
    if (it == all.end()) break;
    tried.insert(it->id);
    if (auto done = move(project, *it, cancel)) {
      moved.insert(it->id);
      if (*done)
        session_.editor().lifecycleShowMessage(
            {kInfo, fmt::format("Moved the token of '{}' out of your settings, where everybody could read it. {}",
                                it->name, connection::describe(**done))});
      session_.pullSettings(cancel);
    } else if (!cancel.cancelled()) {
      complain(*it, done.error());
    }
  }
  return moved;
}

void TokenMigration::complain(const Offer& offer, const core::Error& error) {
  core::logWarn("connection", core::describe(error));
  // The change calls again.
  if (error.code == core::ErrorCode::Conflict || !told_.insert(offer.id).second) return;
  session_.editor().lifecycleShowMessage(
      {kWarning, fmt::format("The token of '{}' stands in your settings for everybody to read, and could not be "
                             "removed from {}. Remove it there yourself.",
                             offer.name, offer.tokenInSettings->setting)});
}

}  // namespace trowel::features
