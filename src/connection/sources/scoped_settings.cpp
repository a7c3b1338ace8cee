// SPDX-License-Identifier: Apache-2.0
#include "connection/sources/scoped_settings.hpp"

#include <nlohmann/json.hpp>

namespace trowel::connection {

std::string_view toString(SettingScope scope) {
  switch (scope) {
    case SettingScope::Workspace:
      return "workspace";
    case SettingScope::Folder:
      return "folder";
    case SettingScope::User:
      break;
  }
  return "user";
}

std::vector<ScopedValue> ScopedSettings::values(const std::string& name) const {
  std::vector<ScopedValue> found;
  const auto& scopes = core::objectAt(byName_, name.c_str());
  auto add = [&](SettingScope scope, const char* key) {
    auto it = scopes.find(key);
    if (it != scopes.end() && !it->is_null()) found.push_back({scope, &*it});
  };
  add(SettingScope::User, "global");
  add(SettingScope::Workspace, "workspace");
  add(SettingScope::Folder, "workspaceFolder");
  return found;
}

std::string ScopedSettings::text(const std::string& name) const {
  std::string text;
  for (const auto& each : values(name))
    if (each.value->is_string()) text = each.value->get<std::string>();
  return text;
}

}  // namespace trowel::connection
