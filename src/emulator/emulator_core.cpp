// SPDX-License-Identifier: Apache-2.0
#include "emulator/emulator_core.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "emulator/identity/names.hpp"
#include "emulator/oauth/front_page.hpp"
#include "emulator/server/control_api.hpp"
#include "emulator/server/gzip.hpp"
#include "emulator/server/host_name.hpp"
#include "emulator/server/request_reader.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/state/ids.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxBody = 64UL * 1024 * 1024;  // of what is read into memory

bool isApi(const Request& request) { return request.path.starts_with("/api/"); }
bool isControl(const Request& request) { return request.path.starts_with("/emulator/"); }

// "/api/2.0/foo/bar" -> "/foo/bar", as the service prints it.
std::string withoutVersion(std::string_view path) {
  if (!path.starts_with("/api/")) return std::string(path);
  auto slash = path.find('/', 5);
  return slash == std::string_view::npos ? "/" : std::string(path.substr(slash));
}

}  // namespace

core::Result<std::unique_ptr<EmulatorCore>> EmulatorCore::open(Options options, core::Clock& clock) {
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
  auto made = std::unique_ptr<EmulatorCore>(new EmulatorCore(std::move(options), clock, std::move(folder),
                                                             std::move(state), std::move(token), std::move(paths)));
  if (!made->options_.requestLog.empty()) TROWEL_TRY(made->log_.writeTo(made->options_.requestLog));
  return made;
}

EmulatorCore::EmulatorCore(Options options, core::Clock& clock, DataFolder folder, std::unique_ptr<StateFile> state,
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
  addFrontPage(router_);
}

EmulatorCore::~EmulatorCore() { stop(); }

core::Result<void> EmulatorCore::begin(const std::string& host) {
  host_ = host;
  areas_.begin(host);
  return fill();
}

// Once in the life of a data folder.
core::Result<void> EmulatorCore::fill() {
  if (options_.seedFile.empty() && !options_.demo) return {};
  Documents seeds(state_.get(), "seed");
  if (seeds.size() > 0) return {};
  auto seed = TROWEL_TRY(options_.seedFile.empty() ? demoSeed() : readSeed(options_.seedFile));
  auto target = areas_.seedTarget([this](Request& request) {
    request.headers.emplace_back("authorization", "Bearer " + token_.reveal());
    MemoryBody body(std::move(request.body));
    Exchange exchange{.request = request, .body = body, .id = randomUuid(), .limited = false};
    return answer(exchange);
  });
  TROWEL_TRY(applySeed(seed, options_.userName, target));
  seeds.put("applied", true);
  return {};
}

void EmulatorCore::stop() {
  faults_.stop();
  areas_.stop();
}

Response EmulatorCore::handle(Request& request, BodyReader& body) {
  Exchange exchange{.request = request, .body = body, .id = randomUuid()};
  auto time = world_.now();
  // A certificate says by itself for whom it speaks.
  if (!host_.starts_with("https:") && !isOurName(request.header("host")))
    return toResponse(refuse(421, "BAD_REQUEST",
                             "This is a local emulator, which answers to localhost and 127.0.0.1 only, not to " +
                                 core::toValidUtf8(request.header("host")) + ".")
                          .error());
  // Who steers the emulator is not misled by what he has set up.
  if (isControl(request)) return answer(exchange);
  auto begin = std::chrono::steady_clock::now();
  Response response = faults_.apply(request, exchange.id, [&] { return answer(exchange); });
  response.headers.emplace_back("Date", toHttpDate(time));
  if (isApi(request)) {
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

Response EmulatorCore::answer(Exchange& exchange) {
  auto reply = dispatch(exchange);
  return reply ? std::move(*reply) : toResponse(reply.error());
}

// In the service's order: token, limits, route, body, then what the endpoint checks. Which endpoint will answer decides
// whether there must be a token, whatever the path looks like.
Reply<Response> EmulatorCore::dispatch(Exchange& exchange) {
  Request& request = exchange.request;
  std::unique_ptr<BodyReader> unpacked;
  CallContext context{.host = host_, .pageCap = options_.pageCap};
  auto match = router_.find(request.method, request.path);
  bool guarded = match.endpoint ? !match.open : isApi(request) || isControl(request);
  if (guarded) {
    context.caller = TROWEL_TRY(areas_.identity().authenticate(request, exchange.id));
    exchange.user = context.caller.name;
  }
  if (options_.rateLimits && exchange.limited && isApi(request)) TROWEL_TRY(limits_.admit(request, exchange.user));
  if (!match.endpoint)
    return refuse(404, "ENDPOINT_NOT_FOUND",
                  "No API found for '" + request.method + " " + core::toValidUtf8(withoutVersion(request.path)) + "'");
  context.body = TROWEL_TRY(decodeBody(request, exchange.body, unpacked));
  if (match.body == Body::Whole) request.body = TROWEL_TRY(readWhole(*context.body, kMaxBody));
  auto params = TROWEL_TRY(mergeParams(request));
  return (*match.endpoint)(Call(request, params, std::move(match.variables), std::move(context)));
}

}  // namespace trowel::emulator
