// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/authenticator.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/identity/names.hpp"
#include "emulator/standins/azure_ad.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::unexpected<ApiError> invalidToken(const std::string& suffix) {
  return refuse(403, "403", "Invalid access token." + suffix);
}

// The scope that a path asks for: its area, under the name that the service's scopes have. Nothing: every token will
// do.
std::string scopeOf(std::string_view path) {
  static const std::map<std::string, std::string, std::less<>> kOtherNames{{"dbfs", "files"},
                                                                           {"fs", "files"},
                                                                           {"workspace-files", "workspace"},
                                                                           {"contexts", "command-execution"},
                                                                           {"commands", "command-execution"},
                                                                           {"lakeview", "dashboards"},
                                                                           {"permissions", "access-management"},
                                                                           {"token", "authentication"},
                                                                           {"token-management", "authentication"},
                                                                           {"workspace-conf", "settings"},
                                                                           {"ip-access-lists", "settings"},
                                                                           {"policies", "cluster-policies"},
                                                                           {"policy-families", "cluster-policies"},
                                                                           {"accounts", "access-management"},
                                                                           {"alerts", "sql"},
                                                                           {"git-credentials", "git"},
                                                                           {"repos", "git"}};
  auto parts = core::split(path, '/');  // "", "api", "2.0", area, ...
  if (parts.size() < 4 || parts[1] != "api") return {};
  if (path.ends_with("/scim/v2/Me")) return {};
  if (parts[3] == "preview" && parts.size() > 4) return std::string(parts[4]);  // scim or sql
  auto other = kOtherNames.find(parts[3]);
  return other == kOtherNames.end() ? std::string(parts[3]) : other->second;
}

Reply<void> checkScope(const std::vector<std::string>& scopes, std::string_view path) {
  std::string wanted = scopeOf(path);
  auto has = [&](std::string_view scope) { return std::find(scopes.begin(), scopes.end(), scope) != scopes.end(); };
  if (wanted.empty() || has("all-apis") || has(wanted)) return {};
  return refuse(403, "403", "Provided OAuth token does not have required scopes: " + core::toValidUtf8(wanted));
}

std::vector<std::string> wordsOf(const std::string& text) {
  std::vector<std::string> words;
  for (auto word : core::split(text, ' '))
    if (!word.empty()) words.emplace_back(word);
  return words;
}

}  // namespace

bool calledByAzureUser(const Request& request) {
  auto parts = core::split(request.header("authorization"), '.');
  auto text = parts.size() == 3 ? fromBase64Url(parts[1]) : std::nullopt;
  auto claims = core::parseJson(text.value_or("null"));
  return claims && core::stringAt(*claims, "aud") == kAzureDatabricks && !core::stringAt(*claims, "upn").empty();
}

Reply<User> Authenticator::authenticate(const Request& request, const std::string& requestId) const {
  auto header = request.header("authorization");
  auto space = std::min(header.find(' '), header.size());
  auto scheme = header.substr(0, space);
  std::string credential(core::trim(header.substr(space)));
  std::string suffix = " [ReqId: " + requestId + "]";
  auto noCredential =
      refuse(401, "401", "Credential was not sent or was of an unsupported type for this API." + suffix);
  if (core::equalsIgnoreCase(scheme, "Basic")) {
    // Basic with the user name "token" has always been accepted for access tokens.
    auto decoded = core::fromBase64(credential).value_or("");
    if (!decoded.starts_with("token:")) return noCredential;
    credential = decoded.substr(6);
  } else if (!core::equalsIgnoreCase(scheme, "Bearer") || credential.empty()) {
    return noCredential;
  }
  return std::count(credential.begin(), credential.end(), '.') == 2 ? byJwt(request, credential, suffix)
                                                                    : byPersonalToken(request, credential, suffix);
}

Reply<User> Authenticator::byPersonalToken(const Request& request, const std::string& token,
                                           const std::string& suffix) const {
  auto grant = tokens_.find(token);
  if (!grant) return invalidToken(suffix);
  if (!grant->scopes.empty()) TROWEL_TRY(checkScope(grant->scopes, request.path));
  return active(users_.byId(grant->userId), suffix);
}

Reply<User> Authenticator::byJwt(const Request& request, const std::string& token, const std::string& suffix) const {
  auto claims = signer_.verify(token);
  if (!claims) return invalidToken(suffix);
  const std::string audience = core::stringAt(*claims, "aud");
  bool azure = audience == kAzureDatabricks;
  if (!azure && audience != kWorkspaceId) return invalidToken(suffix);  // e.g. the token of a build, or of another API
  if (core::intAt(*claims, "exp") * 1000 <= world_.now())
    return azure ? refuse(403, "403", "Token is expired." + suffix)
                 : refuse(401, "401", "Access token has expired." + suffix);
  if (azure) return byAzure(request, *claims, suffix);
  TROWEL_TRY(checkScope(wordsOf(core::stringAt(*claims, "scope")), request.path));
  return active(users_.find(core::stringAt(*claims, "sub")), suffix);
}

Reply<User> Authenticator::byAzure(const Request& request, const Json& claims, const std::string& suffix) const {
  if (auto user = users_.find(core::stringAt(claims, "upn", core::stringAt(claims, "appid"))))
    return active(std::move(user), suffix);
  auto refused = refuse(403, "PERMISSION_DENIED", "User not authorized." + suffix);
  auto management = request.header("x-databricks-azure-sp-management-token");
  auto resource = request.header("x-databricks-azure-workspace-resource-id");
  if (management.empty() || !core::equalsIgnoreCase(resource, kWorkspaceResourceId)) return refused;
  auto proof =
      isManagementToken(signer_, management, world_.now()) ? signer_.verify(management) : std::optional<Json>();
  const std::string appId = core::stringAt(claims, "appid");
  if (!proof || appId.empty() || core::stringAt(*proof, "appid") != appId) return refused;
  return users_.ensure(appId, true, PrincipalKind::ServicePrincipal);
}

Reply<User> Authenticator::active(std::optional<User> user, const std::string& suffix) const {
  if (!user) return invalidToken(suffix);
  if (!user->active) return permissionDenied("The account of " + user->name + " has been deactivated." + suffix);
  return *std::move(user);
}

}  // namespace trowel::emulator
