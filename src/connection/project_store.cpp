// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/project_store.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/hash.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/file_lock.hpp"
#include "trowel/os/files.hpp"

namespace trowel::connection {

namespace {

constexpr std::size_t kMaxBytes = 64UL * 1024;
constexpr std::size_t kNameLength = 16;  // hex digits of the path's hash: enough for every folder of one user

// Of Chosen::over. No setting begins like this: cluster ids hold no colon.
constexpr std::string_view kSource = "source:";

// Readable, also where a path is no UTF-8.
std::string nameOf(const std::string& project) { return project.empty() ? "" : core::pathToUri(project); }

Chosen readChosen(const core::Json& json) {
  return {.value = core::stringAt(json, "value"), .over = core::stringAt(json, "over")};
}

}  // namespace

Chosen Chosen::instead(std::string value, const std::string& setting, const std::string& source) {
  bool isSource = setting.empty() && !source.empty();
  return {.value = std::move(value), .over = isSource ? std::string(kSource) + source : setting};
}

std::string Chosen::against(const std::string& setting, const std::string& source) const {
  if (!setting.empty()) return against(setting);
  const bool isSource = over.starts_with(kSource);
  if (value.empty() || (!over.empty() && !isSource)) return source;
  return source.empty() || source == (isSource ? over.substr(kSource.size()) : "") ? value : source;
}

std::string ProjectStore::fileOf(const std::string& project) const {
  return folder_ + "/" + core::sha256(project).substr(0, kNameLength) + ".json";
}

ProjectChoice ProjectStore::read(const std::string& project) const {
  auto text = os::readFile(fileOf(project), kMaxBytes);
  if (!text) {
    if (text.error().code != core::ErrorCode::NotFound) core::logWarn("connection", core::describe(text.error()));
    return {};
  }
  auto json = core::parseJson(*text);
  if (!json || core::stringAt(*json, "project") != nameOf(project)) {
    core::logWarn("connection", "what was chosen for a project cannot be read any more: " + fileOf(project));
    return {};
  }
  ProjectChoice choice;
  choice.connection = readChosen(core::objectAt(*json, "connection"));
  choice.cluster = readChosen(core::objectAt(*json, "cluster"));
  choice.warehouse = readChosen(core::objectAt(*json, "warehouse"));
  choice.sqlCluster = readChosen(core::objectAt(*json, "sqlCluster"));
  for (const auto& each : core::arrayAt(*json, "subfolders"))
    if (each.is_string()) choice.subfolders.push_back(each.get<std::string>());
  return choice;
}

core::Result<void> ProjectStore::update(const std::string& project, core::Clock& clock, const core::CancelToken& cancel,
                                        const std::function<void(ProjectChoice&)>& change) const {
  TROWEL_TRY(os::makePrivateDirs(folder_));
  auto lock = TROWEL_TRY(os::FileLock::acquire(folder_ + "/lock", os::LockMode::Exclusive, "", clock, cancel));
  auto choice = read(project);
  change(choice);
  return write(project, choice);
}

core::Result<void> ProjectStore::write(const std::string& project, const ProjectChoice& choice) const {
  if (choice == ProjectChoice{}) return os::removeFile(fileOf(project));
  core::Json json = {{"project", nameOf(project)}};
  json["connection"] = {{"value", choice.connection.value}, {"over", choice.connection.over}};
  json["cluster"] = {{"value", choice.cluster.value}, {"over", choice.cluster.over}};
  json["warehouse"] = {{"value", choice.warehouse.value}, {"over", choice.warehouse.over}};
  if (choice.sqlCluster != Chosen{})
    json["sqlCluster"] = {{"value", choice.sqlCluster.value}, {"over", choice.sqlCluster.over}};
  if (!choice.subfolders.empty()) json["subfolders"] = choice.subfolders;
  return os::replaceFile(fileOf(project), core::dumpJsonPretty(json) + "\n");
}

}  // namespace trowel::connection
