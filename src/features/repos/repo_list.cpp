// SPDX-License-Identifier: Apache-2.0
#include "repo_list.hpp"

#include <algorithm>
#include <iterator>

#include "trowel/core/text.hpp"
#include "trowel/databricks/workspace.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;
using databricks::Repo;

constexpr std::string_view kAlias = "/Workspace";

// One folder that is closed does not hide what is in the others.
Result<std::vector<Repo>> noneIfClosed(Result<std::vector<Repo>> found) {
  if (found || (found.error().code != ErrorCode::PermissionDenied && found.error().code != ErrorCode::NotFound))
    return found;
  return std::vector<Repo>();
}

bool isOwn(const Repo& repo, const databricks::Me& me) {
  return std::ranges::any_of(ownFolders(me), [&](const std::string& folder) { return isBelow(repo.path, folder); });
}

}  // namespace

std::string plainPath(std::string_view path) {
  if (path == kAlias) return "/";
  if (isBelow(path, kAlias)) path.remove_prefix(kAlias.size());
  return std::string(path);
}

bool isBelow(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::vector<std::string> ownFolders(const databricks::Me& me) { return {me.homeFolder(), "/Repos/" + me.userName}; }

Result<std::vector<Repo>> reposBelow(const connection::Connection& connection, const std::string& folder,
                                     const core::CancelToken& cancel) {
  // The API compares the beginning of the text: /Users/ada also finds what is in /Users/adam.
  auto found =
      TROWEL_TRY(databricks::Repos(connection.rest).list(std::string(kAlias) + folder, {.cancel = cancel}).all());
  for (auto& repo : found) repo.path = plainPath(repo.path);
  std::erase_if(found, [&](const Repo& repo) { return !isBelow(repo.path, folder); });
  std::ranges::sort(found, {}, [](const Repo& repo) { return std::pair(core::toLower(repo.path), repo.path); });
  return found;
}

Result<std::vector<Repo>> ownRepos(const connection::Connection& connection, const core::CancelToken& cancel) {
  std::vector<Repo> all;
  for (const auto& folder : ownFolders(connection.me)) {
    auto found = TROWEL_TRY(noneIfClosed(reposBelow(connection, folder, cancel)));
    std::ranges::move(found, std::back_inserter(all));
  }
  return all;
}

Result<std::vector<Repo>> othersBelow(const connection::Connection& connection, const std::string& folder,
                                      const core::CancelToken& cancel) {
  auto found = TROWEL_TRY(reposBelow(connection, folder, cancel));
  std::erase_if(found, [&](const Repo& repo) { return isOwn(repo, connection.me); });
  return found;
}

Result<std::vector<std::string>> topFolders(const connection::Connection& connection, const core::CancelToken& cancel) {
  std::vector<std::string> folders;
  for (const auto& object : TROWEL_TRY(databricks::Workspace(connection.rest).list("/", {.cancel = cancel}).all()))
    // Some workspaces list their own alias.
    if (auto path = plainPath(object.path); object.isFolder() && path != "/") folders.push_back(std::move(path));
  std::ranges::sort(folders);
  return folders;
}

Result<std::vector<Repo>> allRepos(const connection::Connection& connection, const core::CancelToken& cancel) {
  auto all = TROWEL_TRY(ownRepos(connection, cancel));
  for (const auto& folder : TROWEL_TRY(topFolders(connection, cancel))) {
    auto found = TROWEL_TRY(noneIfClosed(othersBelow(connection, folder, cancel)));
    std::ranges::move(found, std::back_inserter(all));
  }
  return all;
}

}  // namespace trowel::features
