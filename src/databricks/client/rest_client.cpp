// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/rest_client.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "databricks/client/errors.hpp"
#include "databricks/client/rest_job.hpp"
#include "databricks/client/target.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"

namespace trowel::databricks {

std::string_view toString(Verb verb) {
  switch (verb) {
    case Verb::Get:
      return "GET";
    case Verb::Head:
      return "HEAD";
    case Verb::Post:
      return "POST";
    case Verb::Put:
      return "PUT";
    case Verb::Patch:
      return "PATCH";
    case Verb::Delete:
      return "DELETE";
  }
  return "";
}

namespace {

bool isUnreachable(http::Stage stage) {
  return stage == http::Stage::Lookup || stage == http::Stage::Connect || stage == http::Stage::Proxy ||
         stage == http::Stage::Tls;
}

http::HostSign signOf(const core::Error& refusal) {
  const bool busy = refusal.code == core::ErrorCode::Unavailable && refusal.httpStatus == 503;
  if (busy || refusal.code == core::ErrorCode::RateLimited) return http::HostSign::SlowDown;
  return refusal.httpStatus < 500 ? http::HostSign::Fine : http::HostSign::None;
}

// Whether a text has a secret in it, as it is or as JSON writes it. Who repeats a long one may cut it off.
bool repeats(std::string_view text, const core::SecretString& secret) {
  constexpr std::size_t kTelling = 16;  // bytes
  const auto escaped = core::dumpJson(core::toValidUtf8(secret.reveal()));
  const std::string_view raw = secret.reveal();
  const auto inner = std::string_view(escaped).substr(1, escaped.size() - 2);
  return text.contains(raw.substr(0, kTelling)) || text.contains(inner.substr(0, kTelling));
}

}  // namespace

RestClient::RestClient(RestConfig config, http::HttpClient& http, core::Clock& clock)
    : config_(std::move(config)), http_(http), clock_(clock) {}

RestClient::Job RestClient::jobFor(const Call& call, std::string target) const {
  Job job;
  job.request.method = toString(call.verb);
  job.request.origin = config_.host.text();
  job.request.target = std::move(target);
  job.request.headers = config_.headers;
  job.request.headers.emplace_back("User-Agent", config_.userAgent);
  job.request.headers.emplace_back("Accept", "application/json");
  job.safety = call.safety;
  job.name = fmt::format("{} {}", job.request.method, call.path);
  job.refusal = [this, call](const http::HttpResponse& response) {
    auto facts = readError(response);
    // The header is the promise, the detail advice.
    auto told = http::parseRetryAfter(response.headers, clock_.wallNow());
    auto host = config_.host.text();
    return Refusal{.error = toError(call, response, facts, {host, config_.credentialSource, config_.renewal}),
                   .verdict = verdictOf(response.status, facts),
                   .retryAfter = told ? told : facts.retryDelay};
  };
  return job;
}

// A workspace may say what it was sent.
void RestClient::keepSilent(Job& job, core::SecretString secret) {
  if (secret.empty()) return;
  job.refusal = [inner = std::move(job.refusal), secret = std::move(secret)](const http::HttpResponse& response) {
    auto refusal = inner(response);
    const auto& said = refusal.error;
    if (repeats(readError(response).message, secret) || repeats(said.errorCode, secret)) {
      refusal.error.message =
          "The workspace refused this. Its words repeat the secret that it was sent, so they are not shown.";
      refusal.error.detail.clear();
      refusal.error.errorCode.clear();
      refusal.error.cause.reset();
    }
    return refusal;
  };
}

core::Result<core::Json> RestClient::call(const Call& call, const core::Json& params, const CallOptions& options,
                                          http::Headers* headers) const {
  auto [path, rest] = fillPath(call.path, params);
  const bool inQuery = call.verb == Verb::Get || call.verb == Verb::Head || call.verb == Verb::Delete;
  auto job = jobFor(call, inQuery ? withQuery(std::move(path), rest) : std::move(path));
  if (!inQuery) {
    job.request.headers.emplace_back("Content-Type", "application/json");
    job.request.body = core::dumpJson(rest);
    if (call.secret != nullptr) keepSilent(job, core::SecretString(core::stringAt(rest, call.secret)));
  }
  return runForJson(job, options, headers);
}

core::Result<core::Json> RestClient::upload(const Call& call, const core::Json& params, std::string bytes,
                                            const CallOptions& options) const {
  auto [path, rest] = fillPath(call.path, params);
  auto job = jobFor(call, withQuery(std::move(path), rest));
  job.request.headers.emplace_back("Content-Type", "application/octet-stream");
  job.request.body = std::move(bytes);
  return runForJson(job, options, nullptr);
}

core::Result<http::HttpResponse> RestClient::fetch(const Call& call, const core::Json& params,
                                                   const CallOptions& options, const http::Headers& headers) const {
  auto [path, rest] = fillPath(call.path, params);
  auto job = jobFor(call, withQuery(std::move(path), rest));
  job.request.headers.back().second = "*/*";
  job.request.headers.insert(job.request.headers.end(), headers.begin(), headers.end());
  return run(job, options);
}

core::Result<http::HttpResponse> RestClient::ask(const Call& call, const core::Json& params, const CallOptions& options,
                                                 const Check& check) const {
  auto [path, rest] = fillPath(call.path, params);
  auto job = jobFor(call, withQuery(std::move(path), rest));
  job.accept = check;
  return run(job, options);
}

// An answer that should be JSON. A document that is cut off is DataLoss: the transport cannot always tell.
core::Result<core::Json> RestClient::readAnswer(const http::HttpResponse& success) const {
  if (success.body.find_first_not_of(" \t\r\n") == std::string::npos) return core::Json::object();
  auto json = core::parseJson(success.body);
  if (json) return json;
  const auto host = config_.host.text();
  if (isWebPage(success)) return std::unexpected(webPageError(success, {host, config_.credentialSource}));
  auto error = std::move(json).error();
  error.code = core::ErrorCode::DataLoss;
  error.httpStatus = success.status;
  return core::failBecause(std::move(error), fmt::format("The answer of {} is damaged or cut off.", host));
}

core::Result<core::Json> RestClient::runForJson(Job& job, const CallOptions& options, http::Headers* headers) const {
  core::Json answer;
  job.accept = [&](const http::HttpResponse& success) -> core::Result<void> {
    answer = TROWEL_TRY(readAnswer(success));
    return {};
  };
  auto response = TROWEL_TRY(run(job, options));
  if (headers != nullptr) *headers = std::move(response.headers);
  return answer;
}

core::Result<http::HttpResponse> RestClient::run(Job& job, const CallOptions& options) const {
  auto result = attempts(job, options);
  if (job.isOurHost && config_.finished) config_.finished(result ? nullptr : &result.error());
  return result;
}

core::Result<http::HttpResponse> RestClient::attempts(Job& job, const CallOptions& options) const {
  auto& request = job.request;
  auto* gate = job.isOurHost ? config_.gate.get() : nullptr;
  const auto place = gate != nullptr ? gate->place() : 0;
  const auto progress = [&] { return job.progress ? job.progress() : 0; };
  const auto canGoAgain = [&] { return !job.rewind || job.rewind(request); };
  std::optional<http::Retry> retry;
  const auto budgetBegins = [&] { retry.emplace(config_.retry, job.safety, clock_, config_.random); };
  bool renewed = false;
  while (true) {
    http::Authorization authorization;
    if (job.isOurHost) authorization = TROWEL_TRY(config_.credentials->authorize(options.cancel));
    request.authorization = authorization.value;
    request.secrets = authorization.more;
    if (!retry) budgetBegins();  // not before: to sign in may take a person's time
    std::optional<http::HostGate::Slot> slot;
    if (gate != nullptr)
      slot.emplace(TROWEL_TRY(
          gate->enter({.place = place, .lane = options.lane, .deadline = retry->deadline()}, options.cancel)));
    const auto before = progress();
    auto response = http_.send(request, options);

    Refusal refusal;
    if (!response) {
      refusal.verdict = http::verdictOf(response.error());
      if (slot && isUnreachable(response.error().stage)) slot->unreachable(response.error());
      refusal.error = std::move(response).error();  // NOLINT(cppcoreguidelines-slicing): the verdict has been read
    } else if (response->status >= 200 && response->status < 300) {
      if (slot) slot->finish(http::HostSign::Fine);
      auto accepted = job.accept ? job.accept(*response) : core::Result<void>();
      if (accepted) return *std::move(response);
      refusal.error = std::move(accepted).error();
      if (refusal.error.code == core::ErrorCode::DataLoss) refusal.verdict = http::Verdict::Unknown;
    } else {
      refusal = job.refusal(*response);
      if (slot) slot->finish(signOf(refusal.error), refusal.retryAfter);
    }
    slot.reset();
    if (core::logs(core::LogLevel::Debug, "databricks"))
      core::logDebug("databricks",
                     fmt::format("{} attempt {}: {}", job.name, retry->attempt(), core::describe(refusal.error)));

    const bool gotFurther = progress() > before;
    if (gotFurther) renewed = false;
    // A token that ended in mid-work. The host did not act, so that any call may go again; but once only, or once more
    // where it has got further in between.
    if (job.isOurHost && refusal.error.code == core::ErrorCode::Unauthenticated && !std::exchange(renewed, true) &&
        config_.credentials->refused(authorization) && canGoAgain())
      continue;
    if (gotFurther) budgetBegins();
    if (canGoAgain() && retry->again(refusal.verdict, refusal.retryAfter, options.cancel)) continue;
    if (refusal.verdict != http::Verdict::Final && options.cancel.cancelled())
      return std::unexpected(options.cancel.error(fmt::format("The request to {}", request.origin)));
    return std::unexpected(std::move(refusal.error));
  }
}

}  // namespace trowel::databricks
