// SPDX-License-Identifier: Apache-2.0
// Wires the parts and carries one request through them: log, fault, token, parameters, endpoint.
#include "trowel/emulator/emulator.hpp"

#include <nlohmann/json.hpp>

#include "emulator/areas.hpp"
#include "emulator/identity/names.hpp"
#include "emulator/server/control_api.hpp"
#include "emulator/server/faults.hpp"
#include "emulator/server/gzip.hpp"
#include "emulator/server/http_server.hpp"
#include "emulator/server/rate_limits.hpp"
#include "emulator/server/request_log.hpp"
#include "emulator/server/request_reader.hpp"
#include "emulator/server/router.hpp"
#include "emulator/state/data_folder.hpp"
#include "emulator/state/shifted_clock.hpp"
#include "emulator/state/state_file.hpp"
#include "emulator/world.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxBody = 64UL * 1024 * 1024;  // of what is read into memory

// "/api/2.0/foo/bar" -> "/foo/bar", as the service prints it.
std::string withoutVersion(std::string_view path) {
  if (!path.starts_with("/api/")) return std::string(path);
  auto slash = path.find('/', 5);
  return slash == std::string_view::npos ? "/" : std::string(path.substr(slash));
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
        state_(std::move(state)),
        token_(std::move(token)),
        paths_(std::move(paths)),
        clock_(clock),
        world_{clock_, ids_, state_.get(), folder_.path(), options_, faults_},
        areas_(world_, token_, paths_) {
    for (const auto& fault : options_.faults) faults_.add(fault);
    areas_.addRoutes(router_);
    addControlRoutes(router_, faults_, log_, clock_);
  }

  core::Result<void> listen() {
    if (!options_.requestLog.empty()) TROWEL_TRY(log_.writeTo(options_.requestLog));
    std::shared_ptr<const TlsContext> tls;
    if (!options_.tlsCert.empty() || !options_.tlsKey.empty())
      tls = TROWEL_TRY(TlsContext::load(options_.tlsCert, options_.tlsKey));
    server_ =
        TROWEL_TRY(HttpServer::start({.port = options_.port, .tls = tls, .clock = clock_},
                                     [this](Request& request, BodyReader& body) { return handle(request, body); }));
    host_ = (tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(server_->port());
    areas_.begin(host_);
    return {};
  }

  ~Impl() { stop(); }

  void stop() {
    faults_.stop();
    areas_.stop();
    if (server_) server_->stop();
  }

  const Options& options() const { return options_; }
  const std::string& host() const { return host_; }
  const core::SecretString& token() const { return token_; }
  Faults& faults() { return faults_; }
  RequestLog& log() { return log_; }
  ShiftedClock& clock() { return clock_; }

 private:
  // One request under way.
  struct Exchange {
    Request& request;
    BodyReader& body;
    std::string id = requestId();
    std::string user = {};  // as soon as that is known
  };

  Response handle(Request& request, BodyReader& body) {
    Exchange exchange{request, body};
    // Who steers the emulator is not misled by what he has set up.
    if (request.path.starts_with("/emulator/")) return answer(exchange);
    auto time = world_.now();
    auto begin = std::chrono::steady_clock::now();
    Response response = faults_.apply(request, exchange.id, [&] { return answer(exchange); });
    if (request.path.starts_with("/api/")) {
      response.headers.emplace_back("X-Databricks-Org-Id", std::string(kWorkspaceId));
      response.headers.emplace_back("x-request-id", exchange.id);
    }
    compressBody(request, response);
    RequestRecord record = recordOf(request);
    record.status = response.delivery.nothing ? 0 : response.status;
    record.user = exchange.user;
    record.requestId = exchange.id;
    record.time = time;
    record.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    record.bytesIn = body.received();
    bool silent = response.delivery.nothing || request.method == "HEAD";
    if (!silent) record.bytesOut = std::min(response.length(), response.delivery.bodyBytes.value_or(response.length()));
    core::logDebug("emulator", record.method + " " + record.path + " " + std::to_string(record.status));
    log_.add(std::move(record));
    return response;
  }

  Response answer(Exchange& exchange) {
    if (exchange.request.path == "/")
      return {.body = "Trowel emulator: a local Databricks workspace.\n", .contentType = "text/plain"};
    auto reply = dispatch(exchange);
    return reply ? std::move(*reply) : toResponse(reply.error());
  }

  // In the service's order: token, limits, route, body, then what the endpoint checks.
  Reply<Response> dispatch(Exchange& exchange) {
    Request& request = exchange.request;
    std::unique_ptr<BodyReader> unpacked;
    CallContext context{.host = host_, .pageCap = options_.pageCap};
    // Discovery and sign-in come before there is a token.
    bool api = request.path.starts_with("/api/");
    if (api || request.path.starts_with("/emulator/")) {
      context.caller = TROWEL_TRY(areas_.identity().authenticate(request, exchange.id));
      exchange.user = context.caller.name;
    }
    if (api && options_.rateLimits) TROWEL_TRY(limits_.admit(request, exchange.user));
    auto match = router_.find(request.method, request.path);
    if (!match.endpoint)
      return refuse(
          404, "ENDPOINT_NOT_FOUND",
          "No API found for '" + request.method + " " + core::toValidUtf8(withoutVersion(request.path)) + "'");
    context.body = TROWEL_TRY(decodeBody(request, exchange.body, unpacked));
    if (match.body == Body::Whole) request.body = TROWEL_TRY(readWhole(*context.body, kMaxBody));
    auto params = TROWEL_TRY(mergeParams(request));
    return (*match.endpoint)(Call(request, params, std::move(match.variables), std::move(context)));
  }

  const Options options_;
  DataFolder folder_;
  std::unique_ptr<StateFile> state_;  // null in a temporary folder
  const core::SecretString token_;    // of the administrator
  UserPaths paths_;
  std::string host_;
  ShiftedClock clock_;
  Faults faults_{clock_};
  RateLimits limits_{clock_};
  RequestLog log_;
  Ids ids_{options_.smallIds};
  World world_;
  Router router_;

  Areas areas_;
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
void Emulator::advanceClock(core::Duration duration) { impl_->clock().advance(duration); }

}  // namespace trowel::emulator
