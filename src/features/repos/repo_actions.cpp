// SPDX-License-Identifier: Apache-2.0
// Git folders: choosing them, and what changes them. Whether one has changes that are not committed, the API tells only
// by refusing to pull or to check out; that is where the user is told, and asked.
#include "repo_actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "features/trees/repos.hpp"
#include "git_providers.hpp"
#include "git_remote.hpp"
#include "repo_input.hpp"
#include "repo_list.hpp"
#include "trowel/core/text.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;
using databricks::Repo;
using databricks::RepoChange;

constexpr const char* kNone =
    "There is no Git folder for that in this workspace. Clone a repository with 'Trowel: Add Git Folder…'.";
constexpr const char* kTyped = "typed";
constexpr const char* kDiscard = "Discard Changes…";
constexpr const char* kBrowse = "Open in Browser";

std::string stateOf(const Repo& repo) {
  return repo.branch.empty() ? "at " + repo.head.substr(0, 7) : "on " + repo.branch;
}

std::string addressOf(const connection::Connection& connection, const Repo& repo) {
  auto url = connection.host + "/";
  if (connection.me.workspaceId != 0) url += fmt::format("?o={}", connection.me.workspaceId);
  return url + "#workspace" + core::percentEncode(plainPath(repo.path), "/@");
}

Result<std::string> askName(Action& action, const Repo& repo, const char* kind) {
  return action.line({.title = "Check Out in " + repo.path,
                      .prompt = fmt::format("The name of a {} of {}.", kind, plainRemote(repo.url)),
                      .placeholder = {},
                      .value = {},
                      .masked = {}});
}

std::vector<protocol::PickItem> itemsOf(const GitRefs& refs, const Repo& repo) {
  std::vector<protocol::PickItem> items;
  for (const auto& branch : refs.branches)
    items.push_back({.id = "branch:" + branch,
                     .label = branch,
                     .description = branch == repo.branch ? "checked out" : "",
                     .detail = {},
                     .icon = "git-branch",
                     .picked = {}});
  for (const auto& tag : refs.tags)
    items.push_back(
        {.id = "tag:" + tag, .label = tag, .description = "tag", .detail = {}, .icon = "tag", .picked = {}});
  return items;
}

// A branch or tag: from the remote's own list where this machine gets to see it, else typed.
Result<RepoChange> askReference(Action& action, const Repo& repo) {
  constexpr std::string_view kBranch = "branch:";
  constexpr std::string_view kTag = "tag:";
  action.report("Branches and tags of " + plainRemote(repo.url), "");
  const auto refs = listRefs(repo.url, action.cancel());
  if (!refs && refs.error().code == ErrorCode::Cancelled) return std::unexpected(refs.error());
  auto items = refs ? itemsOf(*refs, repo) : std::vector<protocol::PickItem>();
  const bool listed = !items.empty();
  const std::string why = refs ? "" : "This machine cannot list them: " + refs.error().message;
  items.push_back({.id = std::string(kTyped) + " branch",
                   .label = "Type the name of a branch…",
                   .description = {},
                   .detail = listed ? "" : why,
                   .icon = "git-branch",
                   .picked = {}});
  items.push_back({.id = std::string(kTyped) + " tag",
                   .label = "Type the name of a tag…",
                   .description = {},
                   .detail = {},
                   .icon = "tag",
                   .picked = {}});
  auto chosen = TROWEL_TRY(action.pick(
      {.title = "Check Out in " + repo.path, .placeholder = repo.path + " is " + stateOf(repo)}, std::move(items)));
  RepoChange change;
  if (chosen.starts_with(kBranch)) {
    change.branch = chosen.substr(kBranch.size());
  } else if (chosen.starts_with(kTag)) {
    change.tag = chosen.substr(kTag.size());
  } else if (chosen.ends_with("tag")) {
    change.tag = TROWEL_TRY(askName(action, repo, "tag"));
  } else {
    change.branch = TROWEL_TRY(askName(action, repo, "branch"));
  }
  return change;
}

}  // namespace

void RepoActions::changed(const Project& project, const std::string& folder) {
  tree_.changed(protocol::view::kRepos);
  filesChanged_(project, plainPath(folder));
}

Result<std::vector<Repo>> RepoActions::choose(Action& action, const connection::Connection& connection,
                                              const std::string& title, Fit fit) {
  databricks::Repos service(connection.rest);
  std::vector<Repo> chosen;
  for (const auto& id : action.rows(protocol::view::kRepos))
    if (const auto number = ReposView::numberOf("repo", id); number != 0)
      chosen.push_back(TROWEL_TRY(service.get(number, {.cancel = action.cancel()})));
  if (!chosen.empty()) return chosen;
  auto all = TROWEL_TRY(allRepos(connection, action.cancel()));
  std::erase_if(all, [&](const Repo& repo) {
    return (fit == Fit::OnBranch && repo.branch.empty()) || (fit == Fit::Sparse && repo.sparsePatterns.empty());
  });
  std::vector<protocol::PickItem> items;
  for (const auto& repo : all)
    items.push_back({.id = ReposView::idOf(repo),
                     .label = repo.path,
                     .description = stateOf(repo),
                     .detail = plainRemote(repo.url),
                     .icon = "repo",
                     .picked = {}});
  const auto ids = TROWEL_TRY(
      action.pickSome({.title = title, .placeholder = "Choose Git folders", .none = kNone}, std::move(items)));
  std::ranges::copy_if(all, std::back_inserter(chosen),
                       [&](const Repo& repo) { return std::ranges::find(ids, ReposView::idOf(repo)) != ids.end(); });
  return chosen;
}

Result<Repo> RepoActions::chooseOne(Action& action, const connection::Connection& connection, const std::string& title,
                                    Fit fit) {
  auto repos = TROWEL_TRY(choose(action, connection, title, fit));
  if (repos.size() == 1) return std::move(repos.front());
  return core::fail(ErrorCode::Conflict, title + " is for one Git folder at a time. Choose one.");
}

Result<void> RepoActions::update(Action& action, const connection::Connection& connection, const Repo& repo,
                                 RepoChange change) {
  databricks::Repos service(connection.rest);
  const databricks::CallOptions options{.cancel = action.cancel()};
  auto done = service.update(repo.id, change, options);
  if (!done && done.error().code == ErrorCode::Conflict) {
    auto answer = TROWEL_TRY(action.editor().uiConfirm(
        {.severity = protocol::Severity::Warning,
         .message = repo.path + " has changes that are in the way.",
         .detail = done.error().message +
                   "\n\nCommit them, or resolve the conflict, on the workspace's own pages: its API cannot commit. Or "
                   "discard them.",
         .modal = true,
         .actions = {kDiscard, kBrowse}},
        action.cancel()));
    if (answer.action == kBrowse) TROWEL_TRY(action.openUrl(addressOf(connection, repo)));
    if (answer.action != kDiscard) return core::fail(ErrorCode::Cancelled, "The Git folder was left as it is.");
    TROWEL_TRY(action.confirm("Discard all changes in " + repo.path + "?",
                              "Everything there that is not committed is gone, for everybody, and nobody can bring it "
                              "back.",
                              "Discard"));
    change.discardLocalChanges = true;
    done = service.update(repo.id, change, options);
  }
  // Also what failed may have got half way.
  changed(action.project(), repo.path);
  if (!done) return std::unexpected(withWayToCredentials(std::move(done).error()));
  return {};
}

Result<Json> RepoActions::pull(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  const auto repos = TROWEL_TRY(choose(action, *connection, "Pull", Fit::OnBranch));
  std::vector<Action::Item> items;
  for (const auto& repo : repos) items.push_back({.id = ReposView::idOf(repo), .name = repo.path});
  auto pullOne = [&](const Action::Item& item) -> Result<void> {
    const auto repo = std::ranges::find(repos, item.id, [](const Repo& each) { return ReposView::idOf(each); });
    if (repo->branch.empty())
      return core::fail(ErrorCode::Conflict, repo->path +
                                                 " is at a tag or commit, which never changes. Check out a "
                                                 "branch first, then pull.");
    action.report("Pulling " + repo->path, repo->branch);
    return update(action, *connection, *repo, {.branch = repo->branch});
  };
  TROWEL_TRY(action.each(items, "Pulling Git folders", pullOne));
  return Json();
}

Result<Json> RepoActions::checkout(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  const auto repo = TROWEL_TRY(chooseOne(action, *connection, "Check Out Branch or Tag", Fit::Any));
  auto change = TROWEL_TRY(askReference(action, repo));
  action.report("Checking out " + change.branch + change.tag, repo.path);
  TROWEL_TRY(update(action, *connection, repo, std::move(change)));
  return Json();
}

Result<Json> RepoActions::sparse(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  const auto repo = TROWEL_TRY(chooseOne(action, *connection, "Change Sparse Checkout", Fit::Sparse));
  if (repo.sparsePatterns.empty())
    return core::fail(ErrorCode::Conflict, repo.path +
                                               " has all of its repository, which cannot be changed later. "
                                               "Delete it, and add it again with only some folders.");
  std::string before;
  for (const auto& pattern : repo.sparsePatterns) before += (before.empty() ? "" : ", ") + pattern;
  const auto line =
      TROWEL_TRY(action.line({.title = "Sparse Checkout of " + repo.path,
                              .prompt = "The folders of the repository to have here, with commas between.",
                              .placeholder = "src, notebooks/etl",
                              .value = before,
                              .masked = {}}));
  TROWEL_TRY(update(action, *connection, repo, {.branch = repo.branch, .tag = {}, .sparsePatterns = patternsIn(line)}));
  return Json();
}

Result<Json> RepoActions::remove(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Repos service(connection->rest);
  const auto repos = TROWEL_TRY(choose(action, *connection, "Delete Git Folder", Fit::Any));
  std::vector<Action::Item> items;
  std::string names;
  for (const auto& repo : repos) {
    items.push_back({.id = std::to_string(repo.id), .name = repo.path});
    names += repo.path + "\n";
  }
  const auto what =
      items.size() == 1 ? "the Git folder " + items.front().name : fmt::format("{} Git folders", items.size());
  TROWEL_TRY(action.confirm("Delete " + what + "?",
                            (items.size() == 1 ? "" : names) +
                                "Everything in it goes, also changes that are not committed. The remote repository "
                                "stays as it is.",
                            "Delete"));
  auto removeOne = [&](const Action::Item& item) -> Result<void> {
    const auto repo = std::ranges::find(repos, item.id, [](const Repo& each) { return std::to_string(each.id); });
    auto done = service.remove(repo->id, {.cancel = action.cancel()});
    changed(action.project(), repo->path);
    if (!done && done.error().code == ErrorCode::NotFound) return {};  // somebody was faster
    return done;
  };
  TROWEL_TRY(action.each(items, "Deleting Git folders", removeOne));
  return Json();
}

Result<Json> RepoActions::openInBrowser(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  const auto repo = TROWEL_TRY(chooseOne(action, *connection, "Open Git Folder in Browser", Fit::Any));
  TROWEL_TRY(action.openUrl(addressOf(*connection, repo)));
  return Json();
}

}  // namespace trowel::features
