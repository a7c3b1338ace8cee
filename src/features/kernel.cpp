// SPDX-License-Identifier: Apache-2.0
#include "kernel.hpp"

#include <algorithm>

#include "features/files/contents.hpp"
#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;

// A kernel is a cluster of a connection. Cluster ids hold no slash.
struct KernelId {
  std::string connection;
  std::string cluster;

  std::string text() const { return connection + "/" + cluster; }

  static Result<KernelId> parse(const std::string& text) {
    auto slash = text.rfind('/');
    if (slash == std::string::npos)
      return core::fail(ErrorCode::InvalidParams, "'" + core::toValidUtf8(text) + "' is no kernel of Trowel's.");
    return KernelId{text.substr(0, slash), text.substr(slash + 1)};
  }
};

Result<protocol::CellOutput> toWire(const notebook::Output& output) {
  protocol::CellOutput wire;
  for (const auto& item : output.items) {
    protocol::OutputItem out;
    out.mime = item.mime;
    if (item.data.size() > kMaxInline) {
      out.path = TROWEL_TRY(putContents(item.data));
    } else if (item.binary) {
      out.base64 = core::toBase64(item.data);
    } else {
      out.text = item.data;
    }
    wire.items.push_back(std::move(out));
  }
  return wire;
}

protocol::CellState toWire(kernel::RunState state) {
  switch (state) {
    case kernel::RunState::Succeeded:
      return protocol::CellState::Succeeded;
    case kernel::RunState::Cancelled:
      return protocol::CellState::Cancelled;
    case kernel::RunState::Failed:
    case kernel::RunState::ClusterNotRunning:
      break;
  }
  return protocol::CellState::Failed;
}

std::optional<std::string> clusterOf(const protocol::KernelSessionParams& params) {
  if (!params.kernel) return std::nullopt;
  auto id = KernelId::parse(*params.kernel);
  return id ? std::optional(id->cluster) : std::nullopt;
}

}  // namespace

Result<protocol::KernelListResult> Kernel::list(const protocol::KernelListParams& params, rpc::CallContext& call) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  protocol::KernelListResult result;
  auto connection = session_.connection(project, call.cancel);
  // Without a connection there is simply no kernel; the views say why.
  if (!connection) return result;
  auto attached = session_.cluster(project);
  auto clusters = TROWEL_TRY(clusters_.followedClusters(project, call.cancel));
  bool hasAttached = std::ranges::find(clusters, attached, &databricks::Cluster::id) != clusters.end();
  for (const auto& cluster : clusters) {
    protocol::KernelInfo info;
    info.id = KernelId{(*connection)->id, cluster.id}.text();
    info.label = cluster.name;
    info.description = core::toLower(cluster.state);
    info.detail = (*connection)->name + " · " + cluster.sparkVersion;
    // The project's own cluster; where it has none, the first that runs.
    info.preferred = hasAttached ? cluster.id == attached : &cluster == clusters.data() && cluster.isRunning();
    result.kernels.push_back(std::move(info));
  }
  std::ranges::stable_partition(result.kernels, &protocol::KernelInfo::preferred);
  return result;
}

Result<protocol::KernelExecuteResult> Kernel::execute(const protocol::KernelExecuteParams& params,
                                                      rpc::CallContext& call) {
  auto project = TROWEL_TRY(session_.project(params.folder));
  auto id = TROWEL_TRY(KernelId::parse(params.kernel));
  auto connection = TROWEL_TRY(session_.connection(project, call.cancel));
  if (connection->id != id.connection)
    return core::fail(ErrorCode::Conflict, "This kernel belongs to another connection (" + id.connection +
                                               "). Choose a kernel of " + connection->name + ".");
  std::shared_ptr<const databricks::RestClient> rest(connection, &connection->rest);
  auto session = sessions_.open({connection->id, id.cluster, params.notebook}, rest);

  // Leaving the connection ends the cell as well.
  core::CancelSource either(call.cancel);
  auto left = connection->cancel.onCancel([&] { either.cancel(core::CancelReason::Superseded); });
  kernel::RunOptions options;
  options.cancel = either.token();
  options.onProgress = [&](std::string_view what) { call.progress.report("Running a cell", std::string(what)); };
  auto result = session->run(params.language, params.source, options);
  if (result.state == kernel::RunState::ClusterNotRunning &&
      TROWEL_TRY(offerStart(project, id.cluster, result.clusterState, call)))
    result = session->run(params.language, params.source, options);

  protocol::KernelExecuteResult wire;
  wire.state = toWire(result.state);
  if (result.state == kernel::RunState::ClusterNotRunning)
    result.outputs.push_back(notebook::errorOutput(
        "ClusterNotRunning", "The cluster is " + core::toLower(result.clusterState) + ", so the cell did not run.",
        ""));
  for (const auto& output : result.outputs) wire.outputs.push_back(TROWEL_TRY(toWire(output)));
  return wire;
}

Result<bool> Kernel::offerStart(const Project& project, const std::string& cluster, const std::string& state,
                                rpc::CallContext& call) {
  // One that is on its way needs no consent.
  if (state == "TERMINATED" || state == "ERROR" || state == "TERMINATING") {
    auto answer =
        TROWEL_TRY(session_.editor().uiConfirm({.severity = protocol::Severity::Info,
                                                .message = "The cluster is " + core::toLower(state) + ". Start it?",
                                                .detail = "The cell runs as soon as the cluster does.",
                                                .modal = false,
                                                .actions = {"Start Cluster"}},
                                               call.cancel));
    if (!answer.action) return false;
  }
  TROWEL_TRY(clusters_.ensureRunning(project, cluster, call));
  return true;
}

std::vector<std::string> Kernel::notebooksOn(const std::string& connection, const std::string& cluster) const {
  std::vector<std::string> notebooks;
  for (auto& key : sessions_.keys())
    if (key.connection == connection && key.clusterId == cluster) notebooks.push_back(std::move(key.notebook));
  return notebooks;
}

void Kernel::restartOn(const std::string& connection, const std::string& cluster) {
  sessions_.restartAll(connection, cluster);
}

Result<Json> Kernel::restart(const protocol::KernelSessionParams& params, rpc::CallContext&) {
  sessions_.restart(params.notebook, clusterOf(params));
  return Json();
}

Result<Json> Kernel::close(const protocol::KernelSessionParams& params, rpc::CallContext&) {
  sessions_.close(params.notebook, clusterOf(params));
  return Json();
}

}  // namespace trowel::features
