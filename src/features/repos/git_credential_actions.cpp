// SPDX-License-Identifier: Apache-2.0
#include "git_credential_actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "features/trees/repos.hpp"
#include "git_providers.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;
using databricks::GitCredential;

constexpr const char* kNone =
    "You have no Git credential in this workspace. Add one with 'Trowel: Add Git Credential…'.";

// "GitHub (ada)": what tells it from others.
std::string nameOf(const GitCredential& credential) {
  const auto& told = credential.name.empty() ? credential.userName : credential.name;
  return providerTitle(credential.provider) + (told.empty() ? "" : " (" + told + ")");
}

}  // namespace

void GitCredentialActions::changed() { tree_.changed(protocol::view::kRepos, std::string(ReposView::kCredentials)); }

Result<std::vector<GitCredential>> GitCredentialActions::choose(Action& action,
                                                                const databricks::GitCredentials& service,
                                                                const std::string& title) {
  auto all = TROWEL_TRY(service.list({.cancel = action.cancel()}).all());
  auto ids = action.rows(protocol::view::kRepos);
  std::erase_if(ids, [](const std::string& id) { return ReposView::numberOf("credential", id) == 0; });
  if (ids.empty()) {
    std::vector<protocol::PickItem> items;
    for (const auto& credential : all)
      items.push_back({.id = ReposView::idOf(credential),
                       .label = nameOf(credential),
                       .description = credential.isDefault ? "default" : "",
                       .detail = {},
                       .icon = "key",
                       .picked = {}});
    ids = TROWEL_TRY(
        action.pickSome({.title = title, .placeholder = "Choose Git credentials", .none = kNone}, std::move(items)));
  }
  std::erase_if(all, [&](const GitCredential& credential) {
    return std::ranges::find(ids, ReposView::idOf(credential)) == ids.end();
  });
  if (all.empty())
    return core::fail(ErrorCode::NotFound,
                      "This Git credential is gone already. Refresh the view to see what is there.");
  return all;
}

Result<GitCredential> GitCredentialActions::chooseOne(Action& action, const databricks::GitCredentials& service,
                                                      const std::string& title) {
  auto chosen = TROWEL_TRY(choose(action, service, title));
  if (chosen.size() == 1) return std::move(chosen.front());
  return core::fail(ErrorCode::Conflict, title + " is for one Git credential at a time. Choose one.");
}

Result<Json> GitCredentialActions::create(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::GitCredentials service(connection->rest);
  const std::string title = "Add Git Credential";
  databricks::GitCredentialWish wish;
  wish.provider = TROWEL_TRY(askProvider(action, title));
  wish.userName = TROWEL_TRY(action.line({.title = title,
                                          .prompt = "Your name at " + providerTitle(wish.provider) + ".",
                                          .placeholder = "ada",
                                          .value = {},
                                          .masked = {}}));
  wish.token = TROWEL_TRY(action.secret(
      title, "A personal access token of " + providerTitle(wish.provider) + ". Only the workspace keeps it."));
  auto made = service.create(wish, {.cancel = action.cancel()});
  if (!made && made.error().code == ErrorCode::Conflict)
    return core::failBecause(
        std::move(made).error(),
        "This workspace takes only one Git credential of " + providerTitle(wish.provider) +
            ", and you have it already. Give that one another token with 'Trowel: Replace Token of "
            "Git Credential…'.");
  if (!made) return std::unexpected(std::move(made).error());
  changed();
  return Json();
}

Result<Json> GitCredentialActions::update(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::GitCredentials service(connection->rest);
  const std::string title = "Replace Token of Git Credential";
  const auto credential = TROWEL_TRY(chooseOne(action, service, title));
  databricks::GitCredentialWish wish;
  wish.provider = credential.provider;
  wish.userName = credential.userName;
  wish.token = TROWEL_TRY(action.secret(title, "The new token for " + nameOf(credential) + "."));
  TROWEL_TRY(service.update(credential.id, wish, {.cancel = action.cancel()}));
  changed();
  return Json();
}

Result<Json> GitCredentialActions::makeDefault(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::GitCredentials service(connection->rest);
  const auto credential = TROWEL_TRY(chooseOne(action, service, "Make Git Credential the Default"));
  databricks::GitCredentialWish wish;
  wish.provider = credential.provider;
  wish.makeDefault = true;
  TROWEL_TRY(service.update(credential.id, wish, {.cancel = action.cancel()}));
  changed();
  return Json();
}

Result<Json> GitCredentialActions::remove(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::GitCredentials service(connection->rest);
  const auto chosen = TROWEL_TRY(choose(action, service, "Delete Git Credential"));
  std::vector<Action::Item> items;
  std::string names;
  for (const auto& credential : chosen) {
    items.push_back({.id = ReposView::idOf(credential), .name = nameOf(credential)});
    names += items.back().name + "\n";
  }
  const auto what =
      items.size() == 1 ? "the Git credential " + items.front().name : fmt::format("{} Git credentials", items.size());
  TROWEL_TRY(action.confirm("Delete " + what + "?",
                            (items.size() == 1 ? "" : names) +
                                "Git folders that need it can neither pull nor check out until there is another.",
                            "Delete"));
  auto removeOne = [&](const Action::Item& item) -> Result<void> {
    auto done = service.remove(ReposView::numberOf("credential", item.id), {.cancel = action.cancel()});
    if (!done && done.error().code == ErrorCode::NotFound) return {};  // somebody was faster
    return done;
  };
  auto done = action.each(items, "Deleting Git credentials", removeOne);
  changed();
  if (!done) return std::unexpected(std::move(done).error());
  return Json();
}

}  // namespace trowel::features
