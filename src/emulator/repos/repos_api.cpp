// SPDX-License-Identifier: Apache-2.0
#include "emulator/repos/repos_api.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "emulator/files/file_path.hpp"
#include "emulator/server/paging.hpp"
#include "emulator/workspace/workspace_api.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kPage = 20;

Json repoInfo(const Repo& repo) {
  Json info{{"id", repo.id},
            {"path", repo.path},
            {"url", repo.url},
            {"provider", repo.provider},
            {"head_commit_id", repo.head}};
  if (!repo.branch.empty()) info["branch"] = repo.branch;
  if (repo.sparse) info["sparse_checkout"] = {{"patterns", repo.patterns}};
  return info;
}

// In the service's spelling; clients may use another case.
Reply<std::string> provider(const std::string& wished) {
  for (const char* known : {"gitHub", "bitbucketCloud", "gitLab", "azureDevOpsServices", "gitHubEnterprise",
                            "bitbucketServer", "gitLabEnterpriseEdition", "awsCodeCommit"})
    if (core::equalsIgnoreCase(wished, known)) return known;
  return invalidParameter("Unknown Git provider: " + core::toValidUtf8(wished));
}

// The name of the repository: the last part of its URL without .git.
std::string nameOf(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  auto name = url.substr(url.rfind('/') + 1);
  if (name.ends_with(".git")) name.remove_suffix(4);
  return core::percentDecode(name).value_or(std::string(name));
}

Reply<std::vector<std::string>> patterns(const Json& sparse) {
  std::vector<std::string> found;
  for (const auto& pattern : core::arrayAt(sparse, "patterns")) {
    if (!pattern.is_string()) return malformedRequest("sparse_checkout.patterns must be strings.");
    found.push_back(pattern);
  }
  return found;
}

Reply<Response> create(Repos& repos, WorkspaceStore& workspace, const Call& call) {
  Repos::Wish wish;
  wish.url = TROWEL_TRY(call.required("url"));
  wish.provider = TROWEL_TRY(provider(TROWEL_TRY(call.required("provider"))));
  auto path = call.text("path");
  if (path.empty()) {
    auto folder = "/Repos/" + call.caller().name;
    TROWEL_TRY(workspace.makeDirectories(TROWEL_TRY(canonicalPath(folder))));
    path = folder + "/" + nameOf(wish.url);
  }
  wish.path = TROWEL_TRY(canonicalPath(path));
  auto sparse = call.params().find("sparse_checkout");
  wish.sparse = sparse != call.params().end() && sparse->is_object();
  if (wish.sparse) wish.patterns = TROWEL_TRY(patterns(*sparse));
  auto repo = TROWEL_TRY(repos.create(wish));
  return jsonResponse(repoInfo(repo));
}

Reply<Response> list(Repos& repos, const Call& call) {
  auto page = TROWEL_TRY(readPage(call, "page_size", kPage, kPage, "next_page_token"));
  auto prefix = TROWEL_TRY(canonicalPath(call.text("path_prefix", "/")));
  auto found = repos.list(prefix == "/" ? "/Repos" : prefix);
  Json some = Json::array();
  for (auto i = page.begin(found.size()); i < page.end(found.size()); ++i) some.push_back(repoInfo(found[i]));
  Json answer = Json::object();
  if (!some.empty()) answer["repos"] = std::move(some);
  setNextPage(answer, page, found.size());
  return jsonResponse(answer);
}

Reply<std::int64_t> idOf(const Call& call) {
  const auto& text = call.path("id");
  std::int64_t id = 0;
  auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (problem != std::errc() || rest != text.data() + text.size())
    return invalidParameter("Invalid repo id: " + core::toValidUtf8(text));
  return id;
}

Reply<Response> update(Repos& repos, const Call& call) {
  auto id = TROWEL_TRY(idOf(call));
  Repos::Change change{.branch = call.text("branch"), .tag = call.text("tag")};
  change.discardLocalChanges = call.flag("dangerously_force_discard_all");
  auto sparse = call.params().find("sparse_checkout");
  if (sparse != call.params().end() && sparse->is_object()) change.patterns = TROWEL_TRY(patterns(*sparse));
  TROWEL_TRY(repos.update(id, change));
  return emptyResponse();
}

}  // namespace

void addRepoRoutes(Router& router, Repos& repos, WorkspaceStore& workspace) {
  router.add("GET", "/api/2.0/repos", [&repos](const Call& call) { return list(repos, call); });
  router.add("POST", "/api/2.0/repos",
             [&repos, &workspace](const Call& call) { return create(repos, workspace, call); });
  router.add("GET", "/api/2.0/repos/{id}", [&repos](const Call& call) -> Reply<Response> {
    auto id = TROWEL_TRY(idOf(call));
    auto repo = TROWEL_TRY(repos.get(id));
    return jsonResponse(repoInfo(repo));
  });
  router.add("PATCH", "/api/2.0/repos/{id}", [&repos](const Call& call) { return update(repos, call); });
  router.add("DELETE", "/api/2.0/repos/{id}", [&repos](const Call& call) -> Reply<Response> {
    auto id = TROWEL_TRY(idOf(call));
    TROWEL_TRY(repos.remove(id));
    return emptyResponse();
  });
}

std::optional<Json> gitInfo(Repos& repos, const std::string& canonicalPath) {
  auto repo = repos.containing(canonicalPath);
  if (!repo) return std::nullopt;
  return repoInfo(*repo);
}

}  // namespace trowel::emulator
