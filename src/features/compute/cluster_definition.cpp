// SPDX-License-Identifier: Apache-2.0
// Clusters as JSON: shown, kept in a file, written by hand, sent. What the workspace only reports is left out, so that
// what is shown can be sent back.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "cluster_actions.hpp"
#include "features/transfers/sync_folder.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

bool any(const databricks::Cluster&) { return true; }

constexpr std::size_t kMaxDefinition = 1024UL * 1024;  // bytes
// What file names have as it is; the rest is percent-encoded, so that no name leads out of the folder.
constexpr std::string_view kInNames = " ()+,=@";

// With its id where it has one: that is how a definition tells whether it is to be changed or made.
std::string textOf(const Json& spec) { return core::dumpJsonPretty(spec) + "\n"; }

// "15.4.x-scala2.12" is {15, 4}. Of another shape: zeros.
std::pair<int, int> numberOf(const std::string& runtime) {
  std::pair<int, int> number;
  const auto* end = runtime.data() + runtime.size();
  auto [dot, problem] = std::from_chars(runtime.data(), end, number.first);
  if (problem != std::errc() || dot == end || *dot != '.') return {};
  std::from_chars(dot + 1, end, number.second);
  return number;
}

// Something to begin with: the newest plain runtime with long support, on the smallest machine that can be had.
Result<Json> beginning(const connection::Connection& connection, const core::CancelToken& cancel) {
  databricks::Clusters service(connection.rest);
  Json spec{{"cluster_name", "New cluster"},
            {"num_workers", 1},
            {"autotermination_minutes", 60},
            {"data_security_mode", "SINGLE_USER"}};
  auto runtimes = TROWEL_TRY(service.sparkVersions({.cancel = cancel}).all());
  std::erase_if(runtimes, [](const databricks::SparkVersion& runtime) {
    return runtime.name.find("LTS") == std::string::npos || runtime.key.find("-ml") != std::string::npos ||
           runtime.key.find("photon") != std::string::npos;
  });
  auto newest = std::ranges::max_element(runtimes, {},
                                         [](const databricks::SparkVersion& runtime) { return numberOf(runtime.key); });
  if (newest != runtimes.end()) spec["spark_version"] = newest->key;
  auto machines = TROWEL_TRY(service.nodeTypes({.cancel = cancel}).all());
  std::erase_if(machines, [](const databricks::NodeType& machine) {
    return machine.deprecated || machine.hidden || machine.gpus > 0 || !machine.problems.empty();
  });
  auto smallest = std::ranges::min_element(machines, {}, [](const databricks::NodeType& machine) {
    return std::tuple(machine.cores, machine.memoryMb, machine.id);
  });
  if (smallest != machines.end()) spec["node_type_id"] = smallest->id;
  return spec;
}

struct File {
  std::string path;
  std::string text;
};

// Named like their clusters; of several with one name, each has its id as well.
std::vector<File> filesOf(const std::vector<databricks::Cluster>& clusters, const std::string& folder) {
  std::vector<File> files;
  for (const auto& cluster : clusters) {
    auto namesake = [&](const databricks::Cluster& other) { return core::equalsIgnoreCase(other.name, cluster.name); };
    auto name = std::ranges::count_if(clusters, namesake) == 1 ? cluster.name : cluster.name + " " + cluster.id;
    files.push_back({.path = folder + "/" + core::percentEncode(name, kInNames) + ".json",
                     .text = textOf(databricks::specOf(cluster))});
  }
  return files;
}

}  // namespace

Result<Json> ClusterActions::draft(Action& action, const Json& spec) {
  TROWEL_TRY(action.draft("json", textOf(spec)));
  action.tell("Change the definition as you like, then run 'Trowel: Send Cluster JSON'.");
  return Json();
}

Result<Json> ClusterActions::create(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  auto spec = TROWEL_TRY(beginning(*connection, action.cancel()));
  return draft(action, spec);
}

Result<Json> ClusterActions::edit(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto cluster = TROWEL_TRY(one(action, "Edit Cluster as JSON", any));
  return draft(action, databricks::specOf(cluster));
}

Result<Json> ClusterActions::clone(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto cluster = TROWEL_TRY(one(action, "Clone Cluster", any));
  auto spec = databricks::specOf(cluster);
  spec.erase("cluster_id");
  spec["cluster_name"] = "Copy of " + cluster.name;
  return draft(action, spec);
}

Result<Json> ClusterActions::send(protocol::CommandCall& call) {
  constexpr const char* kNone =
      "Open the definition of a cluster in an editor first: with 'Trowel: Create Cluster from JSON' or 'Trowel: Edit "
      "Cluster as JSON…'.";
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto text = TROWEL_TRY(action.activeText(kNone));
  auto spec = core::parseJson(text);
  if (!spec || !spec->is_object())
    return core::fail(ErrorCode::InvalidParams,
                      spec ? std::string(kNone) : "The editor's text is no JSON: " + spec.error().message);
  auto connection = TROWEL_TRY(action.connection());
  databricks::Clusters service(connection->rest);
  auto id = core::stringAt(*spec, "cluster_id");
  auto name = core::stringAt(*spec, "cluster_name", "the cluster");
  if (id.empty()) {
    TROWEL_TRY(action.confirm("Create the cluster " + name + "?", "It starts at once, and is paid for while it runs.",
                              "Create"));
    id = TROWEL_TRY(service.create(*spec, {.cancel = action.cancel()}));
  } else {
    auto cluster = TROWEL_TRY(service.get(id, {.cancel = action.cancel()}));
    TROWEL_TRY(action.confirm("Change the cluster " + cluster.name + "?",
                              cluster.isRunning() ? "It restarts: everything that runs there ends, for everybody."
                                                  : "It is used at its next start.",
                              "Change"));
    TROWEL_TRY(service.edit(id, *spec, {.cancel = action.cancel()}));
  }
  clusters_.changed(action.project());
  return Json::object({{"cluster_id", id}});
}

Result<Json> ClusterActions::definition(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto cluster = TROWEL_TRY(one(action, "Show Cluster Definition", any));
  TROWEL_TRY(action.show(cluster.name + ".json", "json", textOf(databricks::specOf(cluster))));
  return Json();
}

Result<Json> ClusterActions::saveDefinition(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto clusters = TROWEL_TRY(some(action, "Save Cluster Definition", any));
  auto folder = TROWEL_TRY(syncFolder(session_, offers_, action.project(), "Clusters"));
  auto files = filesOf(clusters, folder);
  std::erase_if(files, [](const File& file) {
    auto before = os::readFile(file.path, kMaxDefinition);
    return before && *before == file.text;
  });
  // What the user has written there must not go without a word. Nobody else reads them: people write secrets into
  // definitions.
  auto others = std::ranges::count_if(files, [](const File& file) { return os::pathExists(file.path); });
  if (others > 0) {
    auto what = others == 1 ? "a definition" : fmt::format("{} definitions", others);
    TROWEL_TRY(action.confirm("Replace " + what + " in " + folder + "?",
                              "What is there now differs from what the workspace has.", "Replace"));
  }
  for (const auto& file : files) TROWEL_TRY(os::replaceFile(file.path, file.text));
  if (clusters.size() == 1) {
    TROWEL_TRY(action.openFile(core::pathToUri(filesOf(clusters, folder).front().path)));
    return Json();
  }
  action.tell(fmt::format("{} definitions are in {}.", clusters.size(), folder));
  return Json();
}

}  // namespace trowel::features
