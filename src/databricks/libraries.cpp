// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/libraries.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kList{Verb::Get, "/api/2.0/libraries/cluster-status", Safety::Safe, inOnePage("library_statuses")};
constexpr Call kListAll{Verb::Get, "/api/2.0/libraries/all-cluster-statuses", Safety::Safe, inOnePage("statuses")};
constexpr Call kInstall{Verb::Post, "/api/2.0/libraries/install", Safety::Safe};
constexpr Call kUninstall{Verb::Post, "/api/2.0/libraries/uninstall", Safety::Safe};

// Under which field the name stands; empty where the value itself is the name.
const char* nameField(std::string_view type) {
  if (type == "maven") return "coordinates";
  return type == "pypi" || type == "cran" ? "package" : "";
}

Library readLibrary(const core::Json& json) {
  Library library;
  library.document = documentOf(json);
  if (!json.is_object() || json.empty()) return library;
  // An object of one member, whose name is the type.
  const auto member = json.begin();
  library.type = member.key();
  library.name = core::stringAt(json, library.type.c_str());
  if (!member->is_object()) return library;
  library.name = core::stringAt(*member, nameField(library.type));
  library.repo = core::stringAt(*member, "repo");
  library.exclusions = textsAt(*member, "exclusions");
  return library;
}

core::Json toJson(const Library& library) {
  if (library.document != nullptr) return *library.document;
  std::string field = nameField(library.type);
  if (field.empty()) return {{library.type, library.name}};
  core::Json value = {{field, library.name}};
  if (!library.repo.empty()) value["repo"] = library.repo;
  if (!library.exclusions.empty()) value["exclusions"] = library.exclusions;
  return {{library.type, std::move(value)}};
}

LibraryStatus readStatus(const core::Json& json) {
  LibraryStatus status;
  status.library = readLibrary(core::objectAt(json, "library"));
  status.status = core::stringAt(json, "status");
  status.messages = textsAt(json, "messages");
  status.onAllClusters = core::boolAt(json, "is_library_for_all_clusters");
  return status;
}

ClusterLibraries readCluster(const core::Json& json) {
  return {.clusterId = core::stringAt(json, "cluster_id"), .libraries = listAt(json, "library_statuses", &readStatus)};
}

}  // namespace

Listing<LibraryStatus> Libraries::list(std::string_view clusterId, const CallOptions& options) const {
  return rest_.list(kList, {{"cluster_id", clusterId}}, &readStatus, options);
}

Listing<ClusterLibraries> Libraries::listAll(const CallOptions& options) const {
  return rest_.list(kListAll, {}, &readCluster, options);
}

core::Result<void> Libraries::install(std::string_view clusterId, std::span<const Library> libraries,
                                      const CallOptions& options) const {
  return change(kInstall, clusterId, libraries, options);
}

core::Result<void> Libraries::uninstall(std::string_view clusterId, std::span<const Library> libraries,
                                        const CallOptions& options) const {
  return change(kUninstall, clusterId, libraries, options);
}

core::Result<void> Libraries::change(const Call& call, std::string_view clusterId, std::span<const Library> libraries,
                                     const CallOptions& options) const {
  core::Json list = core::Json::array();
  for (const auto& library : libraries) list.push_back(toJson(library));
  TROWEL_TRY(rest_.call(call, {{"cluster_id", clusterId}, {"libraries", std::move(list)}}, options));
  return {};
}

}  // namespace trowel::databricks
