// SPDX-License-Identifier: Apache-2.0
// Wires the parts and carries one request through them: log, fault, token, parameters, endpoint.
#include "trowel/emulator/emulator.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "emulator/catalog/catalog_api.hpp"
#include "emulator/compute/compute.hpp"
#include "emulator/demo.hpp"
#include "emulator/embedded_files.hpp"
#include "emulator/execution/command_api.hpp"
#include "emulator/execution/host_calls.hpp"
#include "emulator/execution/notebook_runner.hpp"
#include "emulator/execution/user_paths.hpp"
#include "emulator/files/dbfs_api.hpp"
#include "emulator/files/files_api.hpp"
#include "emulator/files/upload_api.hpp"
#include "emulator/identity/identity.hpp"
#include "emulator/identity/names.hpp"
#include "emulator/jobs/runners/workspace_task_runner.hpp"
#include "emulator/server/control_api.hpp"
#include "emulator/server/faults.hpp"
#include "emulator/server/http_server.hpp"
#include "emulator/server/request_log.hpp"
#include "emulator/server/request_reader.hpp"
#include "emulator/server/router.hpp"
#include "emulator/state/data_folder.hpp"
#include "emulator/state/state_file.hpp"
#include "emulator/workspace/workspace_api.hpp"
#include "emulator/workspace/workspace_store.hpp"
#include "emulator/workspace/workspace_transfer_api.hpp"
#include "emulator/world.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/sqlite.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxBody = 64UL * 1024 * 1024;  // of what is read into memory

// "/api/2.0/foo/bar" -> "/foo/bar", as the service prints it.
std::string withoutVersion(std::string_view path) {
  if (!path.starts_with("/api/")) return std::string(path);
  auto slash = path.find('/', 5);
  return slash == std::string_view::npos ? "/" : std::string(path.substr(slash));
}

// People who try the demo should see a cluster start, but not wait for it.
std::chrono::milliseconds clusterStartTime(const Options& options) {
  return options.clusterStartTime.value_or(std::chrono::milliseconds(options.demo ? 3000 : 0));
}

// What contexts need: the driver's modules, a folder to work in, and the file of tables, whose change to write-ahead
// logging would make first contexts that come at once trip over each other.
core::Result<void> prepareExecution(const std::filesystem::path& folder) {
  std::error_code problem;
  auto package = folder / "driver" / "trowel_cluster";
  std::filesystem::create_directories(package, problem);
  std::filesystem::create_directories(folder / "work", problem);
  for (const auto& file : embeddedFiles()) {
    if (!file.path.starts_with("python/")) continue;
    std::ofstream out(package / file.path.substr(7), std::ios::binary | std::ios::trunc);
    out.write(file.content.data(), static_cast<std::streamsize>(file.content.size()));
    if (!out.flush())
      return core::fail(
          core::ErrorCode::PermissionDenied,
          "The data folder " + folder.string() + " cannot be written. Free some space or choose another.");
  }
  TROWEL_TRY(os::Database::open((folder / "tables.db").string()));
  return {};
}

std::string requestId() {
  std::string hex = core::randomHex(16);
  for (std::size_t dash : {8U, 13U, 18U, 23U}) hex.insert(dash, "-");
  return hex;
}

}  // namespace

class Emulator::Impl {
 public:
  Impl(Options options, core::Clock& clock, DataFolder folder, std::unique_ptr<StateFile> state,
       core::SecretString token, UserPaths paths)
      : options_(std::move(options)),
        folder_(std::move(folder)),
        paths_(std::move(paths)),
        state_(std::move(state)),
        token_(std::move(token)),
        world_{clock, ids_, state_.get(), folder_.path(), options_} {
    if (options_.demo) fillDemo(workspace_, compute_.clusters(), options_.userName);
    identity_.addRoutes(router_);
    addWorkspaceRoutes(router_, workspace_);
    addWorkspaceTransferRoutes(router_, workspace_);
    addDbfsRoutes(router_, dbfs_);
    addFilesRoutes(router_, volumes_);
    uploads_.addRoutes(router_);
    compute_.addRoutes(router_, [this](const std::string& id) { contexts_.endLost(id); });
    addCommandRoutes(router_, contexts_, ids_);
    addTaskValueCalls(hostCalls_);
    notebooks_.addCalls(hostCalls_);
    addCatalogRoutes(router_, metastore_);
    addControlRoutes(router_, faults_, log_);
  }

  core::Result<void> listen() {
    server_ = TROWEL_TRY(
        HttpServer::start(options_.port, [this](Request& request, BodyReader& body) { return handle(request, body); }));
    host_ = "http://127.0.0.1:" + std::to_string(server_->port());
    return {};
  }

  ~Impl() { stop(); }

  void stop() {
    faults_.stop();
    compute_.stop();
    contexts_.stop();
    if (server_) server_->stop();
  }

  const Options& options() const { return options_; }
  const std::string& host() const { return host_; }
  const core::SecretString& token() const { return token_; }
  Faults& faults() { return faults_; }
  RequestLog& log() { return log_; }

 private:
  Response handle(Request& request, BodyReader& body) {
    bool control = request.path.starts_with("/__emulator/");
    bool api = request.path.starts_with("/api/");
    std::string id = requestId();
    Response response =
        control ? answer(request, body, id) : faults_.apply(request, [&] { return answer(request, body, id); });
    if (api) {
      response.headers.emplace_back("X-Databricks-Org-Id", std::string(kWorkspaceId));
      response.headers.emplace_back("x-request-id", id);
    }
    if (!control) {
      int status = response.delivery == Delivery::Dropped ? 0 : response.status;
      log_.add({.method = request.method, .path = request.path, .status = status});
      core::logDebug("emulator", request.method + " " + request.path + " " + std::to_string(status));
    }
    return response;
  }

  Response answer(Request& request, BodyReader& body, const std::string& id) {
    if (request.path == "/")
      return {.body = "Trowel emulator: a local Databricks workspace.\n", .contentType = "text/plain"};
    auto reply = dispatch(request, body, id);
    return reply ? std::move(*reply) : toResponse(reply.error());
  }

  ContextSettings contextSettings() {
    const auto& folder = folder_.path();
    core::Json configuration{{"tables", (folder / "tables.db").string()},
                             {"root", (folder / "root").string()},
                             {"user", options_.userName},
                             {"demo", options_.demo}};
    return {.modules = folder / "driver",
            .work = folder / "work",
            .configuration = core::dumpJson(configuration),
            .environment = paths_.environment(),
            .startTime = options_.contextStartTime,
            .cancelGrace = options_.cancelGraceTime,
            .access = [this](const User& user) { return accessOf(user); },
            .libraries = [this](const std::string& id) { return compute_.libraries().paths(id); }};
  }

  ApiAccess accessOf(const User& user) const {
    return {.url = host_, .token = user.name == options_.userName ? token_.reveal() : ""};
  }

  TaskSources taskSources() {
    return {.root = folder_.path() / "root",
            .notebook = [this](const std::string& path) { return notebookSource(workspace_, path); }};
  }

  // In the service's order: token, route, body, then what the endpoint checks.
  Reply<Response> dispatch(Request& request, BodyReader& body, const std::string& id) {
    CallContext context{.host = host_, .pageCap = options_.pageCap, .body = &body};
    // Discovery and sign-in come before there is a token.
    bool open = !request.path.starts_with("/api/") && !request.path.starts_with("/__emulator/");
    if (!open) context.caller = TROWEL_TRY(identity_.authenticate(request, id));
    auto match = router_.find(request.method, request.path);
    if (!match.endpoint)
      return refuse(
          404, "ENDPOINT_NOT_FOUND",
          "No API found for '" + request.method + " " + core::toValidUtf8(withoutVersion(request.path)) + "'");
    if (match.body == Body::Whole) request.body = TROWEL_TRY(readWhole(body, kMaxBody));
    auto params = TROWEL_TRY(mergeParams(request));
    return (*match.endpoint)(Call(request, params, std::move(match.variables), std::move(context)));
  }

  const Options options_;
  DataFolder folder_;
  UserPaths paths_;
  std::unique_ptr<StateFile> state_;  // null in a temporary folder
  const core::SecretString token_;    // of the administrator
  std::string host_;
  Ids ids_;
  World world_;
  Faults faults_;
  RequestLog log_;
  Router router_;

  // The areas, each after those that it stands on.
  Identity identity_{world_, token_};
  Trees trees_{world_};
  Dbfs dbfs_{world_, trees_};
  Volumes volumes_{trees_.volumes};
  Uploads uploads_{world_, volumes_};
  WorkspaceStore workspace_{world_.clock, ids_, world_.state, options_.userName};
  Compute compute_{world_, identity_.users(), options_.userName, clusterStartTime(options_)};
  HostCalls hostCalls_;
  Contexts contexts_{world_.clock, ids_, compute_.clusters(), hostCalls_, contextSettings()};
  NotebookRunner notebooks_{world_, contexts_,
                            [this](const std::string& path) { return notebookSource(workspace_, path); }};
  WorkspaceTaskRunner tasks_{world_, compute_.clusters(), compute_.libraries(), contexts_, notebooks_, taskSources()};
  SqlTables tables_{folder_.path() / "tables.db", [] {}};
  Metastore metastore_{world_, tables_};

  std::unique_ptr<HttpServer> server_;  // last: its threads use everything above
};

core::Result<std::unique_ptr<Emulator>> Emulator::start(Options options, core::Clock& clock) {
  auto folder = TROWEL_TRY(DataFolder::open(options.dataDir));
  TROWEL_TRY(prepareExecution(folder.path()));
  if (!prepareTrees(folder.path()))
    return core::fail(core::ErrorCode::PermissionDenied,
                      "The data folder " + folder.path().string() +
                          " cannot be written. Make the folders in it writable, or choose another.");
  auto paths = TROWEL_TRY(UserPaths::prepare(folder.path()));
  std::unique_ptr<StateFile> state;
  if (!folder.temporary()) state = TROWEL_TRY(StateFile::open((folder.path() / "state.db").string()));
  auto token = TROWEL_TRY(startToken(state ? folder.path() : std::filesystem::path()));
  auto impl = std::make_unique<Impl>(std::move(options), clock, std::move(folder), std::move(state), std::move(token),
                                     std::move(paths));
  TROWEL_TRY(impl->listen());
  core::logInfo("emulator", "listening on " + impl->host());
  return std::unique_ptr<Emulator>(new Emulator(std::move(impl)));
}

Emulator::Emulator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Emulator::~Emulator() = default;

std::string Emulator::host() const { return impl_->host(); }
const core::SecretString& Emulator::token() const { return impl_->token(); }
const std::string& Emulator::userName() const { return impl_->options().userName; }
void Emulator::stop() { impl_->stop(); }
void Emulator::addFault(Fault fault) { impl_->faults().add(std::move(fault)); }
void Emulator::clearFaults() { impl_->faults().clear(); }
void Emulator::releaseHeld() { impl_->faults().release(); }
bool Emulator::awaitHeld(std::size_t count) { return impl_->faults().awaitHeld(count); }
std::vector<RequestRecord> Emulator::requests() const { return impl_->log().all(); }
void Emulator::clearRequests() { impl_->log().clear(); }

}  // namespace trowel::emulator
