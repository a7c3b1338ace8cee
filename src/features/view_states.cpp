// SPDX-License-Identifier: Apache-2.0
#include "view_states.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/hash.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::features {

namespace {

constexpr std::size_t kMaxBytes = 1024UL * 1024;
constexpr std::size_t kNameLength = 16;  // hex digits of the path's hash: enough for every folder of one user

std::string nameOf(const std::string& project) { return project.empty() ? "" : core::pathToUri(project); }

ViewState readState(const core::Json& json) {
  ViewState state;
  state.name = core::stringAt(json, "name");
  for (const auto& [key, value] : core::objectAt(json, "filters").items())
    if (value.is_string()) state.filters[key] = value.get<std::string>();
  for (const auto& [host, ids] : core::objectAt(json, "favourites").items())
    if (ids.is_array())
      for (const auto& id : ids)
        if (id.is_string()) state.favourites[host].push_back(id.get<std::string>());
  return state;
}

}  // namespace

std::string ViewState::describeFilters() const {
  std::string text = name.empty() ? "" : "name: " + name;
  for (const auto& [key, value] : filters) text += (text.empty() ? "" : " · ") + key + ": " + value;
  return text;
}

std::string ViewStates::fileOf(const std::string& project) const {
  return folder_ + "/" + core::sha256(project).substr(0, kNameLength) + ".json";
}

ViewStates::Views ViewStates::read(const std::string& project) const {
  Views views;
  auto text = os::readFile(fileOf(project), kMaxBytes);
  if (!text) {
    if (text.error().code != core::ErrorCode::NotFound) core::logWarn("tree", core::describe(text.error()));
    return views;
  }
  auto json = core::parseJson(*text);
  if (!json || core::stringAt(*json, "project") != nameOf(project)) {
    core::logWarn("tree", "filters and favourites of a project cannot be read any more: " + fileOf(project));
    return views;
  }
  for (const auto& [view, state] : core::objectAt(*json, "views").items()) views[view] = readState(state);
  return views;
}

core::Result<void> ViewStates::write(const std::string& project, const Views& views) const {
  core::Json all = core::Json::object();
  for (const auto& [view, state] : views) {
    if (state == ViewState{}) continue;
    core::Json json = core::Json::object();
    if (!state.name.empty()) json["name"] = state.name;
    if (!state.filters.empty()) json["filters"] = state.filters;
    if (!state.favourites.empty()) json["favourites"] = state.favourites;
    all[view] = std::move(json);
  }
  if (all.empty()) return os::removeFile(fileOf(project));
  TROWEL_TRY(os::makePrivateDirs(folder_));
  core::Json json{{"project", nameOf(project)}, {"views", std::move(all)}};
  return os::replaceFile(fileOf(project), core::dumpJsonPretty(json) + "\n");
}

ViewState ViewStates::get(const std::string& project, std::string_view view) const {
  std::lock_guard lock(mutex_);
  auto it = known_.find(project);
  if (it == known_.end()) it = known_.emplace(project, read(project)).first;
  auto found = it->second.find(view);
  return found == it->second.end() ? ViewState{} : found->second;
}

core::Result<void> ViewStates::change(const std::string& project, std::string_view view,
                                      const std::function<void(ViewState&)>& change) {
  std::lock_guard lock(mutex_);
  // Another window may have written down something meanwhile.
  auto views = read(project);
  change(views[std::string(view)]);
  known_[project] = views;
  return write(project, views);
}

}  // namespace trowel::features
