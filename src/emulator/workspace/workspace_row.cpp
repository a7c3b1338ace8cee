// SPDX-License-Identifier: Apache-2.0
#include "emulator/workspace/workspace_row.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"

namespace trowel::emulator {

namespace {

ObjectType typeNamed(std::string_view name) {
  for (auto type : {ObjectType::Notebook, ObjectType::File, ObjectType::Dashboard})
    if (name == toString(type)) return type;
  return ObjectType::Directory;
}

}  // namespace

bool isRepoPath(std::string_view path) {
  return path.starts_with("/Repos/") && std::count(path.begin(), path.end(), '/') == 3;
}

std::string toRow(const WorkspaceObject& object) {
  core::Json row{{"type", toString(object.isFolder() ? ObjectType::Directory : object.type)},
                 {"id", object.id},
                 {"created", object.createdAt}};
  if (object.type == ObjectType::Notebook) row["language"] = toString(object.language);
  if (object.jupyter) row["jupyter"] = true;
  if (object.gitFolder) row["git"] = true;
  if (object.file != object.path && !object.file.empty()) row["file"] = object.file;
  if (!object.resourceId.empty()) row["resource"] = object.resourceId;
  return core::dumpJson(row);
}

std::optional<WorkspaceObject> fromRow(const std::string& path, const std::string& text) {
  auto row = core::parseJson(text);
  if (!row) return std::nullopt;
  WorkspaceObject object{.path = path, .type = typeNamed(core::stringAt(*row, "type"))};
  parseLanguage(core::stringAt(*row, "language"), object.language);
  object.jupyter = core::boolAt(*row, "jupyter");
  object.gitFolder = core::boolAt(*row, "git");
  if (object.gitFolder && isRepoPath(path)) object.type = ObjectType::Repo;
  object.id = core::intAt(*row, "id");
  object.createdAt = core::intAt(*row, "created");
  object.file = core::stringAt(*row, "file", path);
  object.resourceId = core::stringAt(*row, "resource");
  return object;
}

}  // namespace trowel::emulator
