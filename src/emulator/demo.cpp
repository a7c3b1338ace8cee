// SPDX-License-Identifier: Apache-2.0
#include "emulator/demo.hpp"

#include <nlohmann/json.hpp>

#include "emulator/embedded_files.hpp"
#include "emulator/workspace/import.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

struct DemoFile {
  std::string_view source;  // in src/emulator/demo
  std::string_view path;    // USER is the user's name; as an import with format AUTO takes it
};

constexpr DemoFile kFiles[] = {
    {"getting_started.py", "/Users/USER/Getting started.py"},
    {"revenue_report.sql", "/Users/USER/reports/Revenue report.sql"},
    {"quarterly_plots.ipynb", "/Users/USER/reports/Quarterly plots.ipynb"},
    {"forecast.r", "/Users/USER/experiments/Forecast.r"},
    {"word_count.scala", "/Users/USER/experiments/Word count.scala"},
    {"cities.csv", "/Users/USER/data/cities.csv"},
    {"onboarding.py", "/Shared/Team onboarding.py"},
    {"revenue_report.sql", "/Shared/reports/Revenue report.sql"},
    {"readme.md", "/Repos/USER/sales-pipeline/README.md"},
    {"load.py", "/Repos/USER/sales-pipeline/jobs/load.py"},
    {"cleaning.py", "/Repos/USER/sales-pipeline/lib/cleaning.py"},
};

std::string_view demoFile(std::string_view name) {
  for (const auto& file : embeddedFiles())
    if (file.path == "demo/" + std::string(name)) return file.content;
  return {};
}

bool isEmpty(const WorkspaceStore& workspace, const std::string& folder) {
  auto children = workspace.list(folder);
  return children && children->empty();
}

void addFile(WorkspaceStore& workspace, const DemoFile& file, const std::string& userName) {
  std::string path = core::replaceAll(std::string(file.path), "USER", userName);
  auto stored = workspace.makeDirectories(path.substr(0, path.rfind('/')));
  NewObject object = sniffObject(path, std::string(demoFile(file.source)));
  if (stored) stored = workspace.put(path, std::move(object));
  if (!stored) core::logError("emulator", "Demo content is missing: " + stored.error().message);
}

Json clusterSpec(const std::string& name, const std::string& version, const std::string& nodeType, int workers) {
  Json spec{
      {"cluster_name", name},           {"spark_version", version},
      {"node_type_id", nodeType},       {"num_workers", workers},
      {"autotermination_minutes", 120}, {"data_security_mode", "SINGLE_USER"},
      {"runtime_engine", "STANDARD"},   {"spark_conf", {{"spark.databricks.repl.allowedLanguages", "python,sql"}}}};
  if (workers == 0) {
    spec["spark_conf"]["spark.databricks.cluster.profile"] = "singleNode";
    spec["spark_conf"]["spark.master"] = "local[*]";
    spec["custom_tags"] = {{"ResourceClass", "SingleNode"}};
  }
  return spec;
}

}  // namespace

void fillDemo(WorkspaceStore& workspace, Clusters& clusters, const std::string& userName) {
  if (isEmpty(workspace, "/Users/" + userName) && isEmpty(workspace, "/Shared") && isEmpty(workspace, "/Repos"))
    for (const auto& file : kFiles) addFile(workspace, file, userName);
  if (!clusters.empty()) return;
  clusters.seed("0102-091500-demo4u2x", clusterSpec("Demo cluster", "15.4.x-scala2.12", "Standard_DS3_v2", 0),
                ClusterState::Terminated, userName);
  clusters.seed("0103-101530-shared7k", clusterSpec("Shared analytics", "16.4.x-scala2.12", "Standard_E8s_v3", 2),
                ClusterState::Running, userName);
  clusters.seed("0104-142200-mltrain3", clusterSpec("ML training", "15.4.x-cpu-ml-scala2.12", "Standard_DS4_v2", 4),
                ClusterState::Terminated, userName);
}

}  // namespace trowel::emulator
