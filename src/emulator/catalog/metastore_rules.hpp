// SPDX-License-Identifier: Apache-2.0
// Names, errors and secrets of Unity Catalog's objects: what the parts of the metastore share.
#pragma once

#include <string>
#include <string_view>

#include "emulator/catalog/securables.hpp"

namespace trowel::emulator {

// A catalog that every workspace has and nobody may remove.
struct SystemCatalog {
  std::string_view name;
  std::string_view type;
  std::string_view comment;
  bool writable = false;
};
std::span<const SystemCatalog> systemCatalogs();
// The one that `fullName` is or lies in; null where there is none.
const SystemCatalog* systemCatalog(const SecurableKind& kind, const std::string& fullName);

// In a catalog's document, true: it exists although SQL, which knows a catalog by its schemas, has none of it.
inline constexpr const char* kWithoutSchemas = "without_schemas";

// Where managed storage would be, were there any. Ends with a slash.
inline constexpr std::string_view kStorageRoot = "abfss://unity@trowelemulator.dfs.core.windows.net/";

// The type that holds the kind's grants: functions and models share theirs, as the service has it.
std::string grantType(const SecurableKind& kind);

std::unexpected<ApiError> missingSecurable(const SecurableKind& kind, const std::string& fullName);
std::unexpected<ApiError> takenSecurable(const SecurableKind& kind, const std::string& fullName);
std::unexpected<ApiError> deniedOn(const std::string& privilege, const SystemCatalog& catalog);

// `name` as it is kept; INVALID_PARAMETER_VALUE in the service's words for one that cannot be. `call` is Create or
// Update.
Reply<std::string> validName(const SecurableKind& kind, std::string_view call, const std::string& name);

// Passwords and secrets come in and never go out.
void hideSecrets(core::Json& object);

}  // namespace trowel::emulator
