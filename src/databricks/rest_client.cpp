// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/rest_client.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "databricks/errors.hpp"
#include "databricks/target.hpp"
#include "trowel/core/log.hpp"

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

// An answer that should be JSON. A document that is cut off is DataLoss: the transport cannot always tell.
core::Result<core::Json> readAnswer(const http::HttpResponse& response, const Addressee& addressee) {
  if (response.body.find_first_not_of(" \t\r\n") == std::string::npos) return core::Json::object();
  auto json = core::parseJson(response.body);
  if (json) return json;
  if (isWebPage(response)) return std::unexpected(webPageError(response, addressee));
  auto error = std::move(json).error();
  error.code = core::ErrorCode::DataLoss;
  error.httpStatus = response.status;
  return core::failBecause(std::move(error), fmt::format("The answer of {} is damaged or cut off.", addressee.host));
}

}  // namespace

RestClient::RestClient(RestConfig config, http::HttpClient& http, core::Clock& clock)
    : config_(std::move(config)), http_(http), clock_(clock) {}

http::HttpRequest RestClient::requestFor(const Call& call, std::string target) const {
  http::HttpRequest request;
  request.method = toString(call.verb);
  request.origin = config_.host.text();
  request.target = std::move(target);
  request.headers = config_.headers;
  request.headers.emplace_back("User-Agent", config_.userAgent);
  request.headers.emplace_back("Accept", "application/json");
  return request;
}

core::Result<core::Json> RestClient::call(const Call& call, const core::Json& params, const CallOptions& options,
                                          http::Headers* headers) const {
  auto [path, rest] = fillPath(call.path, params);
  if (call.verb == Verb::Get || call.verb == Verb::Head || call.verb == Verb::Delete)
    return exchangeJson(call, requestFor(call, path + queryOf(rest)), options, headers);

  auto request = requestFor(call, path);
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = core::dumpJson(rest);
  return exchangeJson(call, std::move(request), options, headers);
}

core::Result<core::Json> RestClient::upload(const Call& call, const core::Json& params, std::string bytes,
                                            const CallOptions& options) const {
  auto [path, rest] = fillPath(call.path, params);
  auto request = requestFor(call, path + queryOf(rest));
  request.headers.emplace_back("Content-Type", "application/octet-stream");
  request.body = std::move(bytes);
  return exchangeJson(call, std::move(request), options, nullptr);
}

core::Result<http::HttpResponse> RestClient::fetch(const Call& call, const core::Json& params,
                                                   const CallOptions& options) const {
  auto [path, rest] = fillPath(call.path, params);
  auto request = requestFor(call, path + queryOf(rest));
  request.headers.back().second = "*/*";
  return exchange(call, std::move(request), options, [](const http::HttpResponse&) { return core::Result<void>(); });
}

core::Result<core::Json> RestClient::exchangeJson(const Call& call, http::HttpRequest request,
                                                  const CallOptions& options, http::Headers* headers) const {
  core::Json answer;
  auto host = config_.host.text();
  auto readJson = [&](const http::HttpResponse& success) -> core::Result<void> {
    answer = TROWEL_TRY(readAnswer(success, {host, config_.credentialSource}));
    return {};
  };
  auto response = TROWEL_TRY(exchange(call, std::move(request), options, readJson));
  if (headers != nullptr) *headers = std::move(response.headers);
  return answer;
}

// `accept` looks at an answer of success; its DataLoss counts as a lost answer and may be repeated like one.
core::Result<http::HttpResponse> RestClient::exchange(const Call& call, http::HttpRequest request,
                                                      const CallOptions& options, const Accept& accept) const {
  auto host = config_.host.text();
  http::Retry retry(config_.retry, call.safety, clock_, config_.random);
  bool renewed = false;
  while (true) {
    auto authorization = TROWEL_TRY(config_.credentials->authorize(options.cancel));
    request.authorization = authorization.value;
    request.secrets = authorization.more;
    auto response = http_.send(request, options);

    auto verdict = http::Verdict::Final;
    std::optional<core::Duration> retryAfter;
    core::Error error;
    if (!response) {
      verdict = http::verdictOf(response.error());
      error = std::move(response).error();  // NOLINT(cppcoreguidelines-slicing): the verdict has been read
    } else if (response->status >= 200 && response->status < 300) {
      auto accepted = accept(*response);
      if (accepted) return *std::move(response);
      error = std::move(accepted).error();
      if (error.code == core::ErrorCode::DataLoss) verdict = http::Verdict::Unknown;
    } else {
      auto facts = readError(*response);
      verdict = verdictOf(response->status, facts);
      retryAfter = http::parseRetryAfter(response->headers, clock_.wallNow());
      error = toError(call, *response, facts, {host, config_.credentialSource});
      // A token that ended in mid-work. The host did not act, so that any call may go again; but once only.
      if (error.code == core::ErrorCode::Unauthenticated && !std::exchange(renewed, true) &&
          config_.credentials->refused(authorization))
        continue;
    }

    int attempt = retry.attempt();
    if (core::logs(core::LogLevel::Debug, "databricks"))
      core::logDebug("databricks",
                     fmt::format("{} {} attempt {}: {}", request.method, call.path, attempt, core::describe(error)));
    if (retry.again(verdict, retryAfter, options.cancel)) continue;
    if (verdict != http::Verdict::Final && options.cancel.cancelled())
      return std::unexpected(options.cancel.error(fmt::format("The request to {}", host)));
    return std::unexpected(std::move(error));
  }
}

}  // namespace trowel::databricks
