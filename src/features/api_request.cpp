// SPDX-License-Identifier: Apache-2.0
#include "api_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "trowel/core/text.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;
using databricks::Verb;

constexpr std::array kVerbs = {Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete};
constexpr std::string_view kRoot = "/api/";
constexpr std::string_view kExample = "as in 'GET /api/2.1/clusters/list'";
// What stands in an address as it is; everything else is encoded. Braces would be taken for parameters of a Call.
constexpr std::string_view kInPaths = "/?&=%:@!$'()*+,;";

std::optional<Verb> verbOf(std::string_view word) {
  for (auto verb : kVerbs)
    if (core::equalsIgnoreCase(word, toString(verb))) return verb;
  return std::nullopt;
}

// The first line that says something, and what is below it.
std::pair<std::string_view, std::string_view> firstLine(std::string_view text) {
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    auto line = core::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && !line.starts_with('#') && !line.starts_with("//")) return {line, text};
  }
  return {};
}

// Segments that lead elsewhere, also where the host would decode them first.
bool leadsOut(std::string_view path) {
  auto decoded = core::percentDecode(path);
  if (!decoded) return true;
  if (std::ranges::any_of(*decoded, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return true;
  const auto slashed = core::replaceAll(*std::move(decoded), "\\", "/");
  return std::ranges::any_of(core::split(slashed, '/'),
                             [](std::string_view segment) { return segment == "." || segment == ".."; });
}

void hideSecrets(Json& value, bool ofSecret) {
  constexpr std::array<std::string_view, 15> kHidden = {
      "token_value",       "access_token",  "refresh_token", "id_token",    "client_secret", "personal_access_token",
      "secret_access_key", "session_token", "sas_token",     "oauth_token", "secret",        "password",
      "private_key",       "account_key",   "bearer_token"};
  if (value.is_array())
    for (auto& element : value) hideSecrets(element, ofSecret);
  if (!value.is_object()) return;
  for (auto& [name, inner] : value.items()) {
    const bool hidden = std::ranges::find(kHidden, name) != kHidden.end() || (ofSecret && name == "value");
    if (hidden && inner.is_string())
      inner = "(not shown)";
    else
      hideSecrets(inner, ofSecret);
  }
}

LikelyRequest post(const char* label, const char* path, const Json& body) {
  return {.label = label, .request = {.verb = Verb::Post, .path = path, .body = core::dumpJsonPretty(body)}};
}

}  // namespace

std::string ApiRequest::line() const { return fmt::format("{} {}", toString(verb), path); }

Result<ApiRequest> readRequestLine(std::string_view line) {
  line = core::trim(line);
  ApiRequest request;
  auto path = line;
  if (auto blank = line.find_first_of(" \t"); !line.starts_with('/') && blank != std::string_view::npos) {
    auto verb = verbOf(line.substr(0, blank));
    if (!verb)
      return core::fail(ErrorCode::InvalidParams,
                        fmt::format("The API has no '{}'. Begin with GET, POST, PUT, PATCH or "
                                    "DELETE, {}.",
                                    line.substr(0, blank), kExample));
    request.verb = *verb;
    path = core::trim(line.substr(blank));
  }
  if (!path.starts_with(kRoot))
    return core::fail(ErrorCode::InvalidParams,
                      fmt::format("Give a path that begins with {}, {}. It goes to the workspace that this project is "
                                  "connected to, and to no other host.",
                                  kRoot, kExample));
  if (leadsOut(path.substr(0, path.find('?'))))
    return core::fail(ErrorCode::InvalidParams,
                      "The path has segments or characters that lead elsewhere. Write it as it is below /api/.");
  request.path = core::percentEncode(path, kInPaths);
  return request;
}

bool isRequest(std::string_view text) {
  auto line = firstLine(text).first;
  auto blank = line.find_first_of(" \t");
  return blank != std::string_view::npos && verbOf(line.substr(0, blank)) &&
         core::trim(line.substr(blank)).starts_with('/');
}

Result<ApiRequest> readRequest(std::string_view text) {
  auto [line, rest] = firstLine(text);
  auto request = TROWEL_TRY(readRequestLine(line));
  if (core::trim(rest).empty()) return request;
  request.body = TROWEL_TRY(readBody(rest));
  return request;
}

Result<std::string> readBody(std::string_view text) {
  auto json = core::parseJson(text);
  if (!json) return core::failBecause(json.error(), "The body is no JSON: " + json.error().message);
  if (!json->is_object())
    return core::fail(ErrorCode::InvalidParams,
                      "The body must be a JSON object, in braces: that is what the API takes.");
  return std::string(core::trim(text));
}

std::vector<LikelyRequest> likelyRequests(std::string_view text) {
  auto json = core::parseJson(text);
  if (!json || !json->is_object()) return {};
  const bool hasJob = json->contains("job_id");
  if (hasJob && json->contains("new_settings"))
    return {post("Replace the job's settings", "/api/2.2/jobs/reset", *json),
            post("Change the job's settings", "/api/2.2/jobs/update", *json)};
  if (hasJob && json->contains("settings")) {
    const auto& settings = core::objectAt(*json, "settings");
    const Json changed{{"job_id", json->at("job_id")}, {"new_settings", settings}};
    return {post("Replace the job's settings", "/api/2.2/jobs/reset", changed),
            post("Change the job's settings", "/api/2.2/jobs/update", changed),
            post("Create a job", "/api/2.2/jobs/create", settings)};
  }
  if (json->contains("tasks")) return {post("Create a job", "/api/2.2/jobs/create", *json)};
  if (!json->contains("spark_version")) return {};
  std::vector<LikelyRequest> requests;
  if (json->contains("cluster_id")) requests.push_back(post("Change the cluster", "/api/2.1/clusters/edit", *json));
  Json created = *json;
  created.erase("cluster_id");
  requests.push_back(post("Create a cluster", "/api/2.1/clusters/create", created));
  return requests;
}

std::string answerText(std::string_view path, Json answer) {
  hideSecrets(answer, path.substr(0, path.find('?')).ends_with("/secrets/get"));
  return core::dumpJsonPretty(answer) + "\n";
}

}  // namespace trowel::features
