// SPDX-License-Identifier: Apache-2.0
// The wiring. Members are built from the bottom up and destroyed from the top down; run() has stopped every thread
// before that.
#include "trowel/app/daemon.hpp"

#include "features/cluster.hpp"
#include "features/connection.hpp"
#include "features/debug.hpp"
#include "features/kernel.hpp"
#include "features/lifecycle.hpp"
#include "features/notebook.hpp"
#include "features/session.hpp"
#include "features/sync.hpp"
#include "features/tree.hpp"
#include "features/trees/clusters.hpp"
#include "features/trees/connections.hpp"
#include "features/trees/workspace.hpp"
#include "features/workspace.hpp"
#include "trowel/core/log.hpp"
#include "trowel/http/transport.hpp"
#include "trowel/os/files.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::app {

namespace {

constexpr std::size_t kMaxWorkers = 32;
constexpr std::size_t kMaxWaiting = 4096;
constexpr std::size_t kMaxBackground = 8;
// From the wish to end until even contexts and commands in the workspace are left to themselves.
constexpr auto kTidyingUp = std::chrono::seconds(1);
constexpr std::size_t kMaxConfigFile = 1024UL * 1024;

constexpr const char* kSafeMode =
    "Trowel has crashed five times within three minutes, so this time it does not start to sync by itself. Start it "
    "with "
    "'Trowel: Start Sync', or reload the window in a few minutes. 'Trowel: Copy Debug Information' helps to report it.";

core::Result<std::string> readConfigFile(const std::string& path) {
  auto text = os::readFile(path, kMaxConfigFile);
  if (!text && text.error().code == core::ErrorCode::NotFound) return std::string();
  return text;
}

core::Result<http::NetworkOptions> networkOf(const DaemonOptions& options) {
  if (!options.environment) return http::NetworkOptions{};
  return http::networkOptions(options.environment);
}

}  // namespace

struct Daemon::Parts {
  Parts(rpc::Streams streams, DaemonOptions given)
      : options(std::move(given)), endpoint(std::move(streams), pool, *options.clock) {
    auto& binder = endpoint.binder();
    protocol::bind(binder, lifecycle);
    protocol::bind(binder, tree);
    protocol::bind(binder, connection);
    protocol::bind(binder, workspace);
    protocol::bind(binder, cluster);
    protocol::bind(binder, kernel);
    protocol::bind(binder, notebook);
    protocol::bind(binder, sync);
    protocol::bind(binder, debug);
    protocol::bind(commands, static_cast<protocol::ViewCommands&>(tree));
    protocol::bind(commands, static_cast<protocol::ConnectionCommands&>(connection));
    protocol::bind(commands, static_cast<protocol::WorkspaceCommands&>(workspace));
    protocol::bind(commands, static_cast<protocol::ClusterCommands&>(cluster));
    protocol::bind(commands, static_cast<protocol::SyncCommands&>(sync));
    tree.add(protocol::view::kConnections, connectionsView);
    tree.add(protocol::view::kWorkspace, workspaceView);
    tree.add(protocol::view::kClusters, clustersView);
  }

  core::Result<core::SecretString> settingsToken(const std::string& name, const core::CancelToken& cancel) {
    auto secret =
        TROWEL_TRY(editor.uiSecretGet({features::Connection::secretKey(name)}, cancel, std::chrono::seconds(30)));
    if (!secret.value || secret.value->empty())
      return core::fail(core::ErrorCode::Unauthenticated, "No token is stored for the connection '" + name +
                                                              "'. Enter one with 'Trowel: Add Connection…'.");
    return core::SecretString(*std::move(secret.value));
  }

  void connectionChanged(const std::string& folder) {
    connection.announce(folder);
    tree.allChanged();
    editor.kernelChanged({});
    session.background([this](const core::CancelToken&) { sync.follow(); });
  }

  DaemonOptions options;
  core::CancelSource shutdown;
  core::CancelSource ending;  // soon after `shutdown`
  core::WorkerPool pool{kMaxWorkers, kMaxWaiting};
  // Requests may all wait for a connection; what makes it must not wait behind them.
  core::WorkerPool background{kMaxBackground, kMaxWaiting, "back"};
  core::Timer timer{*options.clock};
  rpc::Endpoint endpoint;
  protocol::Client editor{endpoint.outgoing()};
  http::HttpTransport http{timer, networkOf(options)};
  connection::DemoWorkspace demo{options.demoFolder, options.executable, *options.clock};
  connection::ConnectionManager connections{
      {.http = http,
       .clock = *options.clock,
       .demo = demo,
       .readConfigFile = [this] { return readConfigFile(options.configFile); },
       .settingsToken = [this](const std::string& name,
                               const core::CancelToken& cancel) { return settingsToken(name, cancel); },
       .changed = [this](const std::string& folder) { connectionChanged(folder); }}};

  features::Session session{{editor, background, timer, *options.clock, connections, shutdown.token()}};
  features::Connection connection{session};
  features::Workspace workspace{session};
  kernel::Environment environment{*options.clock, timer, http::systemRandom(), ending.token()};
  features::Cluster cluster{session, environment};
  features::Kernel kernel{session, cluster, environment};
  features::Notebook notebook;
  features::Sync sync{session, {options.stateFolder, options.name, !options.safeMode}};
  features::Debug debug{session};
  features::ConnectionsView connectionsView{session};
  features::WorkspaceView workspaceView{session};
  features::ClustersView clustersView{session, cluster};
  features::Tree tree{session};
  protocol::CommandTable commands;
  features::Lifecycle lifecycle{session,
                                commands,
                                {.watchParent = options.watchParent,
                                 .notice = options.safeMode ? kSafeMode : "",
                                 .projectsChanged =
                                     [this] {
                                       connection.followSettings();
                                       sync.follow();
                                     },
                                 .projectClosed = [this](const std::string& folder) { connection.forget(folder); }}};
};

Daemon::Daemon(rpc::Streams streams, DaemonOptions options)
    : parts_(std::make_unique<Parts>(std::move(streams), std::move(options))) {}

Daemon::~Daemon() = default;

void Daemon::stop(core::CancelReason reason) { parts_->endpoint.stop(reason); }

int Daemon::run() {
  auto ending = parts_->endpoint.run();
  bool orderly = ending == rpc::Ending::Exit && parts_->endpoint.shutDown();
  core::logInfo("app", ending == rpc::Ending::Exit         ? "the editor said exit"
                       : ending == rpc::Ending::EndOfInput ? "the editor closed the conversation"
                                                           : "stopped by a signal or by the editor's end");
  parts_->timer.after(kTidyingUp, [ending = parts_->ending] { ending.cancel(core::CancelReason::Shutdown); });
  parts_->shutdown.cancel(core::CancelReason::Shutdown);
  parts_->sync.stopAll();
  parts_->kernel.closeAll();
  parts_->pool.stop();
  parts_->background.stop();
  parts_->timer.stop();
  parts_->endpoint.close();
  return orderly ? 0 : 1;
}

}  // namespace trowel::app
