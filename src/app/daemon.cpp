// SPDX-License-Identifier: Apache-2.0
// The wiring. Members are built from the bottom up and destroyed from the top down; run() has stopped every thread
// before that.
#include "trowel/app/daemon.hpp"

#include "features/api.hpp"
#include "features/compute/cluster.hpp"
#include "features/compute/cluster_actions.hpp"
#include "features/compute/warehouse.hpp"
#include "features/connections/connection.hpp"
#include "features/connections/connection_actions.hpp"
#include "features/connections/editor_accounts.hpp"
#include "features/connections/hand_over.hpp"
#include "features/connections/offers.hpp"
#include "features/connections/token_migration.hpp"
#include "features/debug.hpp"
#include "features/files/file_system.hpp"
#include "features/files/file_views.hpp"
#include "features/jobs/job_actions.hpp"
#include "features/jobs/run_actions.hpp"
#include "features/jobs/run_watch.hpp"
#include "features/kernel.hpp"
#include "features/lifecycle.hpp"
#include "features/notebook.hpp"
#include "features/pauses.hpp"
#include "features/projects.hpp"
#include "features/repos/git_credential_actions.hpp"
#include "features/repos/repo_actions.hpp"
#include "features/secrets/secret_actions.hpp"
#include "features/session.hpp"
#include "features/storage/storage_actions.hpp"
#include "features/sync.hpp"
#include "features/transfers/shell_transfer.hpp"
#include "features/transfers/transfers.hpp"
#include "features/tree.hpp"
#include "features/trees/clusters.hpp"
#include "features/trees/connections.hpp"
#include "features/trees/jobs.hpp"
#include "features/trees/repos.hpp"
#include "features/trees/secrets.hpp"
#include "features/trees/storage.hpp"
#include "features/trees/workspace.hpp"
#include "features/view_actions.hpp"
#include "features/workspace/workspace.hpp"
#include "features/workspace/workspace_states.hpp"
#include "trowel/core/log.hpp"
#include "trowel/http/transport.hpp"
#include "trowel/os/file_watch.hpp"
#include "trowel/protocol/contributions.hpp"

namespace trowel::app {

namespace {

constexpr std::size_t kMaxWorkers = 32;
constexpr std::size_t kMaxWaiting = 4096;
constexpr std::size_t kMaxBackground = 8;
// From the wish to end until even contexts and commands in the workspace are left to themselves.
constexpr auto kFilesSettle = std::chrono::milliseconds(200);
constexpr auto kTidyingUp = std::chrono::seconds(1);

constexpr const char* kSafeMode =
    "Trowel has crashed five times within three minutes, so this time it does not start to sync by itself. Start it "
    "with "
    "'Trowel: Start Sync', or reload the window in a few minutes. 'Trowel: Copy Debug Information' helps to report it.";

http::Environment environmentOf(const DaemonOptions& options) {
  if (options.environment) return options.environment;
  return [](const std::string&) { return std::nullopt; };
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
    protocol::bind(binder, fileSystem);
    protocol::bind(binder, sync);
    protocol::bind(binder, shellTransfer);
    protocol::bind(binder, debug);
    protocol::bind(commands, static_cast<protocol::ViewCommands&>(viewActions));
    protocol::bind(commands, static_cast<protocol::ConnectionCommands&>(connectionActions));
    protocol::bind(commands, static_cast<protocol::ProjectCommands&>(projects));
    protocol::bind(commands, static_cast<protocol::WorkspaceCommands&>(workspace));
    protocol::bind(commands, static_cast<protocol::ClusterCommands&>(clusterActions));
    protocol::bind(commands, static_cast<protocol::JobCommands&>(jobActions));
    protocol::bind(commands, static_cast<protocol::RunCommands&>(runActions));
    protocol::bind(commands, static_cast<protocol::FsCommands&>(fileSystem));
    protocol::bind(commands, static_cast<protocol::StorageCommands&>(storageActions));
    protocol::bind(commands, static_cast<protocol::WarehouseCommands&>(warehouse));
    protocol::bind(commands, static_cast<protocol::SecretCommands&>(secretActions));
    protocol::bind(commands, static_cast<protocol::RepoCommands&>(repoActions));
    protocol::bind(commands, static_cast<protocol::GitCredentialCommands&>(gitCredentialActions));
    protocol::bind(commands, static_cast<protocol::ApiCommands&>(api));
    protocol::bind(commands, static_cast<protocol::SyncCommands&>(sync));
    tree.add(protocol::view::kConnections, connectionsView);
    tree.add(protocol::view::kWorkspace, workspaceView);
    tree.add(protocol::view::kClusters, clustersView);
    tree.add(protocol::view::kJobs, jobsView);
    tree.add(protocol::view::kDbfs, dbfsView);
    tree.add(protocol::view::kVolumes, volumesView);
    tree.add(protocol::view::kSecrets, secretsView);
    tree.add(protocol::view::kRepos, reposView);
  }

  core::Result<auth::SignedIn> signIn(const connection::Offer& offer, const core::CancelToken& cancel) {
    auto config = offer.config;
    if (offer.tokenIsStored && !config.has(auth::Attribute::Token)) {
      auto token = TROWEL_TRY(secrets.get({offer.id, offer.host}, cancel));
      if (token)
        config.set(auth::Attribute::Token, token->reveal(),
                   "the connection '" + offer.name + "' with 'Trowel: Sign In…'");
    }
    return auth::signIn(config, outside, cancel);
  }

  void connectionChanged(const std::string& folder) {
    connection.announce(folder);
    tree.connectionChanged();
    fileSystem.refresh();
    editor.kernelChanged({});
    session.background([this, folder](const core::CancelToken& cancel) {
      sync.follow();
      for (const auto& project : session.projects())
        if (project.path == folder) handOver.follow(project, cancel);
    });
  }

  // Files were copied to or from this machine.
  void transferred(features::FileSystemKind kind, sync::Direction direction) {
    if (direction == sync::Direction::Up) fileSystem.refresh();
    // The view Workspace alone shows what is here as well.
    const bool bothSides = kind == features::FileSystemKind::Workspace;
    if (bothSides) workspaceStates.outdate();
    if (bothSides || direction == sync::Direction::Up) tree.changed(features::viewOf(kind));
  }

  // Terminals name it to other tools.
  void computeChosen(const features::Project& project) {
    session.background([this, project](const core::CancelToken& cancel) { handOver.follow(project, cancel); });
  }

  // Settings, projects or trust are others now.
  void settingsChanged(const core::CancelToken& cancel) {
    const auto folders = session.folders();
    auto network = http::networkOptions(
        outside.environment,
        http::readNetworkSettings(session.httpSettings(), session.settings(folders.front()).caFiles));
    if (network) tellOnce(network->notes);
    http.setOptions(std::move(network));
    std::set<std::string> moved;
    for (const auto& project : session.projects()) {
      // Nobody else waits for Azure's list.
      if (session.settings(project).connection.starts_with("azure:")) discover(project, cancel);
      moved.merge(tokens.run(project, cancel));
    }
    if (files && session.trusted()) files->follow(offers.files());
    connection.follow(trowel::connection::Change::Settings);
    for (const auto& project : session.projects()) {
      const auto status = connections.status(project.path);
      // The token may be another than the one that it works with.
      if (status.state != connection::State::Connecting && moved.contains(status.id))
        session.background([this, project](const core::CancelToken& token) { connections.renew(project.path, token); });
      session.background([this, project](const core::CancelToken& token) { discover(project, token); });
    }
    sync.follow();
    handOver.forgetOthers();
    for (const auto& project : session.projects()) handOver.follow(project, cancel);
    // The others show what a connection has, which tells by itself when it changes.
    tree.changed(protocol::view::kConnections);
    tree.changed(protocol::view::kClusters);
  }

  // What was left out of the network's settings, and why.
  void tellOnce(const std::vector<std::string>& notes) {
    constexpr int kWarning = 2;  // as window/showMessage counts
    for (const auto& note : notes) {
      {
        std::lock_guard lock(toldMutex);
        if (!told.insert(note).second) continue;
      }
      editor.lifecycleShowMessage({kWarning, note});
    }
  }

  void discover(const features::Project& project, const core::CancelToken& cancel) {
    if (auto done = offers.discover(project, cancel); !done)
      core::logWarn("connection", core::describe(done.error()));
    else if (offers.listsAzure(project))
      tree.changed(protocol::view::kConnections);
  }

  // Something that connections are written down in has changed. Other tools write in several steps: one look for all.
  void filesChanged() {
    if (looking.exchange(true)) return;
    timer.after(kFilesSettle, [this] {
      looking = false;
      session.background([this](const core::CancelToken&) {
        if (session.trusted()) files->follow(offers.files());
        connection.follow(trowel::connection::Change::Files);
        tree.changed(protocol::view::kConnections);
      });
    });
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
  http::HttpTransport http{timer, http::networkOptions(environmentOf(options))};
  http::GateTable gates{*options.clock, [this](const std::string& host) { pauses.begun(host); }};
  std::unique_ptr<os::Keyring> desktop = options.keyring == nullptr ? os::systemKeyring(*options.clock) : nullptr;
  os::Keyring& keyring = options.keyring == nullptr ? *desktop : *options.keyring;
  connection::SecretStore secrets{keyring, *options.clock, features::editorSecrets(editor)};
  auth::Outside outside{.http = http,
                        .clock = *options.clock,
                        .keyring = keyring,
                        .environment = environmentOf(options),
                        .home = options.home,
                        .microsoft = [this](const auth::MicrosoftScope& wanted, const core::CancelToken& cancel) {
                          return features::microsoftToken(session, wanted, cancel);
                        }};
  connection::DemoWorkspace demo{options.demoFolder, options.executable, *options.clock};
  connection::ConnectionManager connections{
      {.http = http,
       .clock = *options.clock,
       .gates = gates,
       .demo = demo,
       .offers = [this](const std::string& folder, const core::CancelToken&) { return offers.of(folder); },
       .signIn = [this](const connection::Offer& offer,
                        const core::CancelToken& cancel) { return signIn(offer, cancel); },
       .later =
           [this](core::Duration delay, std::function<void(const core::CancelToken&)> work) {
             timer.after(delay, [this, work = std::move(work)] { session.background(work); });
           },
       .changed = [this](const std::string& folder) { connectionChanged(folder); }}};

  features::Session session{{editor, background, timer, *options.clock, connections,
                             connection::ProjectStore(options.stateFolder + "/projects"), shutdown.token(),
                             options.connection, [this](const features::Project& project) { computeChosen(project); }}};
  features::Tree tree{session, options.stateFolder + "/views"};
  features::ViewActions viewActions{session, tree, [this] { workspaceStates.outdate(); }};
  features::Offers offers{session, outside, options.configFile};
  features::TokenMigration tokens{session, offers, secrets};
  features::Connection connection{session};
  features::Pauses pauses{session, [this](const std::string& folder) {
                            connection.announce(folder);
                            tree.changed(protocol::view::kConnections);
                          }};
  features::HandOver handOver{session, options.stateFolder, options.name};
  features::ConnectionActions connectionActions{
      {session, tree, connection, offers, secrets, handOver, outside, options.configFile, options.stateFolder}};
  features::Projects projects{session, [this] { settingsChanged(shutdown.token()); }};
  features::FileSystem fileSystem{session, tree};
  features::Transfers transfers{
      {.session = session,
       .offers = offers,
       .stateFolder = options.stateFolder,
       .changed = [this](features::FileSystemKind kind, sync::Direction direction) { transferred(kind, direction); }}};
  features::ShellTransfer shellTransfer{session, transfers};
  features::WorkspaceStates workspaceStates{
      {.session = session, .transfers = transfers, .changed = [this](const std::optional<std::string>& folder) {
         tree.changed(protocol::view::kWorkspace, folder);
       }}};
  features::Workspace workspace{
      {.session = session, .tree = tree, .transfers = transfers, .states = workspaceStates, .changed = [this] {
         fileSystem.refresh();
       }}};
  kernel::Environment environment{*options.clock, timer, http::systemRandom(), ending.token()};
  features::Cluster cluster{session, tree, environment};
  features::Kernel kernel{session, cluster, environment};
  features::ClusterActions clusterActions{
      {.session = session, .tree = tree, .clusters = cluster, .kernels = kernel, .offers = offers}};
  features::RunWatch runWatch{session, tree};
  features::JobActions jobActions{
      {.session = session, .tree = tree, .watch = runWatch, .offers = offers, .ending = ending.token()}};
  features::RunActions runActions{session, tree, runWatch};
  features::StorageActions storageActions{
      {.session = session,
       .transfers = transfers,
       .copies = options.stateFolder + "/opened",
       .changed = [this](features::FileSystemKind kind, const std::vector<std::string>& folders) {
         fileSystem.refresh();
         for (const auto& folder : folders)
           tree.changed(features::viewOf(kind), folder == "/" ? std::nullopt : std::optional(folder));
       }}};
  features::Warehouse warehouse{session};
  features::SecretActions secretActions{session, tree};
  features::RepoActions repoActions{session, tree, [this](const features::Project&, const std::string&) {
                                      fileSystem.refresh();
                                      tree.changed(protocol::view::kWorkspace);
                                    }};
  features::GitCredentialActions gitCredentialActions{session, tree};
  features::Api api{session, tree};
  features::Notebook notebook;
  features::Sync sync{session, {options.stateFolder, options.name, !options.safeMode}};
  features::Debug debug{session};
  features::ConnectionsView connectionsView{session};
  features::WorkspaceView workspaceView{{.transfers = transfers, .states = workspaceStates, .workspace = workspace}};
  features::ClustersView clustersView{session, cluster};
  features::JobsView jobsView;
  features::StorageView dbfsView{features::FileSystemKind::Dbfs, storageActions};
  features::StorageView volumesView{features::FileSystemKind::Volumes, storageActions};
  features::SecretsView secretsView;
  features::ReposView reposView;
  protocol::CommandTable commands;
  features::Lifecycle lifecycle{session,
                                commands,
                                {.watchParent = options.watchParent,
                                 .notice = options.safeMode ? kSafeMode : "",
                                 .projectsChanged = [this] { settingsChanged(shutdown.token()); },
                                 .projectClosed =
                                     [this](const std::string& folder) {
                                       connection.forget(folder);
                                       handOver.forget(folder);
                                     }}};
  std::atomic<bool> looking = false;
  std::mutex toldMutex;  // guards `told`
  std::set<std::string> told;
  // Last of all: its thread uses the others.
  std::unique_ptr<os::FileWatch> files = os::FileWatch::create([this] { filesChanged(); }).value_or(nullptr);
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
  parts_->files.reset();  // after those who tell it what to follow
  parts_->timer.stop();
  parts_->endpoint.close();
  return orderly ? 0 : 1;
}

}  // namespace trowel::app
