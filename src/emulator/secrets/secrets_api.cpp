// SPDX-License-Identifier: Apache-2.0
#include "emulator/secrets/secrets_api.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/identity/authenticator.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// {"name": [...]}, or {} where there is nothing.
Response listResponse(const char* name, Json list) {
  return jsonResponse(list.empty() ? Json::object() : Json{{name, std::move(list)}});
}

Reply<Response> createScope(Secrets& secrets, const Call& call) {
  auto name = TROWEL_TRY(call.required("scope"));
  Secrets::Scope scope{.name = std::move(name)};
  const std::string principal = call.text("initial_manage_principal");
  if (!principal.empty() && principal != "users")
    return invalidParameter("The only supported value of initial_manage_principal is \"users\".");
  const std::string backend = call.text("scope_backend_type", "DATABRICKS");
  if (backend != "DATABRICKS" && backend != "AZURE_KEYVAULT")
    return invalidParameter("Invalid scope_backend_type: " + core::toValidUtf8(backend));
  if (backend == "AZURE_KEYVAULT") {
    const Json& vault = core::objectAt(call.params(), "backend_azure_keyvault");
    scope.keyVaultResourceId = core::stringAt(vault, "resource_id");
    scope.keyVaultDnsName = core::stringAt(vault, "dns_name");
    for (const char* field : {"resource_id", "dns_name"})
      if (core::stringAt(vault, field).empty()) return missingField(std::string("backend_azure_keyvault.") + field);
    if (!calledByAzureUser(call.request()))
      return invalidParameter("Scope with Azure KeyVault must have userAADToken defined!");
  }
  TROWEL_TRY(secrets.createScope(call.caller(), scope, !principal.empty()));
  return emptyResponse();
}

Reply<Response> listScopes(const Secrets& secrets, const Call& call) {
  Json scopes = Json::array();
  for (const auto& scope : secrets.scopes(call.caller())) {
    bool vault = !scope.keyVaultDnsName.empty();
    Json shown{{"name", scope.name}, {"backend_type", vault ? "AZURE_KEYVAULT" : "DATABRICKS"}};
    if (vault)
      shown["keyvault_metadata"] = {{"resource_id", scope.keyVaultResourceId}, {"dns_name", scope.keyVaultDnsName}};
    scopes.push_back(std::move(shown));
  }
  return listResponse("scopes", std::move(scopes));
}

Reply<Response> putSecret(Secrets& secrets, const Call& call) {
  auto scope = TROWEL_TRY(call.required("scope"));
  auto key = TROWEL_TRY(call.required("key"));
  const Json& params = call.params();
  auto given = [&](const char* field) { return params.contains(field) && !params.at(field).is_null(); };
  if (given("string_value") == given("bytes_value"))
    return invalidParameter("Exactly one of string_value and bytes_value must be given.");
  const char* field = given("string_value") ? "string_value" : "bytes_value";
  if (!params.at(field).is_string())
    return malformedRequest("Could not parse request object: Expected 'VALUE_STRING' for field " + std::string(field));
  std::string bytes = params.at(field).get<std::string>();
  if (given("bytes_value")) {
    auto decoded = core::fromBase64(bytes);
    if (!decoded) return invalidParameter("bytes_value must be Base64-encoded.");
    bytes = *std::move(decoded);
  }
  TROWEL_TRY(secrets.put(call.caller(), scope, key, bytes));
  return emptyResponse();
}

Reply<Response> listSecrets(const Secrets& secrets, const Call& call) {
  auto scope = TROWEL_TRY(call.required("scope"));
  Json shown = Json::array();
  for (const auto& secret : TROWEL_TRY(secrets.list(call.caller(), scope)))
    shown.push_back({{"key", secret.key}, {"last_updated_timestamp", secret.updatedAt}});
  return listResponse("secrets", std::move(shown));
}

Reply<Response> getSecret(const Secrets& secrets, const Call& call) {
  auto scope = TROWEL_TRY(call.required("scope"));
  auto key = TROWEL_TRY(call.required("key"));
  auto bytes = TROWEL_TRY(secrets.get(call.caller(), scope, key));
  return jsonResponse({{"key", key}, {"value", core::toBase64(bytes)}});
}

Reply<Response> putAcl(Secrets& secrets, const Call& call) {
  auto scope = TROWEL_TRY(call.required("scope"));
  auto principal = TROWEL_TRY(call.required("principal"));
  auto text = TROWEL_TRY(call.required("permission"));
  auto permission = parseSecretPermission(text);
  if (permission == SecretPermission::None)
    return invalidParameter("Invalid permission: " + core::toValidUtf8(text) + ". It must be READ, WRITE or MANAGE.");
  TROWEL_TRY(secrets.putAcl(call.caller(), scope, {principal, permission}));
  return emptyResponse();
}

Json describe(const Secrets::Acl& acl) {
  return {{"principal", acl.principal}, {"permission", toString(acl.permission)}};
}

Reply<Response> getAcl(const Secrets& secrets, const Call& call) {
  auto scope = TROWEL_TRY(call.required("scope"));
  auto principal = TROWEL_TRY(call.required("principal"));
  auto acls = TROWEL_TRY(secrets.acls(call.caller(), scope));
  auto acl = std::find_if(acls.begin(), acls.end(),
                          [&](const auto& one) { return core::equalsIgnoreCase(one.principal, principal); });
  if (acl == acls.end())
    return doesNotExist("Failed to get secret acl for principal " + core::toValidUtf8(principal) + " for scope " +
                        core::toValidUtf8(scope) + ".");
  return jsonResponse(describe(*acl));
}

Reply<Response> listAcls(const Secrets& secrets, const Call& call) {
  auto scope = TROWEL_TRY(call.required("scope"));
  Json items = Json::array();
  for (const auto& acl : TROWEL_TRY(secrets.acls(call.caller(), scope))) items.push_back(describe(acl));
  return listResponse("items", std::move(items));
}

}  // namespace

void addSecretRoutes(Router& router, Secrets& secrets) {
  const std::string base = "/api/2.0/secrets/";
  router.add("POST", base + "scopes/create", [&secrets](const Call& call) { return createScope(secrets, call); });
  router.add("GET", base + "scopes/list", [&secrets](const Call& call) { return listScopes(secrets, call); });
  router.add("POST", base + "scopes/delete", [&secrets](const Call& call) -> Reply<Response> {
    auto scope = TROWEL_TRY(call.required("scope"));
    TROWEL_TRY(secrets.deleteScope(call.caller(), scope));
    return emptyResponse();
  });
  router.add("POST", base + "put", [&secrets](const Call& call) { return putSecret(secrets, call); });
  router.add("GET", base + "list", [&secrets](const Call& call) { return listSecrets(secrets, call); });
  router.add("GET", base + "get", [&secrets](const Call& call) { return getSecret(secrets, call); });
  router.add("POST", base + "delete", [&secrets](const Call& call) -> Reply<Response> {
    auto scope = TROWEL_TRY(call.required("scope"));
    auto key = TROWEL_TRY(call.required("key"));
    TROWEL_TRY(secrets.remove(call.caller(), scope, key));
    return emptyResponse();
  });
  router.add("POST", base + "acls/put", [&secrets](const Call& call) { return putAcl(secrets, call); });
  router.add("GET", base + "acls/get", [&secrets](const Call& call) { return getAcl(secrets, call); });
  router.add("GET", base + "acls/list", [&secrets](const Call& call) { return listAcls(secrets, call); });
  router.add("POST", base + "acls/delete", [&secrets](const Call& call) -> Reply<Response> {
    auto scope = TROWEL_TRY(call.required("scope"));
    auto principal = TROWEL_TRY(call.required("principal"));
    TROWEL_TRY(secrets.deleteAcl(call.caller(), scope, principal));
    return emptyResponse();
  });
}

}  // namespace trowel::emulator
