// SPDX-License-Identifier: Apache-2.0
// `trowel auth status`, `trowel auth token` and `trowel auth describe`.
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "auth_parts.hpp"
#include "options.hpp"
#include "trowel/auth/describe.hpp"
#include "trowel/auth/u2m.hpp"
#include "trowel/core/text.hpp"
#include "trowel/databricks/scim.hpp"

namespace trowel::app {

namespace {

void printJson(const core::Json& value) { say(core::dumpJsonPretty(value)); }

// "2026-01-02T03:04:05Z"
std::string timeText(core::WallTime time) {
  const auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

struct Status {
  auth::SignedIn signedIn;
  std::string user;
};

core::Result<Status> askStatus(const AuthParts& parts, const auth::Config& config) {
  auto signedIn = TROWEL_TRY(auth::signIn(config, parts.outside(), {}));
  databricks::RestConfig rest;
  rest.host = TROWEL_TRY(http::parseOrigin(signedIn.host));
  rest.credentials = signedIn.credentials;
  rest.headers = signedIn.headers;
  rest.credentialSource = signedIn.source;
  const databricks::RestClient client(std::move(rest), parts.outside().http, parts.outside().clock);
  auto me = TROWEL_TRY(databricks::Scim(client).me());
  return Status{.signedIn = std::move(signedIn), .user = std::move(me.userName)};
}

}  // namespace

int authStatus(const CommonOptions& common, const AuthOptions& options) {
  if (!startLog(common, false)) return 2;
  AuthParts parts;
  auto config = parts.configOf(options);
  if (!config) return failed(config.error());
  auto status = askStatus(parts, *config);
  if (!status) return failed(status.error());
  const auto& profile = config->get(auth::Attribute::Profile);
  if (options.json) {
    core::Json shown{{"host", status->signedIn.host},
                     {"user", status->user},
                     {"auth_type", status->signedIn.authType},
                     {"source", status->signedIn.source}};
    if (!profile.empty()) shown["profile"] = profile;
    printJson(shown);
    return 0;
  }
  say("Signed in to " + status->signedIn.host + " as " + status->user + ".");
  say("By " + status->signedIn.authType + ", from " + status->signedIn.source + ".");
  return 0;
}

int authToken(const CommonOptions& common, const AuthOptions& options) {
  if (!startLog(common, false)) return 2;
  AuthParts parts;
  auto config = parts.configOf(options);
  if (!config) return failed(config.error());
  auto token = auth::personToken(*config, parts.outside(), options.renew, {});
  if (!token) return failed(token.error());
  printJson(
      {{"access_token", token->value.reveal()}, {"token_type", token->type}, {"expiry", timeText(token->expiry)}});
  return 0;
}

int authDescribe(const CommonOptions& common, const AuthOptions& options) {
  if (!startLog(common, false)) return 2;
  AuthParts parts;
  auto config = parts.configOf(options);
  if (!config) return failed(config.error());
  auto place = auth::signInPlace(*config, parts.outside());
  if (!place) return failed(place.error());
  const auto values = auth::describe(*config);
  if (options.json) {
    core::Json list = core::Json::array();
    for (const auto& value : values)
      list.push_back({{"key", value.key}, {"value", value.text}, {"source", value.source}});
    printJson({{"values", std::move(list)}, {"token_storage", {{"location", *place}}}});
    return 0;
  }
  for (const auto& value : values) say(value.key + ": " + value.text + " (from " + value.source + ")");
  say("Sign-ins with the browser are kept in " + *place + ".");
  return 0;
}

}  // namespace trowel::app
