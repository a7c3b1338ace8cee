// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/token_api.hpp"

#include <nlohmann/json.hpp>

#include "emulator/oauth/scopes.hpp"
#include "emulator/server/message.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kSecondsADay = 24L * 3600;

// What /token shows of a token: who owns it is the caller anyway.
Json publicInfo(const Json& info) {
  Json shown = Json::object();
  for (const char* field : {"token_id", "creation_time", "expiry_time", "comment", "scopes"})
    if (info.contains(field)) shown[field] = info.at(field);
  return shown;
}

// The same with numbers for ids, as token-management has them.
Json managedInfo(const Json& info) {
  Json shown = info;
  shown["owner_id"] = core::intAt(info, "owner_id");
  shown["created_by_id"] = core::intAt(info, "created_by_id");
  return shown;
}

Reply<void> adminOnly(const Call& call) {
  if (call.caller().admin) return {};
  return permissionDenied("Only workspace administrators may manage the tokens of others.");
}

std::unexpected<ApiError> noSuchToken(const std::string& id) {
  return doesNotExist("Token with ID " + core::toValidUtf8(id) + " does not exist.");
}

Reply<PersonalTokens::Wish> readWish(const Call& call, const WorkspaceSettings& settings) {
  Json given = TROWEL_TRY(readMessage(
      call.params(),
      {{"lifetime_seconds", ValueType::Number}, {"comment", ValueType::Text}, {"scopes", ValueType::TextList}}));
  if (settings.value("enableTokensConfig") == "false")
    return refuse(403, "FEATURE_DISABLED", "Personal access tokens are disabled for this workspace.");
  PersonalTokens::Wish wish{.lifetime = core::intAt(given, "lifetime_seconds"),
                            .comment = core::stringAt(given, "comment")};
  for (const auto& scope : core::arrayAt(given, "scopes")) {
    if (!isSupportedScope(scope.get<std::string>()))
      return invalidParameter("The scope " + core::toValidUtf8(scope.get<std::string>()) + " is unknown.");
    wish.scopes.push_back(scope.get<std::string>());
  }
  auto longest = settings.number("maxTokenLifetimeDays") * kSecondsADay;
  if (longest > 0 && wish.lifetime > longest)
    return invalidParameter("lifetime_seconds must not be greater than the workspace's limit of " +
                            std::to_string(longest) + " seconds.");
  if (longest > 0 && wish.lifetime == 0) wish.lifetime = longest;
  return wish;
}

// The full description of the token of that id, or null.
Json infoOf(const PersonalTokens& tokens, const std::string& id) {
  auto found = tokens.list([&](const Json& one) { return core::stringAt(one, "token_id") == id; });
  return found.empty() ? Json() : found.front();
}

Response created(const core::SecretString& token, Json info) {
  return jsonResponse({{"token_value", token.reveal()}, {"token_info", std::move(info)}});
}

Reply<Response> listManaged(const PersonalTokens& tokens, const Call& call) {
  TROWEL_TRY(adminOnly(call));
  std::string byId = call.text("created_by_id");
  std::string byName = call.text("created_by_username");
  Json infos = Json::array();
  for (const auto& info : tokens.list([&](const Json& one) {
         return (byId.empty() || core::stringAt(one, "created_by_id") == byId) &&
                (byName.empty() || core::equalsIgnoreCase(core::stringAt(one, "created_by_username"), byName));
       }))
    infos.push_back(managedInfo(info));
  return jsonResponse(infos.empty() ? Json::object() : Json{{"token_infos", std::move(infos)}});
}

Reply<Response> createOnBehalf(PersonalTokens& tokens, const Users& users, const WorkspaceSettings& settings,
                               const Call& call) {
  auto applicationId = TROWEL_TRY(call.required("application_id"));
  TROWEL_TRY(adminOnly(call));
  auto owner = users.find(applicationId);
  if (!owner || !owner->servicePrincipal)
    return doesNotExist("Service principal with application ID " + core::toValidUtf8(applicationId) +
                        " does not exist.");
  auto wish = TROWEL_TRY(readWish(call, settings));
  auto token = TROWEL_TRY(tokens.create(*owner, call.caller(), wish));
  return created(token, managedInfo(infoOf(tokens, PersonalTokens::idOf(token))));
}

void addOwnRoutes(Router& router, PersonalTokens& tokens, const WorkspaceSettings& settings, TokenUse mayUse) {
  router.add("GET", "/api/2.0/token/list", [&tokens](const Call& call) -> Reply<Response> {
    Json infos = Json::array();
    for (const auto& info :
         tokens.list([&](const Json& one) { return core::stringAt(one, "owner_id") == call.caller().id; }))
      infos.push_back(publicInfo(info));
    return jsonResponse(infos.empty() ? Json::object() : Json{{"token_infos", std::move(infos)}});
  });
  router.add("POST", "/api/2.0/token/create",
             [&tokens, &settings, mayUse = std::move(mayUse)](const Call& call) -> Reply<Response> {
               auto wish = TROWEL_TRY(readWish(call, settings));
               TROWEL_TRY(mayUse(call.caller()));
               auto token = TROWEL_TRY(tokens.create(call.caller(), call.caller(), wish));
               return created(token, publicInfo(infoOf(tokens, PersonalTokens::idOf(token))));
             });
  router.add("POST", "/api/2.0/token/delete", [&tokens](const Call& call) -> Reply<Response> {
    auto id = TROWEL_TRY(call.required("token_id"));
    if (!tokens.revoke(id, [&](const Json& one) { return core::stringAt(one, "owner_id") == call.caller().id; }))
      return noSuchToken(id);
    return emptyResponse();
  });
}

}  // namespace

void addTokenRoutes(Router& router, PersonalTokens& tokens, const Users& users, const WorkspaceSettings& settings,
                    TokenUse mayUse) {
  addOwnRoutes(router, tokens, settings, std::move(mayUse));
  const std::string base = "/api/2.0/token-management/";
  router.add("GET", base + "tokens", [&](const Call& call) { return listManaged(tokens, call); });
  router.add("GET", base + "tokens/{id}", [&](const Call& call) -> Reply<Response> {
    TROWEL_TRY(adminOnly(call));
    Json info = infoOf(tokens, call.path("id"));
    if (info.is_null()) return noSuchToken(call.path("id"));
    return jsonResponse({{"token_info", managedInfo(info)}});
  });
  router.add("DELETE", base + "tokens/{id}", [&](const Call& call) -> Reply<Response> {
    TROWEL_TRY(adminOnly(call));
    if (!tokens.revoke(call.path("id"), [](const Json&) { return true; })) return noSuchToken(call.path("id"));
    return emptyResponse();
  });
  router.add("POST", base + "on-behalf-of/tokens",
             [&](const Call& call) { return createOnBehalf(tokens, users, settings, call); });
}

}  // namespace trowel::emulator
