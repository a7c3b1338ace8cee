// SPDX-License-Identifier: Apache-2.0
// Wires the parts and carries one request through them: log, fault, token, parameters, endpoint.
#include "trowel/emulator/emulator.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "emulator/compute/cluster_api.hpp"
#include "emulator/demo.hpp"
#include "emulator/embedded_files.hpp"
#include "emulator/execution/command_api.hpp"
#include "emulator/identity/identity_api.hpp"
#include "emulator/identity/users.hpp"
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

constexpr std::string_view kWorkspaceId = "7405605312947683";
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

ContextSettings contextSettings(const Options& options, const std::filesystem::path& folder) {
  core::Json configuration{
      {"tables", (folder / "tables.db").string()}, {"user", options.userName}, {"demo", options.demo}};
  return {.modules = folder / "driver",
          .work = folder / "work",
          .configuration = core::dumpJson(configuration),
          .startTime = options.contextStartTime,
          .cancelGrace = options.cancelGraceTime};
}

// What contexts need: the driver's modules, a folder to work in, and the file of tables, whose change to write-ahead
// logging would make first contexts that come at once trip over each other.
core::Result<void> prepareExecution(const std::filesystem::path& folder) {
  std::error_code problem;
  auto package = folder / "driver" / "trowel_cluster";
  std::filesystem::create_directories(folder / "work", problem);
  for (const auto& file : embeddedFiles()) {
    if (!file.path.starts_with("python/")) continue;
    auto path = package / file.path.substr(7);
    std::filesystem::create_directories(path.parent_path(), problem);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
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
  Impl(Options options, core::Clock& clock, DataFolder folder, std::unique_ptr<StateFile> state)
      : options_(std::move(options)),
        folder_(std::move(folder)),
        state_(std::move(state)),
        world_{clock, ids_, state_.get(), folder_.path(), options_},
        workspace_(clock, ids_, state_.get(), options_.userName),
        clusters_(clock, ids_, state_.get(), options_.userName, clusterStartTime(options_)),
        contexts_(clock, ids_, clusters_, contextSettings(options_, folder_.path())) {
    if (options_.demo) fillDemo(workspace_, clusters_, options_.userName);
    users_.add({.id = scimId(options_.userName), .name = options_.userName, .admin = true}, token_);
    addIdentityRoutes(router_);
    addWorkspaceRoutes(router_, workspace_);
    addWorkspaceTransferRoutes(router_, workspace_);
    addClusterRoutes(router_, clusters_, [this](const std::string& id) { contexts_.endCluster(id); });
    addCommandRoutes(router_, contexts_, ids_);
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
      response.headers.emplace_back("X-Databricks-Org-Id", kWorkspaceId);
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

  // In the service's order: token, route, body, then what the endpoint checks.
  Reply<Response> dispatch(Request& request, BodyReader& body, const std::string& id) {
    CallContext context{.host = host_, .pageCap = options_.pageCap, .body = &body};
    // Discovery and sign-in come before there is a token.
    bool open = !request.path.starts_with("/api/") && !request.path.starts_with("/__emulator/");
    if (!open) context.caller = TROWEL_TRY(users_.authenticate(request, id));
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
  std::unique_ptr<StateFile> state_;  // null in a temporary folder
  const core::SecretString token_{"dapi" + core::randomHex(16)};
  std::string host_;
  Ids ids_;
  World world_;
  Users users_;
  WorkspaceStore workspace_;
  Clusters clusters_;
  Contexts contexts_;
  Faults faults_;
  RequestLog log_;
  Router router_;
  std::unique_ptr<HttpServer> server_;  // last: its threads use everything above
};

core::Result<std::unique_ptr<Emulator>> Emulator::start(Options options, core::Clock& clock) {
  auto folder = TROWEL_TRY(DataFolder::open(options.dataDir));
  TROWEL_TRY(prepareExecution(folder.path()));
  std::unique_ptr<StateFile> state;
  if (!folder.temporary()) state = TROWEL_TRY(StateFile::open((folder.path() / "state.db").string()));
  auto impl = std::make_unique<Impl>(std::move(options), clock, std::move(folder), std::move(state));
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
