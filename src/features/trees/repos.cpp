// SPDX-License-Identifier: Apache-2.0
#include "repos.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "features/files/file_uri.hpp"
#include "features/markdown_text.hpp"
#include "features/repos/git_providers.hpp"
#include "features/repos/git_remote.hpp"
#include "features/repos/repo_list.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::Result;
using databricks::Repo;

constexpr std::string_view kFolder = "folder:";
constexpr std::size_t kShortCommit = 7;

std::string stateOf(const Repo& repo) {
  // A tag is checked out; the API does not tell which one.
  return repo.branch.empty() ? "at " + repo.head.substr(0, kShortCommit) : repo.branch;
}

std::string tooltipOf(const Repo& repo) {
  auto text = fmt::format("**{}**\n\n", plainMarkdown(repo.path));
  auto line = [&](const char* what, const std::string& value) {
    text += fmt::format("- {}: {}\n", what, plainMarkdown(value));
  };
  line("Remote", plainRemote(repo.url));
  line("Provider", repo.provider);
  if (repo.branch.empty())
    text += "- A tag or commit is checked out, not a branch\n";
  else
    line("Branch", repo.branch);
  line("Commit", repo.head);
  if (!repo.sparsePatterns.empty()) line("Only", fmt::format("{}", fmt::join(repo.sparsePatterns, ", ")));
  return text + "\nWhether files were changed here, the workspace tells only on its own pages.";
}

Result<Rows> roots(const RowsRequest& request) {
  const auto& connection = *request.connection;
  Rows rows;
  for (const auto& repo : TROWEL_TRY(ownRepos(connection, request.cancel)))
    for (const auto& folder : ownFolders(connection.me))
      if (isBelow(repo.path, folder)) rows.nodes.push_back(repoRow(repo, folder));
  for (const auto& folder : TROWEL_TRY(topFolders(connection, request.cancel))) {
    protocol::TreeNode row;
    row.id = std::string(kFolder) + folder;
    row.label = folder.substr(1);
    row.tooltip = "Git folders of others in " + plainMarkdown(folder);
    row.icon = "folder";
    row.contextValue = "folder";
    row.collapsible = protocol::Collapsible::Collapsed;
    rows.nodes.push_back(std::move(row));
  }
  protocol::TreeNode credentials;
  credentials.id = ReposView::kCredentials;
  credentials.label = "Git Credentials";
  credentials.tooltip = "With what the workspace signs in at Git providers for you";
  credentials.icon = "key";
  credentials.contextValue = "gitCredentials";
  credentials.collapsible = protocol::Collapsible::Collapsed;
  rows.nodes.push_back(std::move(credentials));
  return rows;
}

Result<Rows> others(const RowsRequest& request, const std::string& folder) {
  Rows rows;
  for (const auto& repo : TROWEL_TRY(othersBelow(*request.connection, folder, request.cancel)))
    rows.nodes.push_back(repoRow(repo, folder));
  return rows;
}

Result<Rows> credentials(const RowsRequest& request) {
  auto all = TROWEL_TRY(databricks::GitCredentials(request.connection->rest).list({.cancel = request.cancel}).all());
  std::ranges::sort(all, {}, [](const databricks::GitCredential& each) {
    return std::tuple(core::toLower(each.provider), !each.isDefault, each.id);
  });
  Rows rows;
  for (const auto& credential : all) rows.nodes.push_back(credentialRow(credential));
  return rows;
}

}  // namespace

protocol::TreeNode repoRow(const Repo& repo, const std::string& below) {
  protocol::TreeNode row;
  row.id = ReposView::idOf(repo);
  row.label = repo.path.size() > below.size() ? repo.path.substr(below.size() + 1) : repo.path;
  row.description = stateOf(repo) + " · " + plainRemote(repo.url);
  row.tooltip = tooltipOf(repo);
  row.icon = "repo";
  row.resource = toString({.kind = FileSystemKind::Workspace, .host = {}, .path = repo.path});
  row.contextValue =
      std::string("repo.") + (repo.branch.empty() ? "tag" : "branch") + (repo.sparsePatterns.empty() ? "" : ".sparse");
  return row;
}

protocol::TreeNode credentialRow(const databricks::GitCredential& credential) {
  protocol::TreeNode row;
  row.id = ReposView::idOf(credential);
  row.label = providerTitle(credential.provider);
  std::string description = credential.name;
  for (const auto& part : {credential.userName, std::string(credential.isDefault ? "default" : "")})
    if (!part.empty()) description += (description.empty() ? "" : " · ") + part;
  if (!description.empty()) row.description = description;
  row.tooltip = fmt::format("**{}**\n\n{}\n\nThe workspace never shows the token again.", plainMarkdown(row.label),
                            plainMarkdown(credential.email.empty() ? credential.userName : credential.email));
  row.icon = "key";
  row.contextValue = credential.isDefault ? "gitCredential.default" : "gitCredential.other";
  return row;
}

Result<Rows> ReposView::children(const RowsRequest& request) {
  if (!request.node) return roots(request);
  if (*request.node == kCredentials) return credentials(request);
  if (request.node->starts_with(kFolder)) return others(request, request.node->substr(kFolder.size()));
  return Rows();
}

std::string ReposView::permission(const std::optional<std::string>& node) const {
  if (node == kCredentials) return "the permission to see your Git credentials";
  if (node && node->starts_with(kFolder)) return "the permission Can View on " + node->substr(kFolder.size());
  return "the permission to list Git folders";
}

bool ReposView::matches(const protocol::TreeNode& node, const std::optional<std::string>&,
                        std::string_view text) const {
  return node.collapsible != protocol::Collapsible::None || core::toLower(node.label).contains(core::toLower(text));
}

std::int64_t ReposView::numberOf(std::string_view kind, std::string_view id) {
  std::int64_t number = 0;
  if (!id.starts_with(kind) || id.size() <= kind.size() || id[kind.size()] != ':') return 0;
  id.remove_prefix(kind.size() + 1);
  const auto [end, problem] = std::from_chars(id.data(), id.data() + id.size(), number);
  return problem == std::errc() && end == id.data() + id.size() ? number : 0;
}

std::vector<std::string> ReposView::pathTo(const Repo& repo, const databricks::Me& me) {
  const auto path = plainPath(repo.path);
  for (const auto& folder : ownFolders(me))
    if (isBelow(path, folder)) return {idOf(repo)};
  return {std::string(kFolder) + path.substr(0, path.find('/', 1)), idOf(repo)};
}

}  // namespace trowel::features
