// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/workspace_api.hpp"

#include <nlohmann/json.hpp>

#include "emulator/files/file_path.hpp"
#include "emulator/server/typed_params.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Json objectInfo(const WorkspaceObject& object, const SpelledPath& spelling) {
  Json info{{"object_type", toString(object.type)},
            {"path", spelling.echo(object.path)},
            {"object_id", object.id},
            {"resource_id", object.resourceId.empty() ? std::to_string(object.id) : object.resourceId}};
  if (object.type == ObjectType::Notebook) info["language"] = toString(object.language);
  if (object.type == ObjectType::File && object.size != 0) info["size"] = object.size;
  if (object.type == ObjectType::Directory && object.gitFolder) info["directory_info"] = {{"is_git_folder", true}};
  if (!object.isFolder()) {
    info["created_at"] = object.createdAt;
    info["modified_at"] = object.modifiedAt;
  }
  return info;
}

Reply<Response> list(const WorkspaceAccess& access, const Call& call) {
  auto path = TROWEL_TRY(requiredPath(call));
  auto modifiedAfter = TROWEL_TRY(typedNumber(call.params(), "notebooks_modified_after"));
  auto objects = access.list(call.caller(), path.canonical);
  if (!objects) return std::unexpected(respell(objects.error(), path));
  Json found = Json::array();
  for (const auto& object : *objects) {
    if (object->type == ObjectType::Notebook && object->modifiedAt < modifiedAfter) continue;
    found.push_back(objectInfo(*object, path));
  }
  // Empty collections are left out.
  return jsonResponse(found.empty() ? Json::object() : Json{{"objects", std::move(found)}});
}

Reply<Response> getStatus(const WorkspaceAccess& access, const GitInfo& gitInfo, const Call& call) {
  auto path = TROWEL_TRY(requiredPath(call));
  auto object = access.find(call.caller(), path.canonical);
  if (!object) return std::unexpected(respell(object.error(), path));
  Json info = objectInfo(**object, path);
  if (call.flag("return_export_info") && (*object)->type == ObjectType::Notebook)
    info["repos_export_format"] = (*object)->jupyter ? "JUPYTER" : "SOURCE";
  if (call.flag("return_git_info"))
    if (auto git = gitInfo(path.canonical)) info["git_info"] = *std::move(git);
  return jsonResponse(info);
}

// Two levels beneath /Repos stand Git folders, which repos/create makes.
Reply<void> checkNewFolder(const WorkspaceStore& store, const SpelledPath& path) {
  if (!path.canonical.starts_with("/Repos/")) return {};
  auto parts = core::split(std::string_view(path.canonical).substr(1), '/');
  if (parts.size() < 3) return {};
  auto repo = "/Repos/" + std::string(parts[1]) + "/" + std::string(parts[2]);
  if (TROWEL_TRY(store.look(repo))) return {};
  return invalidParameter("Path (" + path.echo(path.canonical) +
                          ") is not allowed: only Git folders stand at that level of /Repos.");
}

Reply<Response> makeDirectories(WorkspaceStore& store, const WorkspaceAccess& access, const Call& call) {
  auto path = TROWEL_TRY(requiredPath(call));
  TROWEL_TRY(checkNewFolder(store, path));
  auto made = access.requireFolder(call.caller(), path.canonical);
  if (made) made = store.makeDirectories(path.canonical);
  if (!made) return std::unexpected(respell(made.error(), path));
  return emptyResponse();
}

Reply<Response> remove(WorkspaceStore& store, const WorkspaceAccess& access, const Call& call) {
  auto path = TROWEL_TRY(requiredPath(call));
  bool recursive = TROWEL_TRY(typedFlag(call.params(), "recursive"));
  auto removed = access.requireManage(call.caller(), path.canonical);
  if (removed) removed = store.remove(path.canonical, recursive);
  if (!removed) return std::unexpected(respell(removed.error(), path));
  return emptyResponse();
}

}  // namespace

Reply<SpelledPath> spelledPath(std::string_view path) {
  SpelledPath spelled;
  spelled.canonical = TROWEL_TRY(canonicalPath(path));
  auto start = std::min(path.find_first_not_of('/'), path.size());
  auto first = path.substr(start, path.find('/', start) - start);
  if (first == "Workspace") spelled.prefix = "/Workspace";
  return spelled;
}

Reply<SpelledPath> requiredPath(const Call& call) { return spelledPath(TROWEL_TRY(call.required("path"))); }

ApiError respell(ApiError error, const SpelledPath& path) {
  if (path.prefix.empty()) return error;
  if (path.canonical != "/") error.message = core::replaceAll(error.message, path.canonical, path.echo(path.canonical));
  for (std::string above = path.canonical; above != "/";) {
    above = parentPath(above);
    error.message = core::replaceAll(error.message, "(" + above + ")", "(" + path.echo(above) + ")");
  }
  if (path.canonical == "/") error.message = core::replaceAll(error.message, "(/)", "(" + path.prefix + ")");
  return error;
}

void addWorkspaceRoutes(Router& router, WorkspaceStore& store, const WorkspaceAccess& access, GitInfo gitInfo) {
  router.add("GET", "/api/2.0/workspace/list", [&access](const Call& call) { return list(access, call); });
  router.add("GET", "/api/2.0/workspace/get-status",
             [&access, gitInfo = std::move(gitInfo)](const Call& call) { return getStatus(access, gitInfo, call); });
  router.add("POST", "/api/2.0/workspace/mkdirs",
             [&store, &access](const Call& call) { return makeDirectories(store, access, call); });
  router.add("POST", "/api/2.0/workspace/delete",
             [&store, &access](const Call& call) { return remove(store, access, call); });
}

}  // namespace trowel::emulator
