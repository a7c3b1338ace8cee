// SPDX-License-Identifier: Apache-2.0
#include "api.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::Json;
using core::Result;

constexpr const char* kTitle = "Send JSON to API";

std::string problemOf(const std::string& line) {
  auto request = readRequestLine(line);
  return request ? std::string() : request.error().message;
}

// What is about to be sent, for the confirmation.
std::string detailOf(const ApiRequest& request) {
  constexpr std::size_t kMaxShown = 600;  // bytes
  if (request.body.empty()) return "It is sent without a body.";
  auto shown = core::toValidUtf8(request.body.substr(0, kMaxShown));
  return shown + (request.body.size() > kMaxShown ? fmt::format("\n… {} bytes in all", request.body.size()) : "");
}

// The answer as the editor is to show it.
struct Answer {
  std::string language;
  std::string text;
};

Answer answerOf(const std::string& path, const http::HttpResponse& response) {
  if (auto json = core::parseJson(response.body))
    return {.language = "json", .text = answerText(path, *std::move(json))};
  if (core::isUtf8(response.body) && !response.body.contains('\0'))
    return {.language = "plaintext", .text = response.body};
  return {.language = "plaintext",
          .text = fmt::format("{} bytes that are no text ({}).\n", response.body.size(),
                              http::headerOf(response.headers, "Content-Type"))};
}

Result<Answer> perform(const databricks::RestClient& rest, const ApiRequest& request, const core::CancelToken& cancel) {
  databricks::Call call{request.verb, request.path,
                        request.writes() ? databricks::Safety::Unsafe : databricks::Safety::Safe};
  auto params = request.body.empty() ? Json::object() : TROWEL_TRY(core::parseJson(request.body));
  // Not all that can be read is JSON.
  if (!request.writes()) return answerOf(request.path, TROWEL_TRY(rest.fetch(call, params, {.cancel = cancel})));
  auto answer = TROWEL_TRY(rest.call(call, params, {.cancel = cancel}));
  return Answer{.language = "json", .text = answerText(request.path, std::move(answer))};
}

// In the workspace's own words, with what they were said to.
std::unexpected<core::Error> refused(const ApiRequest& request, core::Error error) {
  if (error.httpStatus == 0) return std::unexpected(std::move(error));
  auto code = error.errorCode.empty() ? std::string() : " " + error.errorCode;
  auto message = fmt::format("{}: HTTP {}{}: {}", request.line(), error.httpStatus, code, error.message);
  return core::failBecause(std::move(error), std::move(message));
}

}  // namespace

Result<ApiRequest> Api::request(Action& action) {
  auto document = TROWEL_TRY(action.editor().uiActiveDocument({}, action.cancel()));
  const auto text = document.content.value_or("");
  if (isRequest(text)) return readRequest(text);
  if (auto likely = likelyRequests(text); !likely.empty()) {
    constexpr const char* kOther = "other";
    std::vector<protocol::PickItem> items;
    for (std::size_t i = 0; i < likely.size(); ++i)
      items.push_back({.id = std::to_string(i),
                       .label = likely[i].label,
                       .description = likely[i].request.line(),
                       .detail = {},
                       .icon = {},
                       .picked = {}});
    items.push_back(
        {.id = kOther, .label = "Another call…", .description = {}, .detail = {}, .icon = {}, .picked = {}});
    auto chosen = TROWEL_TRY(
        action.pick({.title = kTitle, .placeholder = "What is the JSON in the editor sent for?"}, std::move(items)));
    for (std::size_t i = 0; i < likely.size(); ++i)
      if (chosen == std::to_string(i)) return std::move(likely[i].request);
  }
  auto line = TROWEL_TRY(action.line({.title = kTitle,
                                      .prompt = "Verb and path. What writes takes the JSON in the editor as its body.",
                                      .placeholder = "GET /api/2.1/clusters/list",
                                      .value = {},
                                      .masked = {}},
                                     problemOf));
  auto request = TROWEL_TRY(readRequestLine(line));
  // Another text in front than JSON is none of the request's.
  if (request.takesBody() && core::trim(text).starts_with('{')) request.body = TROWEL_TRY(readBody(text));
  return request;
}

Result<Json> Api::send(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  auto request = TROWEL_TRY(this->request(action));
  if (request.writes())
    TROWEL_TRY(
        action.confirm(fmt::format("Send {} to {}?", request.line(), connection->host), detailOf(request), "Send"));
  auto answer = perform(connection->rest, request, action.cancel());
  if (!answer) return refused(request, std::move(answer).error());
  if (request.writes()) tree_.allChanged();
  TROWEL_TRY(action.show(request.line(), std::move(answer->language), std::move(answer->text)));
  return Json();
}

}  // namespace trowel::features
