// SPDX-License-Identifier: Apache-2.0
// The token endpoint: what each grant asks for, and the tokens that it gives.
#include "emulator/oauth/oauth.hpp"

#include <nlohmann/json.hpp>

#include "emulator/identity/names.hpp"
#include "emulator/oauth/scopes.hpp"
#include "emulator/standins/ci_tokens.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kTokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr std::string_view kJwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr std::string_view kPersonalTokenType = "urn:databricks:params:oauth:token-type:personal-access-token";
constexpr std::string_view kJwtType = "urn:ietf:params:oauth:token-type:jwt";

struct Credentials {
  std::string id;
  std::string secret;
};

// HTTP Basic, whose halves are form-encoded (RFC 6749 2.3.1), or fields of the body.
Credentials readCredentials(const Call& call) {
  auto header = call.request().header("authorization");
  if (core::toLower(header.substr(0, 6)) != "basic ") return {call.text("client_id"), call.text("client_secret")};
  std::string pair = core::fromBase64(core::trim(header.substr(6))).value_or("");
  auto colon = std::min(pair.find(':'), pair.size());
  auto decode = [](std::string_view text) { return core::percentDecode(text).value_or(std::string(text)); };
  return {decode(pair.substr(0, colon)), colon < pair.size() ? decode(pair.substr(colon + 1)) : std::string()};
}

Reply<std::string> required(const Call& call, const char* field) {
  std::string value = call.text(field);
  if (value.empty()) return oauthError(400, "invalid_request", "Missing required parameter: " + std::string(field));
  return value;
}

std::string join(const std::vector<std::string>& scopes) {
  std::string joined;
  for (const auto& scope : scopes) joined += (joined.empty() ? "" : " ") + scope;
  return joined;
}

std::unexpected<ApiError> invalidGrant(std::string description) {
  return oauthError(400, "invalid_grant", std::move(description));
}

}  // namespace

OAuth::OAuth(const World& world, const Users& users, const PersonalTokens& tokens, JwtSigner& signer)
    : world_(world),
      users_(users),
      tokens_(tokens),
      signer_(signer),
      clientSecrets_(world, users),
      codes_(world),
      refreshTokens_(world) {}

void OAuth::addRoutes(Router& router) {
  addDiscoveryRoutes(router);
  clientSecrets_.addRoutes(router);
  for (const std::string& base : {std::string("/oidc"), "/oidc/accounts/" + std::string(kAccountId)}) {
    addSignInRoutes(router, base);
    router.add("POST", base + "/v1/token", [this, base](const Call& call) { return token(call, call.host() + base); });
  }
}

Reply<Response> OAuth::token(const Call& call, const std::string& issuer) {
  const std::string grant = TROWEL_TRY(required(call, "grant_type"));
  if (grant == "client_credentials") return clientCredentials(call, issuer);
  if (grant == "authorization_code") return authorizationCode(call, issuer);
  if (grant == "refresh_token") return refresh(call, issuer);
  if (grant == kTokenExchange || grant == kJwtBearer) return exchange(call, issuer);
  return oauthError(400, "unsupported_grant_type", "The grant type " + core::toValidUtf8(grant) + " is not supported.");
}

Reply<Response> OAuth::clientCredentials(const Call& call, const std::string& issuer) {
  auto credentials = readCredentials(call);
  auto user = clientSecrets_.authenticate(credentials.id, credentials.secret);
  if (!user) return oauthError(401, "invalid_client", "Client authentication failed");
  std::string scope = TROWEL_TRY(readScope(call.text("scope"), "all-apis"));
  // There is nobody to be offline: a client that can sign in by itself gets no refresh token.
  if (hasScope(scope, "offline_access")) return oauthError(400, "invalid_scope", "offline_access is for users only.");
  return issue(*user, {.userId = user->id, .clientId = credentials.id, .scope = scope}, issuer);
}

Reply<Response> OAuth::authorizationCode(const Call& call, const std::string& issuer) {
  using Problem = AuthorizationCodes::Problem;
  const std::string code = TROWEL_TRY(required(call, "code"));
  const std::string redirectUri = TROWEL_TRY(required(call, "redirect_uri"));
  const std::string verifier = TROWEL_TRY(required(call, "code_verifier"));
  auto outcome = codes_.redeem(code, readCredentials(call).id, redirectUri, verifier);
  switch (outcome.problem) {
    case Problem::Unknown:
      return invalidGrant("The authorization code is invalid or has expired.");
    case Problem::Spent:  // two have it, and one of them should not
      refreshTokens_.revokeFamily(outcome.grant.family);
      return invalidGrant("The authorization code has been used before.");
    case Problem::WrongClient:
      return oauthError(401, "invalid_client", "Client authentication failed");
    case Problem::WrongRedirect:
      return invalidGrant("redirect_uri does not match the one of the authorization request.");
    case Problem::WrongVerifier:
      return invalidGrant("code_verifier does not match the code challenge.");
    case Problem::None:
      break;
  }
  auto user = TROWEL_TRY(activeUser(outcome.grant.userId));
  return issue(user, outcome.grant, issuer);
}

Reply<Response> OAuth::refresh(const Call& call, const std::string& issuer) {
  const std::string token = TROWEL_TRY(required(call, "refresh_token"));
  auto grant = refreshTokens_.redeem(token, readCredentials(call).id);
  if (!grant) return invalidGrant("Refresh token is invalid");
  auto user = TROWEL_TRY(activeUser(grant->userId));
  return issue(user, *grant, issuer);
}

Reply<Response> OAuth::exchange(const Call& call, const std::string& issuer) {
  const bool assertion = call.text("grant_type") == kJwtBearer;
  const std::string token = TROWEL_TRY(required(call, assertion ? "assertion" : "subject_token"));
  const std::string type = call.text("subject_token_type");
  if (!assertion && type != kJwtType && type != kPersonalTokenType)
    return oauthError(400, "invalid_request", "The subject_token_type must be that of a JWT or of a personal token.");
  Subject subject = TROWEL_TRY(subjectOf(call, token));
  std::string own = subject.scopes.empty() ? "all-apis" : join(subject.scopes);
  std::string scope = TROWEL_TRY(readScope(call.text("scope"), own));
  // Nobody gets more by an exchange than the token opens that is exchanged.
  if (!hasScope(own, "all-apis"))
    for (auto word : core::split(scope, ' '))
      if (!hasScope(own, word))
        return oauthError(400, "invalid_scope", "The subject token does not have the scope " + std::string(word) + ".");
  return issue(subject.user,
               {.userId = subject.user.id, .clientId = call.text("client_id", subject.user.name), .scope = scope},
               issuer);
}

// Whom a token of somebody else speaks for: the service principal that the client names, or the user or service
// principal that the token itself names as its subject.
Reply<OAuth::Subject> OAuth::subjectOf(const Call& call, const std::string& token) const {
  if (call.text("subject_token_type") == kPersonalTokenType) return personalSubject(token);
  auto claims = signer_.verify(token);
  if (!claims) return invalidGrant("The signature of the subject token cannot be verified.");
  if (!isBuildToken(*claims, call.host())) return invalidGrant("The issuer of the subject token is not trusted.");
  const std::string audience = core::stringAt(*claims, "aud");
  if (audience != kAccountId && audience != kAzureExchange && !audience.starts_with(call.host()))
    return invalidGrant("The audience of the subject token is not accepted.");
  if (core::intAt(*claims, "exp") * 1000 <= world_.now()) return invalidGrant("The subject token has expired.");
  const std::string clientId = call.text("client_id");
  auto user = users_.find(clientId.empty() ? core::stringAt(*claims, "sub") : clientId);
  if (!user || (!clientId.empty() && !user->servicePrincipal))
    return clientId.empty() ? invalidGrant("No principal of the workspace has the subject of the token.")
                            : oauthError(401, "invalid_client", "Client authentication failed");
  auto active = TROWEL_TRY(activeUser(user->id));
  return Subject{.user = std::move(active)};
}

Reply<OAuth::Subject> OAuth::personalSubject(const std::string& token) const {
  auto grant = tokens_.find(token);
  if (!grant) return invalidGrant("The subject token is invalid.");
  auto user = TROWEL_TRY(activeUser(grant->userId));
  return Subject{.user = std::move(user), .scopes = std::move(grant->scopes)};
}

Reply<User> OAuth::activeUser(const std::string& id) const {
  auto user = users_.byId(id);
  if (!user || !user->active) return invalidGrant("The user is not active.");
  return *std::move(user);
}

std::string OAuth::accessToken(const User& user, const Grant& grant, const std::string& issuer) {
  const std::int64_t now = world_.now() / 1000;
  return signer_.sign({{"iss", issuer},
                       {"sub", user.name},
                       {"aud", kWorkspaceId},
                       {"iat", now},
                       {"exp", now + world_.options.accessTokenLifetime.count()},
                       {"jti", core::randomHex(16)},
                       {"client_id", grant.clientId},
                       {"scope", grant.scope}});
}

std::string OAuth::accessTokenFor(const User& user, const std::string& host) {
  return accessToken(user, {.userId = user.id, .clientId = "notebook", .scope = "all-apis"}, host + "/oidc");
}

Response OAuth::issue(const User& user, const Grant& grant, const std::string& issuer) {
  Json answer{{"access_token", accessToken(user, grant, issuer)},
              {"token_type", "Bearer"},
              {"expires_in", world_.options.accessTokenLifetime.count()},
              {"scope", grant.scope}};
  if (hasScope(grant.scope, "offline_access")) answer["refresh_token"] = refreshTokens_.issue(grant);
  if (hasScope(grant.scope, "openid")) {
    const std::int64_t now = world_.now() / 1000;
    Json claims{
        {"iss", issuer},           {"sub", user.name}, {"aud", grant.clientId},
        {"email", user.name},      {"iat", now},       {"exp", now + world_.options.accessTokenLifetime.count()},
        {"name", user.displayName}};
    if (!grant.nonce.empty()) claims["nonce"] = grant.nonce;
    answer["id_token"] = signer_.sign(claims);
  }
  Response response = jsonResponse(answer);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace trowel::emulator
