// SPDX-License-Identifier: Apache-2.0
#include "connection/metadata_answer.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::connection {

namespace {

using core::ErrorCode;
using core::Json;
using http::HttpResponse;

constexpr std::string_view kScheme = "Bearer ";

HttpResponse json(int status, const Json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          .body = core::dumpJson(body)};
}

HttpResponse refuse(int status, const char* error, const std::string& message) {
  return json(status, {{"error", error}, {"message", message}});
}

bool sameHost(std::string_view asked, const std::string& ours) {
  auto origin = http::parseOrigin(asked);
  return origin && origin->text() == ours;
}

}  // namespace

bool sameSecret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference =
        static_cast<unsigned char>(difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  return difference == 0;
}

HttpResponse answerMetadata(const MetadataPlace& place, const std::string& method, const std::string& target,
                            const http::Headers& headers, http::Credentials& credentials, core::Clock& clock,
                            const core::CancelToken& cancel) {
  if (!sameSecret(target, place.target)) return refuse(404, "not_found", "There is no such address.");
  if (method != "GET") return refuse(405, "bad_method", "Only GET is answered.");
  if (http::headerOf(headers, "X-Databricks-Metadata-Version") != "1")
    return refuse(400, "bad_version", "The header X-Databricks-Metadata-Version must be 1.");
  if (!sameHost(http::headerOf(headers, "X-Databricks-Host"), place.host))
    return refuse(404, "not_found",
                  "This address hands out tokens for " + place.host +
                      " only. Open a new terminal if the project's connection has changed.");

  auto authorization = credentials.authorize(cancel);
  if (!authorization) {
    core::logWarn("connection", "no token to hand over: " + core::describe(authorization.error()));
    const bool signIn = authorization.error().code == ErrorCode::Unauthenticated;
    return refuse(signIn ? 401 : 503, signIn ? "unauthenticated" : "unavailable", authorization.error().message);
  }
  const auto& value = authorization->value.reveal();
  if (value.size() <= kScheme.size() || !core::equalsIgnoreCase(value.substr(0, kScheme.size()), kScheme))
    return refuse(
        400, "unsupported",
        "This connection signs in with a user name and a password, which Trowel does not hand to other tools. "
        "Sign in with a personal access token or in the browser to use it from tools.");
  const auto expires = std::chrono::duration_cast<std::chrono::seconds>(clock.wallNow().time_since_epoch());
  return json(200, {{"access_token", value.substr(kScheme.size())},
                    {"token_type", "Bearer"},
                    {"expires_on", (expires + kHandedTokenLife).count()}});
}

}  // namespace trowel::connection
