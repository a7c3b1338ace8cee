// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/metastore_rules.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxName = 255;

constexpr SystemCatalog kSystemCatalogs[] = {
    {"hive_metastore", "INTERNAL_CATALOG", "", true},
    {"samples", "DELTASHARING_CATALOG", "Sample datasets"},
    {"system", "SYSTEM_CATALOG", "System tables"},
};

}  // namespace

std::span<const SystemCatalog> systemCatalogs() { return kSystemCatalogs; }

const SystemCatalog* systemCatalog(const SecurableKind& kind, const std::string& fullName) {
  if (kind.level == 0 && &kind != &securable::kCatalog) return nullptr;
  for (const auto& catalog : kSystemCatalogs)
    if (catalog.name == fullName.substr(0, fullName.find('.'))) return &catalog;
  return nullptr;
}

std::string grantType(const SecurableKind& kind) {
  return &kind == &securable::kModel ? "FUNCTION" : std::string(kind.type);
}

std::unexpected<ApiError> missingSecurable(const SecurableKind& kind, const std::string& fullName) {
  return refuse(404, std::string(kind.error) + "_DOES_NOT_EXIST",
                std::string(kind.word) + " '" + core::toValidUtf8(fullName) + "' does not exist.");
}

std::unexpected<ApiError> takenSecurable(const SecurableKind& kind, const std::string& fullName) {
  return refuse(400, std::string(kind.error) + "_ALREADY_EXISTS",
                std::string(kind.word) + " '" + fullName + "' already exists");
}

std::unexpected<ApiError> deniedOn(const std::string& privilege, const SystemCatalog& catalog) {
  return refuse(403, "PERMISSION_DENIED",
                "User does not have " + privilege + " on Catalog '" + std::string(catalog.name) + "'.");
}

Reply<std::string> validName(const SecurableKind& kind, std::string_view call, const std::string& name) {
  bool valid = !name.empty() && name.size() <= kMaxName && core::isUtf8(name);
  for (unsigned char c : name) valid = valid && c > ' ' && c != '.' && c != '/' && c != 127;
  if (valid) return core::toLower(name);
  std::string rpc(kind.rpc);
  return invalidParameter("Invalid input: RPC " + std::string(call) + rpc + " Field managedcatalog." + rpc +
                          "Info.name: name \"" + core::toValidUtf8(name) +
                          "\" is not a valid name. Valid names cannot contain spaces, periods, forward slashes, or "
                          "control characters.");
}

void hideSecrets(core::Json& object) {
  for (auto field : {"options", "azure_service_principal", "cloudflare_api_token"}) {
    auto it = object.find(field);
    if (it == object.end() || !it->is_object()) continue;
    for (auto secret : {"password", "client_secret", "secret_access_key", "personalAccessToken", "token",
                        "GoogleServiceAccountKeyJson", "sfToken", "pem_private_key"})
      it->erase(secret);
  }
}

}  // namespace trowel::emulator
