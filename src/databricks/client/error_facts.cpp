// SPDX-License-Identifier: Apache-2.0
#include "databricks/client/error_facts.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::databricks {

namespace {

std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  auto begin = text.find(open);
  if (begin == std::string_view::npos) return {};
  begin += open.size();
  auto end = text.find(close, begin);
  return end == std::string_view::npos ? std::string_view() : core::trim(text.substr(begin, end - begin));
}

std::string withoutTags(std::string_view html) {
  std::string text;
  bool inTag = false;
  for (char c : html) {
    if (c == '<' || c == '>')
      inTag = c == '<';
    else if (!inTag)
      text += c;
  }
  for (auto [entity, character] :
       {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}})
    text = core::replaceAll(std::move(text), entity, character);
  return text;
}

// "INVALID_STATE: why" -> both parts.
bool readPlainText(std::string_view body, ErrorFacts& facts) {
  auto colon = body.find(": ");
  if (colon == std::string_view::npos || colon == 0) return false;
  auto code = body.substr(0, colon);
  if (!std::ranges::all_of(code, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; })) return false;
  facts.errorCode = code;
  facts.message = core::trim(body.substr(colon + 2));
  return true;
}

void readScim(const core::Json& json, ErrorFacts& facts) {
  auto detail = core::stringAt(json, "detail");
  if (detail == "null") detail = "SCIM API internal error";
  auto type = core::stringAt(json, "scimType");
  facts.message = type.empty() ? detail : type + " " + detail;
  facts.errorCode = "SCIM_" + core::stringAt(json, "status");
}

// "42.5s"
std::optional<core::Duration> readDelay(std::string_view text) {
  if (!text.ends_with('s')) return std::nullopt;
  text.remove_suffix(1);
  double seconds = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem != std::errc() || end != text.data() + text.size() || !(seconds >= 0)) return std::nullopt;
  constexpr double kDay = 24 * 60 * 60;
  return std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(std::min(seconds, kDay)));
}

void readDetails(const core::Json& details, ErrorFacts& facts) {
  for (const auto& detail : details) {
    auto type = core::stringAt(detail, "@type");
    if (facts.requestId.empty()) facts.requestId = core::stringAt(detail, "request_id");
    if (facts.reason.empty() && type.ends_with(".ErrorInfo")) facts.reason = core::stringAt(detail, "reason");
    if (!facts.retryDelay && type.ends_with(".RetryInfo"))
      facts.retryDelay = readDelay(core::stringAt(detail, "retry_delay"));
  }
}

// The first of these that says something.
std::string firstOf(const core::Json& json, std::initializer_list<const char*> fields) {
  for (const auto* field : fields)
    if (auto text = core::stringAt(json, field); !text.empty()) return text;
  return {};
}

void readJson(const core::Json& json, ErrorFacts& facts) {
  if (json.contains("schemas") && json.contains("detail")) return readScim(json, facts);
  facts.errorCode = firstOf(json, {"error_code", "errorCode"});
  // API 1.2 and OAuth say "error", the latter with a description; login services "errorSummary".
  facts.message = firstOf(json, {"message", "error_description", "errorSummary", "error"});
  // Azure's own services, which stand before some workspaces.
  if (const auto& inner = core::objectAt(json, "error"); !inner.empty()) {
    facts.errorCode = firstOf(inner, {"code"});
    facts.message = firstOf(inner, {"message"});
  }
  readDetails(core::arrayAt(json, "details"), facts);
}

// "… [ReqId: 7f…]" belongs into the request id, not into a sentence.
void takeRequestId(ErrorFacts& facts) {
  auto at = facts.message.find("[ReqId:");
  if (at == std::string::npos) return;
  auto id = between(std::string_view(facts.message).substr(at), "[ReqId:", "]");
  if (facts.requestId.empty()) facts.requestId = id;
  facts.message = core::trim(facts.message.substr(0, at));
}

}  // namespace

bool isWebPage(const http::HttpResponse& response) {
  auto body = core::trim(std::string_view(response.body).substr(0, 1024));
  return body.starts_with('<');
}

ErrorFacts readError(const http::HttpResponse& response) {
  ErrorFacts facts;
  facts.requestId = http::headerOf(response.headers, "x-request-id");
  auto body = core::trim(response.body);
  auto json = core::parseJson(body);
  if (json && json->is_object()) {
    readJson(*json, facts);
  } else if (isWebPage(response)) {
    facts.message = withoutTags(between(body, "<pre>", "</pre>"));
    if (facts.message.empty()) facts.message = withoutTags(between(body, "<title>", "</title>"));
  } else if (!readPlainText(body, facts)) {
    facts.message = body;
  }
  takeRequestId(facts);
  return facts;
}

}  // namespace trowel::databricks
