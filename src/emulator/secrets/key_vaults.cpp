// SPDX-License-Identifier: Apache-2.0
#include "emulator/secrets/key_vaults.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::string keyOf(const std::string& vault, const std::string& name) {
  return core::toLower(vault) + "/" + core::toLower(name);
}

KeyVaults::Secret toSecret(const Json& document) {
  return {core::stringAt(document, "name"), core::stringAt(document, "value"), core::intAt(document, "updated_at")};
}

Json describe(const std::string& vault, const KeyVaults::Secret& secret) {
  return {{"id", "https://" + vault + ".vault.azure.net/secrets/" + secret.name},
          {"attributes", {{"enabled", true}, {"updated", secret.updatedAt / 1000}}}};
}

Response notFound(const std::string& name) {
  Response response = jsonResponse(
      {{"error",
        {{"code", "SecretNotFound"},
         {"message", "A secret with (name/id) " + core::toValidUtf8(name) + " was not found in this key vault."}}}});
  response.status = 404;
  return response;
}

}  // namespace

std::string vaultOf(std::string_view dnsName) {
  if (auto scheme = dnsName.find("://"); scheme != std::string_view::npos) dnsName.remove_prefix(scheme + 3);
  return std::string(dnsName.substr(0, dnsName.find_first_of("./")));
}

KeyVaults::KeyVaults(const World& world) : world_(world), secrets_(world.state, "key_vault_secret") {}

std::vector<KeyVaults::Secret> KeyVaults::list(const std::string& vault) const {
  std::vector<Secret> found;
  for (const auto& [key, document] : secrets_.all())
    if (key.starts_with(core::toLower(vault) + "/")) found.push_back(toSecret(document));
  return found;
}

std::optional<KeyVaults::Secret> KeyVaults::find(const std::string& vault, const std::string& name) const {
  auto document = secrets_.find(keyOf(vault, name));
  if (!document) return std::nullopt;
  return toSecret(*document);
}

void KeyVaults::addRoutes(Router& router) {
  const std::string all = "/standins/keyvault/{vault}/secrets";
  router.add("GET", all, [this](const Call& call) -> Reply<Response> {
    Json values = Json::array();
    for (const auto& secret : list(call.path("vault"))) values.push_back(describe(call.path("vault"), secret));
    return jsonResponse({{"value", std::move(values)}, {"nextLink", nullptr}});
  });
  router.add("PUT", all + "/{name}", [this](const Call& call) -> Reply<Response> {
    auto value = TROWEL_TRY(call.required("value"));
    const Secret secret{call.path("name"), value, world_.now()};
    secrets_.put(keyOf(call.path("vault"), secret.name),
                 {{"name", secret.name}, {"value", secret.value}, {"updated_at", secret.updatedAt}});
    Json answer = describe(call.path("vault"), secret);
    answer["value"] = secret.value;
    return jsonResponse(answer);
  });
  router.add("GET", all + "/{name}", [this](const Call& call) -> Reply<Response> {
    auto secret = find(call.path("vault"), call.path("name"));
    if (!secret) return notFound(call.path("name"));
    Json answer = describe(call.path("vault"), *secret);
    answer["value"] = secret->value;
    return jsonResponse(answer);
  });
  router.add("DELETE", all + "/{name}", [this](const Call& call) -> Reply<Response> {
    if (!secrets_.remove(keyOf(call.path("vault"), call.path("name")))) return notFound(call.path("name"));
    return emptyResponse();
  });
}

}  // namespace trowel::emulator
