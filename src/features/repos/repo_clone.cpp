// SPDX-License-Identifier: Apache-2.0
// From a Git folder of the workspace to the clone on this machine, where files are edited and committed.
#include <nlohmann/json.hpp>

#include "git_remote.hpp"
#include "repo_actions.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

constexpr const char* kFind = "find";
constexpr const char* kClone = "clone";

Result<std::string> askFolder(Action& action, const std::string& title) {
  protocol::ChooseFileParams ask;
  ask.title = title;
  ask.kind = protocol::FileKind::Folder;
  auto chosen = TROWEL_TRY(action.editor().uiChooseFile(ask, action.cancel()));
  if (!chosen.uri) return core::fail(ErrorCode::Cancelled, "No folder was chosen.");
  return core::uriToPath(*chosen.uri);
}

Result<std::string> findClone(Action& action, const databricks::Repo& repo) {
  auto folder = TROWEL_TRY(askFolder(action, "Clone of " + plainRemote(repo.url)));
  if (!isCloneOf(folder, repo.url, action.cancel()))
    return core::fail(ErrorCode::Conflict, folder + " is no clone of " + plainRemote(repo.url) +
                                               ": none of its remotes is that repository.");
  return folder;
}

Result<std::string> makeClone(Action& action, const databricks::Repo& repo) {
  auto parent = TROWEL_TRY(askFolder(action, "Clone " + plainRemote(repo.url) + " into"));
  auto folder = parent + "/" + repositoryName(repo.url);
  // A name with a slash or dots would lead elsewhere.
  const auto name = repositoryName(repo.url);
  if (name.empty() || name == "." || name == ".." || name.contains('/') || name.contains('\0'))
    return core::fail(ErrorCode::Unsupported, plainRemote(repo.url) + " has no name that a folder can have.");
  if (os::pathExists(folder))
    return core::fail(ErrorCode::AlreadyExists, folder + " exists already. Choose another folder, or open this one.");
  action.report("Cloning " + plainRemote(repo.url), folder);
  TROWEL_TRY(cloneInto(repo.url, repo.branch, folder, action.cancel()));
  return folder;
}

}  // namespace

Result<Json> RepoActions::openClone(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  const auto repo = TROWEL_TRY(chooseOne(action, *connection, "Open Local Clone", Fit::Any));
  for (const auto& folder : session_.folders()) {
    if (folder.path.empty() || !isCloneOf(folder.path, repo.url, action.cancel())) continue;
    action.tell("The clone of " + plainRemote(repo.url) + " is open in this window: " + folder.path + ".");
    return Json();
  }
  auto way = TROWEL_TRY(action.pick({.title = "Open Local Clone", .placeholder = plainRemote(repo.url)},
                                    {{.id = kFind,
                                      .label = "Choose its folder…",
                                      .description = "on this machine",
                                      .detail = {},
                                      .icon = "folder-opened",
                                      .picked = {}},
                                     {.id = kClone,
                                      .label = "Clone it…",
                                      .description = "with this machine's git",
                                      .detail = {},
                                      .icon = "repo-clone",
                                      .picked = {}}}));
  auto folder = way == kFind ? findClone(action, repo) : makeClone(action, repo);
  if (!folder) return std::unexpected(std::move(folder).error());
  TROWEL_TRY(action.editor().uiAddFolder({.uri = core::pathToUri(*folder), .name = {}}, action.cancel()));
  return Json();
}

}  // namespace trowel::features
