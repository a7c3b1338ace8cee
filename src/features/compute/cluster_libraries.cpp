// SPDX-License-Identifier: Apache-2.0
// Libraries on clusters. A library's row stands below its cluster's.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "cluster_actions.hpp"
#include "features/trees/cluster_rows.hpp"
#include "trowel/core/text.hpp"
#include "trowel/databricks/libraries.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

struct Kind {
  const char* type;
  const char* label;
  const char* prompt;
  const char* placeholder;
};

constexpr std::array kKinds = {
    Kind{"pypi", "PyPI", "A package, and its version where it matters", "simplejson==3.19.2"},
    Kind{"maven", "Maven", "Coordinates: group:artifact:version", "com.databricks:spark-xml_2.12:0.18.0"},
    Kind{"cran", "CRAN", "A package", "forecast"},
    Kind{"whl", "Wheel", "Its path in the workspace or in a volume",
         "/Volumes/main/default/libs/etl-1.0-py3-none-any.whl"},
    Kind{"requirements", "requirements.txt", "Its path in the workspace or in a volume",
         "/Workspace/Shared/requirements.txt"},
    Kind{"jar", "JAR", "Its path in the workspace or in a volume", "/Volumes/main/default/libs/etl.jar"}};

bool isThere(const databricks::Cluster&) { return true; }

Result<std::vector<protocol::PickItem>> offerOf(const databricks::Libraries& service, const std::string& clusterId,
                                                const core::CancelToken& cancel) {
  auto installed = TROWEL_TRY(service.list(clusterId, {.cancel = cancel}).all());
  std::vector<protocol::PickItem> items;
  for (const auto& status : installed)
    items.push_back({.id = LibraryRow{clusterId, status.library.type, status.library.name}.text(),
                     .label = status.library.name,
                     .description = status.library.type,
                     .detail = core::toLower(status.status),
                     .icon = "package",
                     .picked = {}});
  return items;
}

}  // namespace

Result<Json> ClusterActions::installLibrary(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto clusters = TROWEL_TRY(some(action, "Install Library on Cluster", isThere));
  std::vector<protocol::PickItem> items;
  for (const auto& kind : kKinds)
    items.push_back({.id = kind.type,
                     .label = kind.label,
                     .description = kind.placeholder,
                     .detail = {},
                     .icon = "package",
                     .picked = {}});
  auto type = TROWEL_TRY(
      action.pick({.title = "Install Library", .placeholder = "Where does it come from?"}, std::move(items)));
  auto kind = std::ranges::find_if(kKinds, [&](const Kind& each) { return type == each.type; });
  if (kind == kKinds.end()) return core::fail(ErrorCode::InvalidParams, "There is no kind of library '" + type + "'.");
  auto name = TROWEL_TRY(action.line({.title = std::string("Install Library: ") + kind->label,
                                      .prompt = kind->prompt,
                                      .placeholder = kind->placeholder,
                                      .value = {},
                                      .masked = {}}));
  const std::vector<databricks::Library> libraries = {{.type = type, .name = name}};
  auto connection = TROWEL_TRY(action.connection());
  databricks::Libraries service(connection->rest);
  std::vector<Action::Item> targets;
  for (const auto& cluster : clusters) targets.push_back({.id = cluster.id, .name = cluster.name});
  auto done = action.each(targets, "Installing " + name, [&](const Action::Item& item) {
    return service.install(item.id, libraries, {.cancel = action.cancel()});
  });
  for (const auto& cluster : clusters) tree_.changed(protocol::view::kClusters, cluster.id);
  if (!done) return std::unexpected(done.error());
  auto waiting = std::ranges::find_if(clusters, [](const auto& cluster) { return !cluster.isRunning(); });
  if (waiting != clusters.end()) action.tell(fmt::format("{} gets {} at its next start.", waiting->name, name));
  return Json();
}

Result<Json> ClusterActions::uninstallLibrary(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  databricks::Libraries service(connection->rest);
  // Rows of libraries say which ones; else the user picks a cluster, then from its list.
  auto rows = action.rows(protocol::view::kClusters);
  std::erase_if(rows, [](const std::string& row) { return !LibraryRow::parse(row); });
  if (rows.empty()) {
    auto cluster = TROWEL_TRY(one(action, "Uninstall Library from Cluster", isThere));
    auto items = TROWEL_TRY(offerOf(service, cluster.id, action.cancel()));
    rows = TROWEL_TRY(action.pickSome({.title = "Uninstall Library",
                                       .placeholder = "Which ones?",
                                       .none = "No library is installed on " + cluster.name + "."},
                                      std::move(items)));
  }
  // What is there now, as the workspace has it; what is gone already needs nothing.
  std::map<std::string, std::vector<databricks::Library>> unwanted;  // by cluster
  for (const auto& row : rows) unwanted[LibraryRow::parse(row)->cluster];
  std::vector<std::string> names;
  for (auto& [clusterId, libraries] : unwanted) {
    auto installed = TROWEL_TRY(service.list(clusterId, {.cancel = action.cancel()}).all());
    for (auto& status : installed) {
      auto row = LibraryRow{clusterId, status.library.type, status.library.name}.text();
      if (std::ranges::find(rows, row) == rows.end()) continue;
      names.push_back(status.library.name);
      libraries.push_back(std::move(status.library));
    }
  }
  if (names.empty()) return Json();
  auto what = names.size() == 1 ? names.front() : fmt::format("{} libraries", names.size());
  TROWEL_TRY(action.confirm("Uninstall " + what + "?", "A cluster that runs goes on with it until its next restart.",
                            "Uninstall"));
  std::vector<Action::Item> items;
  for (const auto& [clusterId, libraries] : unwanted)
    if (!libraries.empty()) items.push_back({.id = clusterId, .name = clusterId});
  auto done = action.each(items, "Uninstalling " + what, [&](const Action::Item& item) {
    return service.uninstall(item.id, unwanted[item.id], {.cancel = action.cancel()});
  });
  for (const auto& item : items) tree_.changed(protocol::view::kClusters, item.id);
  if (!done) return std::unexpected(std::move(done).error());
  return Json();
}

}  // namespace trowel::features
