// SPDX-License-Identifier: Apache-2.0
#include "auth/web.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"
#include "trowel/http/patience.hpp"

namespace trowel::auth {

namespace {

// What was sent and is nobody else's business.
std::vector<core::SecretString> secretsOf(const WebQuestion& question) {
  constexpr std::array kFields = {"client_secret", "client_assertion", "code",
                                  "code_verifier", "refresh_token",    "subject_token"};
  std::vector<core::SecretString> secrets;
  for (auto field : core::split(question.body, '&')) {
    const auto equals = std::min(field.find('='), field.size());
    if (std::ranges::find(kFields, field.substr(0, equals)) == kFields.end()) continue;
    secrets.emplace_back(core::percentDecode(field.substr(std::min(equals + 1, field.size()))).value_or(""));
  }
  const auto& header = question.authorization.reveal();
  const auto value = header.substr(std::min(header.find(' ') + 1, header.size()));
  secrets.emplace_back(value);
  // Of a client's id and secret the latter.
  if (auto pair = core::fromBase64(value); header.starts_with("Basic ") && pair)
    secrets.emplace_back(core::percentDecode(pair->substr(pair->find(':') + 1)).value_or(""));
  return secrets;
}

// What such a service says about a failure: OAuth's fields, Azure Resource Manager's, or Databricks' own. Some quote
// what they were sent.
std::string reasonOf(const http::HttpResponse& response, const WebQuestion& question) {
  auto parsed = core::parseJson(response.body);
  std::string reason;
  if (parsed && parsed->is_object()) {
    reason = core::stringAt(*parsed, "error_description", core::stringAt(*parsed, "message"));
    if (reason.empty()) reason = core::stringAt(core::objectAt(*parsed, "error"), "message");
    if (reason.empty()) reason = core::stringAt(*parsed, "error");
  }
  // Nothing that short is a secret, and it may stand in any word.
  constexpr std::size_t kShort = 8;
  for (const auto& secret : secretsOf(question))
    if (secret.reveal().size() >= kShort) reason = core::replaceAll(std::move(reason), secret.reveal(), "***");
  constexpr std::size_t kEnough = 300;
  if (reason.size() > kEnough) reason = reason.substr(0, kEnough) + "…";
  return core::redact(core::toValidUtf8(core::trim(reason)));
}

}  // namespace

std::optional<WebAddress> splitWebAddress(std::string_view url) {
  auto begin = url.find("://");
  auto slash = begin == std::string_view::npos ? begin : url.find_first_of("/?#", begin + 3);
  auto origin = http::parseOrigin(url.substr(0, slash));
  if (!origin) return std::nullopt;
  WebAddress address{.origin = *std::move(origin)};
  if (slash != std::string_view::npos) {
    auto target = url.substr(slash);
    address.target = std::string(target.substr(0, target.find('#')));
    if (!address.target.starts_with('/')) address.target.insert(0, "/");
  }
  return address;
}

core::Result<WebAddress> parseWebAddress(std::string_view url, std::string_view what) {
  auto address = splitWebAddress(url);
  if (!address)
    return core::fail(core::ErrorCode::InvalidParams,
                      fmt::format("{} is no address that can be used: it must be like https://host/path.", what));
  if (address->origin.scheme != "https" && !address->origin.isLoopback())
    return core::fail(
        core::ErrorCode::InvalidParams,
        fmt::format("{} is an http address, over which secrets would travel in the clear. Use https.", what));
  return *std::move(address);
}

std::string encodeForm(const Form& form) {
  std::string text;
  for (const auto& [name, value] : form) {
    if (!text.empty()) text += '&';
    text += core::percentEncode(name);
    text += '=';
    text += core::percentEncode(value);
  }
  return text;
}

core::Result<http::HttpResponse> ask(const WebQuestion& question, const Outside& outside,
                                     const core::CancelToken& cancel) {
  const http::HttpRequest request{.method = question.method,
                                  .origin = question.address.origin.text(),
                                  .target = question.address.target,
                                  .headers = question.headers,
                                  .body = question.body,
                                  .authorization = question.authorization};
  const http::CallOptions options{.cancel = cancel, .timeout = question.timeout};
  auto answer = question.once ? outside.http.send(request, options)
                              : http::sendPatiently(request, options, outside.http, outside.clock);
  if (cancel.cancelled()) return std::unexpected(cancel.error("Signing in"));
  if (!answer) return std::unexpected<core::Error>(std::move(answer.error()));
  return *std::move(answer);
}

core::Result<core::Json> askJson(const WebQuestion& question, std::string_view who, const Outside& outside,
                                 const core::CancelToken& cancel) {
  auto answer = TROWEL_TRY(ask(question, outside, cancel));
  auto parsed = core::parseJson(answer.body);
  if (answer.status == 200 && parsed && parsed->is_object()) return *std::move(parsed);
  core::Error error;
  error.httpStatus = answer.status;
  if (answer.status == 200) {
    error.code = core::ErrorCode::DataLoss;
    error.message = fmt::format("{} at {} did not answer with JSON. Check that the address is right.", who,
                                question.address.origin.text());
    return std::unexpected(std::move(error));
  }
  error.code = http::asksToComeLater(answer.status) || answer.status >= 500 ? core::ErrorCode::Unavailable
               : answer.status == 404                                       ? core::ErrorCode::NotFound
                                                                            : core::ErrorCode::Unauthenticated;
  if (parsed && parsed->is_object()) error.errorCode = core::stringAt(*parsed, "error");
  auto reason = reasonOf(answer, question);
  error.message = fmt::format("{} at {} refused: {}", who, question.address.origin.text(),
                              reason.empty() ? fmt::format("HTTP status {}.", answer.status) : reason);
  if (!error.message.ends_with('.') && !error.message.ends_with("…")) error.message += '.';
  return std::unexpected(std::move(error));
}

}  // namespace trowel::auth
