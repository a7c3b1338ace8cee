// SPDX-License-Identifier: Apache-2.0
#include "token_migration.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

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
Json withoutToken(const Json& settings, const connection::TokenInSettings& place) {
  if (place.setting.ends_with(kToken)) return {};
  auto list = core::arrayAt(core::objectAt(settings, place.setting.c_str()), nameOf(place.scope));
  if (place.index < list.size() && list[place.index].is_object()) list[place.index].erase(kToken);
  return list;
}

}  // namespace

Result<connection::Kept> TokenMigration::move(const Project& project, const Offer& offer,
                                              const core::CancelToken& cancel) {
  const auto& place = *offer.tokenInSettings;
  const core::SecretString token(offer.config.get(Attribute::Token));
  auto kept = TROWEL_TRY(secrets_.set({offer.id, offer.host}, token, cancel));
  // Memory ends with this window: the file is then the only lasting place, and not ours to empty.
  if (kept.rung == connection::Rung::Memory)
    return core::fail(core::ErrorCode::Unavailable, connection::describe(kept));
  protocol::SettingParams params{.key = place.setting,
                                 .value = withoutToken(session_.scopedSettings(project), place),
                                 .folder = {},
                                 .scope = toWire(place.scope)};
  if (!project.uri.empty()) params.folder = project.uri;
  TROWEL_TRY(session_.editor().uiSetting(params, cancel, std::chrono::seconds(10)));
  return kept;
}

void TokenMigration::run(const Project& project, const core::CancelToken& cancel) {
  if (!session_.trusted() || project.isSubfolder()) return;
  auto all = offers_.of(project.path);
  if (!all) return;
  for (const auto& offer : *all) {
    if (!offer.tokenInSettings || offer.host.empty() || !offer.problem.empty()) continue;
    auto moved = move(project, offer, cancel);
    if (moved) {
      session_.editor().lifecycleShowMessage(
          {kInfo, fmt::format("Moved the token of '{}' out of your settings, where everybody could read it. {}",
                              offer.name, connection::describe(*moved))});
      return session_.pullSettings(cancel);
    }
    core::logWarn("connection", core::describe(moved.error()));
    {
      std::lock_guard lock(mutex_);
      if (!told_.insert(offer.id).second) continue;
    }
    session_.editor().lifecycleShowMessage(
        {kWarning, fmt::format("The token of '{}' stands in your settings for everybody to read, and could not be "
                               "removed from {}. Remove it there yourself.",
                               offer.name, offer.tokenInSettings->setting)});
  }
}

}  // namespace trowel::features
