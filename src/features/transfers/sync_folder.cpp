// SPDX-License-Identifier: Apache-2.0
#include "sync_folder.hpp"

#include <algorithm>
#include <filesystem>

#include "trowel/os/directory.hpp"

namespace trowel::features {

using core::ErrorCode;
using core::Result;

Result<std::string> localSyncFolderOf(const connection::Offer& offer) {
  if (!offer.syncFolderProblem.empty()) return core::fail(ErrorCode::InvalidParams, offer.syncFolderProblem);
  if (offer.localSyncFolder.empty())
    return core::fail(ErrorCode::InvalidParams, "The connection '" + offer.name +
                                                    "' has no local sync folder. Name one as localSyncFolder where "
                                                    "the connection is written down.");
  return offer.localSyncFolder;
}

Result<std::string> syncFolderOf(const connection::Offer& offer, const std::string& part) {
  const auto folder = TROWEL_TRY(localSyncFolderOf(offer));
  auto it = offer.localSyncSubfolders.find(part);
  auto name = it == offer.localSyncSubfolders.end() || it->second.empty() ? part : it->second;
  // A setting that comes with a repository must not lead to just anywhere.
  const std::filesystem::path relative(name);
  if (relative.is_absolute() || std::ranges::find(relative, std::filesystem::path("..")) != relative.end())
    return core::fail(ErrorCode::InvalidParams,
                      "The subfolder '" + name + "' for " + part + " of the connection '" + offer.name +
                          "' is outside of its local sync folder. Change it in localSyncSubfolders.");
  // Spelled in one way: what lies where is told by comparing paths.
  auto path = (std::filesystem::path(folder) / relative).lexically_normal().string();
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

Result<connection::Offer> chosenOffer(const Session& session, const Offers& offers, const Project& project) {
  const auto id = session.connections().status(project.path).id;
  auto all = offers.of(project.path);
  auto it = std::ranges::find(all, id, &connection::Offer::id);
  if (id.empty() || it == all.end())
    return core::fail(ErrorCode::NotConfigured,
                      "This project is not connected to a workspace. Choose one with 'Trowel: Select Connection…'.");
  return std::move(*it);
}

Result<std::string> syncFolder(const Session& session, const Offers& offers, const Project& project,
                               const std::string& part) {
  const auto offer = TROWEL_TRY(chosenOffer(session, offers, project));
  auto folder = TROWEL_TRY(syncFolderOf(offer, part));
  TROWEL_TRY(os::Directory::make(folder));
  return folder;
}

}  // namespace trowel::features
