// SPDX-License-Identifier: Apache-2.0
#include "emulator/oauth/client_secrets.hpp"

#include <nlohmann/json.hpp>

#include "emulator/identity/names.hpp"
#include "emulator/state/ids.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kLongestLifetime = 730LL * 24 * 3600;  // seconds
constexpr std::size_t kQuota = 5;

// What a list shows of a secret.
Json describe(const Json& secret) {
  Json shown = secret;
  for (const char* field : {"owner", "hash", "expires"}) shown.erase(field);
  return shown;
}

// "3600s", as durations are written; nothing where it is none.
std::optional<std::int64_t> readLifetime(const std::string& text) {
  if (text.empty()) return kLongestLifetime;
  if (!text.ends_with('s') || text.size() > 12 || text.find_first_not_of("0123456789") != text.size() - 1)
    return std::nullopt;
  if (text.size() == 1) return std::nullopt;
  auto seconds = std::stoll(text);
  if (seconds < 1 || seconds > kLongestLifetime) return std::nullopt;
  return seconds;
}

Reply<User> servicePrincipalOf(const Users& users, const Call& call) {
  if (!call.caller().admin)
    return permissionDenied("Only administrators may manage the secrets of service principals.");
  auto user = users.byId(call.path("principal_id"));
  if (!user || !user->servicePrincipal)
    return doesNotExist("Service principal " + core::toValidUtf8(call.path("principal_id")) + " does not exist.");
  return *std::move(user);
}

}  // namespace

ClientSecrets::ClientSecrets(const World& world, const Users& users)
    : world_(world), users_(users), secrets_(world.state, "oauth_secret") {}

Reply<Json> ClientSecrets::create(const User& servicePrincipal, std::int64_t lifetime) {
  if (of(servicePrincipal).size() >= kQuota)
    return refuse(400, "QUOTA_EXCEEDED", "A service principal has at most 5 secrets.");
  core::SecretString secret("dose" + core::randomHex(16));
  Json shown = describe(store(servicePrincipal, secret.reveal(), lifetime));
  shown["secret"] = secret.reveal();
  return shown;
}

void ClientSecrets::adopt(const User& servicePrincipal, const core::SecretString& secret) {
  if (!authenticate(servicePrincipal.name, secret.reveal())) store(servicePrincipal, secret.reveal(), kLongestLifetime);
}

Json ClientSecrets::store(const User& servicePrincipal, std::string_view secret, std::int64_t lifetime) {
  const std::string id = randomUuid();
  const std::string hash = core::sha256(secret);
  const std::int64_t expires = world_.now() + lifetime * 1000;
  Json document{{"id", id},
                {"status", "ACTIVE"},
                {"secret_hash", hash.substr(0, 8)},
                {"create_time", toIsoTime(world_.now())},
                {"update_time", toIsoTime(world_.now())},
                {"expire_time", toIsoTime(expires)},
                {"owner", servicePrincipal.id},
                {"hash", hash},
                {"expires", expires}};
  secrets_.put(id, document);
  return document;
}

std::optional<User> ClientSecrets::authenticate(std::string_view clientId, std::string_view secret) const {
  auto user = users_.find(clientId);
  if (!user || !user->servicePrincipal || !user->active) return std::nullopt;
  const std::string hash = core::sha256(secret);
  for (const auto& one : of(*user))
    if (core::stringAt(one, "hash") == hash && core::intAt(one, "expires") > world_.now()) return user;
  return std::nullopt;
}

std::vector<Json> ClientSecrets::of(const User& servicePrincipal) const {
  std::vector<Json> found;
  for (auto& [id, secret] : secrets_.all())
    if (core::stringAt(secret, "owner") == servicePrincipal.id) found.push_back(std::move(secret));
  return found;
}

void ClientSecrets::addRoutes(Router& router) {
  const std::string tail = "/servicePrincipals/{principal_id}/credentials/secrets";
  for (const std::string& base : {std::string("/api/2.0/accounts"), "/api/2.0/accounts/" + std::string(kAccountId)}) {
    router.add("GET", base + tail, [this](const Call& call) -> Reply<Response> {
      auto user = TROWEL_TRY(servicePrincipalOf(users_, call));
      Json secrets = Json::array();
      for (const auto& secret : of(user)) secrets.push_back(describe(secret));
      return jsonResponse(secrets.empty() ? Json::object() : Json{{"secrets", std::move(secrets)}});
    });
    router.add("POST", base + tail, [this](const Call& call) -> Reply<Response> {
      auto lifetime = readLifetime(call.text("lifetime"));
      if (!lifetime) return invalidParameter("lifetime must be a number of seconds up to 730 days, such as 3600s.");
      auto user = TROWEL_TRY(servicePrincipalOf(users_, call));
      Json secret = TROWEL_TRY(create(user, *lifetime));
      return jsonResponse(secret);
    });
    router.add("DELETE", base + tail + "/{secret_id}", [this](const Call& call) -> Reply<Response> {
      auto user = TROWEL_TRY(servicePrincipalOf(users_, call));
      auto secret = secrets_.find(call.path("secret_id"));
      if (!secret || core::stringAt(*secret, "owner") != user.id)
        return doesNotExist("Secret " + core::toValidUtf8(call.path("secret_id")) + " does not exist.");
      secrets_.remove(call.path("secret_id"));
      return emptyResponse();
    });
  }
}

}  // namespace trowel::emulator
