// SPDX-License-Identifier: Apache-2.0
// A new Git folder: where from, by whom, where to, and how much of it.
#include <nlohmann/json.hpp>

#include "features/trees/repos.hpp"
#include "git_providers.hpp"
#include "git_remote.hpp"
#include "repo_actions.hpp"
#include "repo_input.hpp"
#include "trowel/core/log.hpp"
#include "trowel/databricks/workspace.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::Json;
using core::Result;

constexpr const char* kTitle = "Add Git Folder";
constexpr const char* kAll = "all";
constexpr const char* kSome = "some";

Result<std::vector<std::string>> askPatterns(Action& action) {
  auto which = TROWEL_TRY(action.pick(
      {.title = kTitle, .placeholder = "How much of the repository"},
      {{.id = kAll, .label = "All of it", .description = {}, .detail = {}, .icon = "repo", .picked = {}},
       {.id = kSome,
        .label = "Only some folders…",
        .description = "sparse checkout",
        .detail = "For large repositories. Which folders can be changed later; whether there is a choice cannot.",
        .icon = "list-filter",
        .picked = {}}}));
  if (which == kAll) return std::vector<std::string>();
  auto line = TROWEL_TRY(action.line({.title = kTitle,
                                      .prompt = "The folders to have, with commas between.",
                                      .placeholder = "src, notebooks/etl",
                                      .value = {},
                                      .masked = {}}));
  return patternsIn(line);
}

}  // namespace

Result<Json> RepoActions::create(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::RepoWish wish;
  wish.url = TROWEL_TRY(action.line({.title = kTitle,
                                     .prompt = "The address to clone from.",
                                     .placeholder = "https://github.com/owner/repository.git",
                                     .value = {},
                                     .masked = {}},
                                    problemOfRemote));
  wish.provider = TROWEL_TRY(askProvider(action, kTitle, providerOf(wish.url)));
  wish.path = TROWEL_TRY(action.line({.title = kTitle,
                                      .prompt = "Where it goes in the workspace.",
                                      .placeholder = {},
                                      .value = connection->me.homeFolder() + "/" + repositoryName(wish.url),
                                      .masked = {}},
                                     problemOfRepoPath));
  wish.sparsePatterns = TROWEL_TRY(askPatterns(action));
  const databricks::CallOptions options{.cancel = action.cancel()};
  // The service clones into folders that exist only.
  TROWEL_TRY(databricks::Workspace(connection->rest).mkdirs(wish.path.substr(0, wish.path.rfind('/')), options));
  action.report("Cloning " + plainRemote(wish.url), wish.path);
  auto made = databricks::Repos(connection->rest).create(wish, options);
  changed(action.project(), wish.path);
  if (!made) return std::unexpected(withWayToCredentials(std::move(made).error()));
  // Who does not see the row still has the Git folder.
  auto shown = tree_.reveal(protocol::view::kRepos, ReposView::pathTo(*made, connection->me), action.cancel());
  if (!shown) core::logWarn("repos", core::describe(shown.error()));
  return Json();
}

}  // namespace trowel::features
