// SPDX-License-Identifier: Apache-2.0
#include "emulator/repos/repos_api.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "emulator/files/file_path.hpp"
#include "emulator/repos/git_credentials.hpp"
#include "emulator/server/message.hpp"
#include "emulator/server/paging.hpp"
#include "emulator/server/typed_params.hpp"
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

// The name of the repository: the last part of its URL without .git.
std::string nameOf(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  auto name = url.substr(url.rfind('/') + 1);
  if (name.ends_with(".git")) name.remove_suffix(4);
  return core::percentDecode(name).value_or(std::string(name));
}

// Those of sparse_checkout; nothing where the client wants none.
Reply<std::optional<std::vector<std::string>>> patterns(const Call& call) {
  static const std::vector<MessageField> kFields{{.name = "sparse_checkout",
                                                  .type = ValueType::Object,
                                                  .members = {{.name = "patterns", .type = ValueType::TextList}}}};
  Json wished = TROWEL_TRY(readMessage(call.params(), kFields));
  if (wished.empty()) return std::nullopt;
  std::vector<std::string> found;
  for (const auto& pattern : core::arrayAt(wished.front(), "patterns")) found.push_back(pattern);
  return found;
}

Reply<Response> create(Repos& repos, WorkspaceStore& workspace, const WorkspaceAccess& access, const Call& call) {
  Repos::Wish wish;
  wish.url = TROWEL_TRY(call.required("url"));
  wish.provider = TROWEL_TRY(gitProvider(TROWEL_TRY(call.required("provider"))));
  auto path = TROWEL_TRY(typedText(call.params(), "path"));
  if (path.empty()) {
    auto folder = "/Repos/" + call.caller().name;
    TROWEL_TRY(workspace.makeDirectories(TROWEL_TRY(canonicalPath(folder))));
    path = folder + "/" + nameOf(wish.url);
  }
  wish.path = TROWEL_TRY(canonicalPath(path));
  auto sparse = TROWEL_TRY(patterns(call));
  wish.sparse = sparse.has_value();
  wish.patterns = std::move(sparse).value_or(std::vector<std::string>());
  TROWEL_TRY(access.requireWrite(call.caller(), wish.path));
  auto repo = TROWEL_TRY(repos.create(wish));
  return jsonResponse(repoInfo(repo));
}

Reply<Response> list(Repos& repos, const WorkspaceAccess& access, const Call& call) {
  auto page = TROWEL_TRY(readPage(call, "page_size", kPage, kPage, "next_page_token"));
  auto wished = TROWEL_TRY(typedText(call.params(), "path_prefix", "/"));
  auto prefix = TROWEL_TRY(canonicalPath(wished));
  if (prefix == "/") prefix = "/Repos";
  if (wished.ends_with('/')) prefix += '/';
  auto found = TROWEL_TRY(repos.list(prefix));
  std::erase_if(found, [&](const Repo& repo) { return !access.find(call.caller(), repo.path); });
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

// That the path names; as unknown as any other where the caller may not read it.
Reply<Repo> repoOf(Repos& repos, const WorkspaceAccess& access, const Call& call) {
  auto repo = TROWEL_TRY(repos.get(TROWEL_TRY(idOf(call))));
  auto folder = access.find(call.caller(), repo.path);
  if (!folder && folder.error().status == 404) return noSuchRepo(repo.id);
  if (!folder) return std::unexpected(folder.error());
  return repo;
}

Reply<Repo> managedRepo(Repos& repos, const WorkspaceAccess& access, const Call& call) {
  auto repo = TROWEL_TRY(repoOf(repos, access, call));
  TROWEL_TRY(access.requireManage(call.caller(), repo.path));
  return repo;
}

Reply<Response> update(Repos& repos, const WorkspaceAccess& access, const Call& call) {
  auto repo = TROWEL_TRY(managedRepo(repos, access, call));
  Repos::Change change;
  change.branch = TROWEL_TRY(typedText(call.params(), "branch"));
  change.tag = TROWEL_TRY(typedText(call.params(), "tag"));
  change.discardLocalChanges = TROWEL_TRY(typedFlag(call.params(), "dangerously_force_discard_all"));
  change.patterns = TROWEL_TRY(patterns(call));
  TROWEL_TRY(repos.update(repo.id, change));
  return emptyResponse();
}

}  // namespace

void addRepoRoutes(Router& router, Repos& repos, WorkspaceStore& workspace, const WorkspaceAccess& access) {
  auto to = [&repos, &access](auto endpoint) {
    return [&repos, &access, endpoint](const Call& call) -> Reply<Response> { return endpoint(repos, access, call); };
  };
  router.add("GET", "/api/2.0/repos", to(list));
  router.add("POST", "/api/2.0/repos",
             [&repos, &workspace, &access](const Call& call) { return create(repos, workspace, access, call); });
  router.add("GET", "/api/2.0/repos/{id}",
             to([](Repos& all, const WorkspaceAccess& rights, const Call& call) -> Reply<Response> {
               auto repo = TROWEL_TRY(repoOf(all, rights, call));
               return jsonResponse(repoInfo(repo));
             }));
  router.add("PATCH", "/api/2.0/repos/{id}", to(update));
  router.add("DELETE", "/api/2.0/repos/{id}",
             to([](Repos& all, const WorkspaceAccess& rights, const Call& call) -> Reply<Response> {
               auto repo = TROWEL_TRY(managedRepo(all, rights, call));
               TROWEL_TRY(all.remove(repo.id));
               return emptyResponse();
             }));
}

std::optional<Json> gitInfo(Repos& repos, const std::string& canonicalPath) {
  auto repo = repos.containing(canonicalPath);
  if (!repo) return std::nullopt;
  return repoInfo(*repo);
}

}  // namespace trowel::emulator
