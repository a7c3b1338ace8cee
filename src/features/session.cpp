// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <algorithm>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Result;

void Session::background(std::function<void(const core::CancelToken&)> work) {
  core::Job job = [work = std::move(work), token = parts_.shutdown] {
    if (!token.cancelled()) work(token);
  };
  if (!parts_.background.submit(job)) core::logWarn("features", "background work was dropped: too much waits");
}

std::vector<Project> Session::projects() const {
  std::lock_guard lock(mutex_);
  return projects_.empty() ? std::vector<Project>{Project{}} : projects_;
}

void Session::setProjects(std::vector<Project> projects) {
  std::lock_guard lock(mutex_);
  projects_ = std::move(projects);
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
  std::lock_guard lock(mutex_);
  auto it = settings_.find(project.path);
  return it == settings_.end() ? protocol::Settings() : it->second;
}

void Session::pullSettings(const core::CancelToken& cancel) {
  auto all = projects();
  protocol::ConfigurationParams ask;
  for (const auto& project : all) {
    protocol::ConfigurationItem item{.scopeUri = {}, .section = "trowel"};
    if (!project.uri.empty()) item.scopeUri = project.uri;
    ask.items.push_back(std::move(item));
  }
  auto answer = parts_.editor.lifecycleConfiguration(ask, cancel, std::chrono::seconds(5));
  if (!answer) {
    core::logWarn("features", "settings stay as they are: " + core::describe(answer.error()));
    return;
  }
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < std::min(all.size(), answer->size()); ++i)
    settings_[all[i].path] = protocol::Settings::from((*answer)[i]);
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

}  // namespace trowel::features
