// SPDX-License-Identifier: Apache-2.0
#include "emulator/standins/azure_ad.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/identity/names.hpp"
#include "emulator/oauth/scopes.hpp"
#include "emulator/standins/ci_tokens.hpp"
#include "emulator/state/ids.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kBase = "/standins/azuread/";
constexpr std::string_view kManagement[] = {"https://management.core.windows.net", "https://management.azure.com"};
// The identity of the machine that the emulator would run on.
constexpr std::string_view kMachine = "5b6c7d8e-9fa0-4b1c-8d2e-3f4a5b6c7d8e";

constexpr std::int64_t kRefreshLife = 90LL * 24 * 60 * 60 * 1000;  // milliseconds

bool isTenant(std::string_view tenant) {
  return core::equalsIgnoreCase(tenant, kTenantId) || core::equalsIgnoreCase(tenant, kTenantDomain) ||
         tenant == "common" || tenant == "organizations";
}

bool isManagement(std::string_view resource) {
  return std::any_of(std::begin(kManagement), std::end(kManagement),
                     [&](auto one) { return resource == one || resource == std::string(one) + "/"; });
}

bool isKnownResource(std::string_view resource) { return resource == kAzureDatabricks || isManagement(resource); }

// "2ff8…/.default offline_access" -> 2ff8…
std::string resourceOf(std::string_view scope) {
  constexpr std::string_view kDefault = "/.default";
  for (auto word : core::split(scope, ' '))
    if (word.ends_with(kDefault)) return std::string(word.substr(0, word.size() - kDefault.size()));
  return {};
}

Response answer(int status, const Json& body) {
  Response response = jsonResponse(body);
  response.status = status;
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

bool isManagementToken(JwtSigner& signer, std::string_view token, std::int64_t now) {
  auto claims = signer.verify(token);
  return claims && isManagement(core::stringAt(*claims, "aud")) && core::intAt(*claims, "exp") * 1000 > now;
}

AzureAd::AzureAd(const World& world, const Users& users, const ClientSecrets& secrets, JwtSigner& signer)
    : world_(world),
      users_(users),
      secrets_(secrets),
      signer_(signer),
      applications_(world.state, "azure_application"),
      refreshTokens_(world.state, "azure_refresh_token") {}

void AzureAd::addRoutes(Router& router) {
  const std::string tenant = std::string(kBase) + "{tenant}/oauth2/";
  router.add("POST", tenant + "token", [this](const Call& call) { return token(call, false); });
  router.add("POST", tenant + "v2.0/token", [this](const Call& call) { return token(call, true); });
  router.add("POST", tenant + "v2.0/devicecode", [this](const Call&) { return deviceCode(); });
  router.add("POST", std::string(kBase) + "applications",
             [this](const Call& call) { return registerApplication(call); });
  router.add("GET", "/standins/imds/metadata/identity/oauth2/token",
             [this](const Call& call) { return managedIdentity(call); });
  // The tenant is the first segment of where the real service would send a browser; no client follows it.
  router.add("GET", "/aad/auth", [](const Call&) {
    return Response{.status = 302,
                    .contentType = {},
                    .headers = {{"Location", "https://login.microsoftonline.com/" + std::string(kTenantId) +
                                                 "/oauth2/authorize?client_id=" + std::string(kAzureDatabricks) +
                                                 "&response_type=code"}}};
  });
}

Response AzureAd::refuse(int status, const char* error, int code, const std::string& text) const {
  const std::string trace = randomUuid();
  const std::string correlation = randomUuid();
  std::string time = toIsoTime(world_.now());
  time = time.substr(0, 10) + " " + time.substr(11, 8) + "Z";
  return answer(status, {{"error", error},
                         {"error_description", fmt::format("AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}",
                                                           code, core::toValidUtf8(text), trace, correlation, time)},
                         {"error_codes", {code}},
                         {"timestamp", time},
                         {"trace_id", trace},
                         {"correlation_id", correlation},
                         {"error_uri", fmt::format("https://login.microsoftonline.com/error?code={}", code)}});
}

Response AzureAd::token(const Call& call, bool second) {
  const std::string tenant = call.path("tenant");
  if (!isTenant(tenant)) return refuse(400, "invalid_request", 90002, "Tenant '" + tenant + "' not found.");
  const std::string grant = call.text("grant_type");
  if (grant != "client_credentials" && grant != "password" && grant != "refresh_token")
    return refuse(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '" + grant + "'.");
  const std::string resource = second ? resourceOf(call.text("scope")) : call.text("resource");
  if (resource.empty())
    return refuse(400, "invalid_request", 900144,
                  std::string("The request body must contain the following parameter: '") +
                      (second ? "scope" : "resource") + "'.");
  if (!isKnownResource(resource))
    return refuse(400, second ? "invalid_scope" : "invalid_resource", 500011,
                  "The resource principal named " + resource + " was not found in the tenant.");
  auto subject = grant == "password" ? person(call) : grant == "refresh_token" ? returning(call) : program(call);
  if (!subject) return std::move(subject.error());

  const std::int64_t life = world_.options.accessTokenLifetime.count();
  const std::int64_t now = world_.now() / 1000;
  Json body{{"token_type", "Bearer"}, {"access_token", issue(*subject, resource)}};
  if (second) {
    body.update({{"expires_in", life}, {"ext_expires_in", life}});
  } else {  // which writes all numbers as text
    body.update({{"expires_in", std::to_string(life)},
                 {"ext_expires_in", std::to_string(life)},
                 {"expires_on", std::to_string(now + life)},
                 {"not_before", std::to_string(now)},
                 {"resource", resource}});
  }
  if (subject->person && (!second || hasScope(call.text("scope"), "offline_access")))
    body["refresh_token"] = issueRefresh(*subject);
  return answer(200, body);
}

std::expected<AzureAd::Subject, Response> AzureAd::person(const Call& call) const {
  auto user = users_.find(call.text("username"));
  if (!user || user->servicePrincipal || !user->active)
    return std::unexpected(refuse(400, "invalid_grant", 50034, "The user account does not exist in the directory."));
  if (call.text("password").empty())
    return std::unexpected(
        refuse(400, "invalid_grant", 50126, "Error validating credentials due to invalid username or password."));
  return Subject{.name = user->name, .id = user->id, .person = true};
}

// By a refresh token, which may be used again: Azure AD gives a new one with each answer and keeps the old ones.
std::expected<AzureAd::Subject, Response> AzureAd::returning(const Call& call) const {
  auto known = refreshTokens_.find(core::sha256(call.text("refresh_token")));
  auto user = known ? users_.byId(core::stringAt(*known, "user")) : std::nullopt;
  if (!user || !user->active)
    return std::unexpected(refuse(400, "invalid_grant", 9002313, "Invalid request. The refresh token is not valid."));
  if (core::intAt(*known, "expires") <= world_.now())
    return std::unexpected(refuse(400, "invalid_grant", 700082, "The refresh token has expired due to inactivity."));
  return Subject{.name = user->name, .id = user->id, .person = true};
}

std::expected<AzureAd::Subject, Response> AzureAd::program(const Call& call) const {
  const std::string id = call.text("client_id");
  if (!knowsApplication(id))
    return std::unexpected(refuse(400, "unauthorized_client", 700016,
                                  "Application with identifier '" + id + "' was not found in the directory."));
  const std::string assertion = call.text("client_assertion");
  const std::string secret = call.text("client_secret");
  if (assertion.empty() && secret.empty())
    return std::unexpected(
        refuse(401, "invalid_client", 7000218,
               "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."));
  if (!assertion.empty() && !acceptsAssertion(assertion, call.host()))
    return std::unexpected(
        refuse(401, "invalid_client", 700211, "No matching federated identity record found for the assertion."));
  if (assertion.empty() && !knowsSecret(id, secret))
    return std::unexpected(refuse(401, "invalid_client", 7000215, "Invalid client secret provided."));
  return Subject{.name = id};
}

std::string AzureAd::issueRefresh(const Subject& subject) {
  std::string token = "1." + core::randomHex(32);
  refreshTokens_.put(core::sha256(token), {{"user", subject.id}, {"expires", world_.now() + kRefreshLife}});
  return token;
}

Response AzureAd::deviceCode() const {
  return refuse(401, "invalid_client", 7000218,
                "The device code flow is not allowed for this application: the request body must contain the "
                "following parameter: 'client_assertion' or 'client_secret'.");
}

Response AzureAd::managedIdentity(const Call& call) {
  auto invalid = [](const std::string& description) {
    return answer(400, {{"error", "invalid_request"}, {"error_description", description}});
  };
  if (core::toLower(call.request().header("metadata")) != "true")
    return invalid("Required metadata header not specified");
  if (call.text("api-version").empty()) return invalid("Required query variable 'api-version' is missing");
  const std::string resource = call.text("resource");
  if (resource.empty()) return invalid("Required query variable 'resource' is missing");
  if (!isKnownResource(resource))
    return answer(400, {{"error", "invalid_resource"},
                        {"error_description", "AADSTS500011: The resource principal named " +
                                                  core::toValidUtf8(resource) + " was not found in the tenant."}});
  const std::string clientId = call.text("client_id", kMachine);
  if (clientId != kMachine && !knowsApplication(clientId)) return invalid("Identity not found");
  const std::int64_t life = world_.options.accessTokenLifetime.count();
  const std::int64_t now = world_.now() / 1000;
  return answer(200, {{"access_token", issue({.name = clientId}, resource)},
                      {"client_id", clientId},
                      {"expires_in", std::to_string(life)},
                      {"expires_on", std::to_string(now + life)},
                      {"ext_expires_in", std::to_string(life)},
                      {"not_before", std::to_string(now)},
                      {"resource", resource},
                      {"token_type", "Bearer"}});
}

Response AzureAd::registerApplication(const Call& call) {
  const std::string clientId = call.text("client_id", randomUuid());
  const std::string secret = call.text("client_secret", core::randomHex(20));
  applications_.put(core::toLower(clientId), {{"hash", core::sha256(secret)}});
  return answer(200, {{"client_id", clientId}, {"client_secret", secret}});
}

bool AzureAd::knowsApplication(const std::string& clientId) const {
  auto user = users_.find(clientId);
  return (user && user->servicePrincipal) || applications_.find(core::toLower(clientId));
}

bool AzureAd::knowsSecret(const std::string& clientId, const std::string& secret) const {
  auto application = applications_.find(core::toLower(clientId));
  if (application && core::stringAt(*application, "hash") == core::sha256(secret)) return true;
  return secrets_.authenticate(clientId, secret).has_value();
}

// A token that a build got of its own system, for this purpose.
bool AzureAd::acceptsAssertion(const std::string& assertion, const std::string& host) const {
  auto claims = signer_.verify(assertion);
  return claims && isBuildToken(*claims, host) && core::stringAt(*claims, "aud") == kAzureExchange &&
         core::intAt(*claims, "exp") * 1000 > world_.now();
}

std::string AzureAd::issue(const Subject& subject, const std::string& resource) {
  const std::int64_t now = world_.now() / 1000;
  Json claims{{"aud", resource},
              {"iss", "https://sts.windows.net/" + std::string(kTenantId) + "/"},
              {"iat", now},
              {"nbf", now},
              {"exp", now + world_.options.accessTokenLifetime.count()},
              {"oid", subject.name},
              {"tid", kTenantId},
              {"uti", core::randomHex(11)},  // no two tokens are the same
              {"ver", "1.0"}};
  if (subject.person)
    claims.update({{"upn", subject.name}, {"scp", "user_impersonation"}});
  else
    claims.update({{"appid", subject.name}, {"idtyp", "app"}});
  return signer_.sign(claims);
}

}  // namespace trowel::emulator
