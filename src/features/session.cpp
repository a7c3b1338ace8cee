// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Json;
using core::Result;

namespace {

constexpr auto kSettingsTimeout = std::chrono::seconds(5);

// Settings of Power Tools and of the editor's Microsoft account, read but never contributed by us, and our own that
// have a twin there.
constexpr std::array<std::string_view, 17> kScopedSettings = {"trowel.connections",
                                                              "trowel.connectionManager",
                                                              "databricks.connectionManager",
                                                              "databricks.connections",
                                                              "databricks.connection.default.displayName",
                                                              "databricks.connection.default.apiRootUrl",
                                                              "databricks.connection.default.personalAccessToken",
                                                              "databricks.connection.default.personalAccessTokenSecure",
                                                              "databricks.connection.default.localSyncFolder",
                                                              "databricks.connection.default.localSyncSubfolders",
                                                              "databricks.connection.default.exportFormats",
                                                              "databricks.sensitiveValueStore",
                                                              "databricks.azure.tenantId",
                                                              "databricks.azure.subscriptionIds",
                                                              "databricks.azure.workspaces",
                                                              "databricks.workspace.root",
                                                              "microsoft-sovereign-cloud.environment"};

}  // namespace

bool Session::background(std::function<void(const core::CancelToken&)> work) {
  core::Job job = [work = std::move(work), token = parts_.shutdown] {
    if (!token.cancelled()) work(token);
  };
  if (parts_.background.submit(job)) return true;
  core::logWarn("features", "background work was dropped: too much waits");
  return false;
}

std::vector<Project> Session::projects() const {
  std::lock_guard lock(mutex_);
  return projects_.empty() ? std::vector<Project>{Project{}} : projects_;
}

std::vector<Project> Session::folders() const {
  std::lock_guard lock(mutex_);
  return folders_.empty() ? std::vector<Project>{Project{}} : folders_;
}

void Session::setFolders(std::vector<Project> folders) {
  std::lock_guard lock(mutex_);
  folders_ = std::move(folders);
  auto before = std::exchange(projects_, folders_);
  for (auto& project : before) {
    bool kept = project.isSubfolder() && std::ranges::find(folders_, project.parent, &Project::path) != folders_.end();
    if (kept) projects_.push_back(std::move(project));
  }
}

Result<Project> Session::project(const std::optional<std::string>& uri) const {
  auto all = projects();
  if (!uri || uri->empty()) return all.front();
  auto path = TROWEL_TRY(core::uriToPath(*uri));
  auto it = std::ranges::find(all, path, &Project::path);
  if (it == all.end())
    return core::fail(ErrorCode::InvalidParams, "The folder " + path + " is not open in the editor.");
  return *it;
}

protocol::Settings Session::settings(const Project& project) const {
  protocol::Settings settings;
  std::lock_guard lock(mutex_);
  if (auto it = settings_.find(project.path); it != settings_.end()) settings = it->second;
  // A sub-folder shares the settings of the folder around it, but two projects must not sync to one destination.
  if (project.isSubfolder()) {
    settings.syncEnabled = false;
    settings.syncDestination.clear();
  }
  const auto& choice = choiceOf(project.path);
  const bool isGiven = !parts_.connection.empty() && !project.isSubfolder();
  settings.connection = isGiven ? parts_.connection : choice.connection.against(settings.connection);
  settings.warehouse = choice.warehouse.against(settings.warehouse);
  return settings;
}

Json Session::scopedSettings(const Project& project) const {
  std::lock_guard lock(mutex_);
  auto it = scoped_.find(project.path);
  if (it == scoped_.end()) return Json::object();
  if (trusted()) return it->second;
  // The editor holds back only what we contribute ourselves.
  auto settings = it->second;
  for (auto& scopes : settings) {
    scopes.erase("workspace");
    scopes.erase("workspaceFolder");
  }
  return settings;
}

std::string Session::workspaceRoot(const Project& project) const {
  if (auto root = settings(project).workspaceRoot; !root.empty()) return root;
  const auto all = scopedSettings(project);
  const auto& scopes = core::objectAt(all, "databricks.workspace.root");
  for (const auto* scope : {"workspaceFolder", "workspace", "global"})
    if (auto root = core::stringAt(scopes, scope); !root.empty()) return root;
  return {};
}

Json Session::httpSettings() const {
  std::lock_guard lock(mutex_);
  return http_ ? *http_ : Json();
}

void Session::pullSettings(const core::CancelToken& cancel) {
  std::vector<Project> all;
  std::uint64_t pull = 0;
  {
    std::lock_guard lock(mutex_);
    all = folders_.empty() ? std::vector<Project>{Project{}} : folders_;
    pull = ++pulls_;
  }
  protocol::ConfigurationParams ask;
  for (const auto& project : all) {
    protocol::ConfigurationItem item{.scopeUri = {}, .section = "trowel"};
    if (!project.uri.empty()) item.scopeUri = project.uri;
    ask.items.push_back(std::move(item));
  }
  ask.items.push_back({.scopeUri = {}, .section = "http"});
  auto answer = parts_.editor.lifecycleConfiguration(ask, cancel, kSettingsTimeout);
  if (!answer) {
    core::logWarn("features", "settings stay as they are: " + core::describe(answer.error()));
    return;
  }
  std::vector<Project> projects;
  std::map<std::string, protocol::Settings> bySettings;
  std::map<std::string, Json> byScopes;
  for (std::size_t i = 0; i < std::min(all.size(), answer->size()); ++i) {
    auto settings = protocol::Settings::from((*answer)[i]);
    auto scopes = pullScopes(all[i], settings, cancel);
    for (auto& project : withSubfolders(all[i], settings)) {
      // A sub-folder that is open by itself as well is that folder.
      if (project.isSubfolder() && std::ranges::find(all, project.path, &Project::path) != all.end()) continue;
      if (!bySettings.emplace(project.path, settings).second) continue;
      byScopes[project.path] = scopes;
      projects.push_back(std::move(project));
    }
  }
  {
    std::lock_guard lock(mutex_);
    // Somebody who asked later was answered sooner, or the folders are others by now, which asks again.
    if (pull < pulled_ || (folders_.empty() ? std::vector<Project>{Project{}} : folders_) != all) return;
    pulled_ = pull;
    settings_ = std::move(bySettings);
    scoped_ = std::move(byScopes);
    if (answer->size() > all.size()) http_ = std::make_shared<const Json>(std::move(answer->back()));
    if (folders_.empty()) projects.clear();
    if (std::exchange(projects_, projects) == projects) return;
  }
  protocol::ConnectionProjects wire;
  for (const auto& project : projects) wire.projects.push_back({project.uri, project.name});
  parts_.editor.connectionProjects(wire);
}

// An editor that does not know the request has our own settings only, merged as it likes.
Json Session::pullScopes(const Project& project, const protocol::Settings& own, const core::CancelToken& cancel) const {
  protocol::SettingsParams ask{.keys = {kScopedSettings.begin(), kScopedSettings.end()}, .folder = {}};
  if (!project.uri.empty()) ask.folder = project.uri;
  Json scopes = Json::object();
  auto answer = parts_.editor.uiSettings(ask, cancel, kSettingsTimeout);
  if (!answer) {
    scopes["trowel.connections"] = {{"global", own.connections}};
    scopes["trowel.connectionManager"] = {{"global", own.connectionManager}};
    return scopes;
  }
  for (auto& each : answer->values)
    scopes[each.key] = {{"global", each.user}, {"workspace", each.workspace}, {"workspaceFolder", each.folder}};
  return scopes;
}

// The folder itself, then those beneath it that the settings or the user have made projects.
std::vector<Project> Session::withSubfolders(const Project& folder, const protocol::Settings& settings) const {
  std::vector<Project> family = {folder};
  if (folder.path.empty()) return family;
  auto wanted = subfolders(folder);
  if (settings.projects.is_array())
    for (const auto& each : settings.projects)
      if (each.is_string()) wanted.push_back(each.get<std::string>());
  std::set<std::string> seen;
  for (const auto& relative : wanted) {
    auto path = os::realPath(folder.path + "/" + relative);
    auto root = os::realPath(folder.path);
    if (!path || !root || !path->starts_with(*root + "/") || !seen.insert(*path).second) continue;
    if (std::error_code ignored; !std::filesystem::is_directory(*path, ignored)) continue;
    auto plain = folder.path + path->substr(root->size());
    family.push_back({core::pathToUri(plain), plain, folder.name + path->substr(root->size()), folder.path});
  }
  return family;
}

connection::ProjectChoice& Session::choiceOf(const std::string& path) const {
  auto it = choices_.find(path);
  if (it == choices_.end()) it = choices_.emplace(path, parts_.store.read(path)).first;
  return it->second;
}

void Session::choose(const Project& project, Choice choice, const std::string& value) {
  setChoice(project, choice, value);
  if (choice == Choice::Cluster || choice == Choice::Warehouse) parts_.computeChosen(project);
}

void Session::setChoice(const Project& project, Choice choice, const std::string& value) {
  const auto source = parts_.connections.status(project.path).clusterId;
  std::lock_guard lock(mutex_);
  auto it = settings_.find(project.path);
  auto written = it == settings_.end() ? protocol::Settings() : it->second;
  auto& all = choiceOf(project.path);
  switch (choice) {
    case Choice::Connection:
      all.connection = {.value = value, .over = written.connection};
      parts_.connection.clear();
      break;
    case Choice::Cluster:
      all.cluster = connection::Chosen::instead(value, written.cluster, source);
      break;
    case Choice::Warehouse:
      all.warehouse = {.value = value, .over = written.warehouse};
      break;
    case Choice::SqlCluster:
      all.sqlCluster = {.value = value, .over = {}};
      break;
    case Choice::Subfolders:
      break;  // setSubfolders()
  }
}

std::string Session::cluster(const Project& project) const {
  const auto source = parts_.connections.status(project.path).clusterId;
  std::lock_guard lock(mutex_);
  auto it = settings_.find(project.path);
  return choiceOf(project.path).cluster.against(it == settings_.end() ? "" : it->second.cluster, source);
}

std::string Session::sqlCluster(const Project& project) const {
  {
    std::lock_guard lock(mutex_);
    if (const auto& chosen = choiceOf(project.path).sqlCluster; !chosen.value.empty()) return chosen.value;
  }
  return cluster(project);
}

std::string Session::warehouse(const Project& project) const {
  auto chosen = settings(project).warehouse;
  return chosen.empty() ? parts_.connections.status(project.path).warehouseId : chosen;
}

Result<void> Session::keepChoice(const Project& project, Choice what) const {
  connection::ProjectChoice choice;
  {
    std::lock_guard lock(mutex_);
    choice = choiceOf(project.path);
  }
  // Another window may have written down another choice meanwhile.
  return parts_.store.update(project.path, parts_.clock, parts_.shutdown, [&](connection::ProjectChoice& kept) {
    if (what == Choice::Connection) kept.connection = choice.connection;
    if (what == Choice::Cluster) kept.cluster = choice.cluster;
    if (what == Choice::Warehouse) kept.warehouse = choice.warehouse;
    if (what == Choice::SqlCluster) kept.sqlCluster = choice.sqlCluster;
    if (what == Choice::Subfolders) kept.subfolders = choice.subfolders;
  });
}

std::vector<std::string> Session::subfolders(const Project& folder) const {
  std::lock_guard lock(mutex_);
  return choiceOf(folder.path).subfolders;
}

Result<void> Session::setSubfolders(const Project& folder, std::vector<std::string> relative) {
  {
    std::lock_guard lock(mutex_);
    choiceOf(folder.path).subfolders = std::move(relative);
  }
  return keepChoice(folder, Choice::Subfolders);
}

Result<connection::ConnectionPtr> Session::connection(const Project& project, const core::CancelToken& cancel) const {
  if (!trusted())
    return core::fail(
        ErrorCode::Untrusted,
        "This folder is not trusted, so Trowel does not connect for it. Trust it with 'Workspaces: Manage "
        "Workspace Trust'.");
  return parts_.connections.require(project.path, cancel);
}

Result<connection::ConnectionPtr> Session::connection(const std::optional<std::string>& folder,
                                                      const core::CancelToken& cancel) const {
  return connection(TROWEL_TRY(project(folder)), cancel);
}

Result<void> Session::checkGeneration(const Project& project, const std::vector<protocol::CommandTarget>& targets,
                                      const core::CancelToken& cancel) const {
  auto marked = [](const protocol::CommandTarget& target) { return target.generation.has_value(); };
  if (std::ranges::none_of(targets, marked)) return {};
  auto now = connection(project, cancel);
  if (!now) return {};  // whoever needs one says why there is none
  for (const auto& target : targets)
    if (marked(target) && static_cast<std::uint64_t>(*target.generation) != (*now)->generation)
      return core::fail(ErrorCode::Conflict,
                        "This row is of the connection that the project had before. The view shows those of the new "
                        "one in a moment; choose again there.");
  return {};
}

}  // namespace trowel::features
