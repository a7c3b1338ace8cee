// SPDX-License-Identifier: Apache-2.0
#include "emulator/secrets/secret_calls.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

void addSecretCalls(HostCalls& calls, const Secrets& secrets) {
  calls.add("secrets/get", [&secrets](const HostCall& call) -> Reply<Json> {
    auto bytes = TROWEL_TRY(secrets.get(call.origin.user, core::stringAt(call.parameters, "scope"),
                                        core::stringAt(call.parameters, "key")));
    return Json{{"value", core::toBase64(bytes)}};
  });
  calls.add("secrets/list", [&secrets](const HostCall& call) -> Reply<Json> {
    auto found = TROWEL_TRY(secrets.list(call.origin.user, core::stringAt(call.parameters, "scope")));
    Json keys = Json::array();
    for (const auto& secret : found) keys.push_back({{"key", secret.key}});
    return Json{{"secrets", std::move(keys)}};
  });
  calls.add("secrets/listScopes", [&secrets](const HostCall& call) -> Reply<Json> {
    Json names = Json::array();
    for (const auto& scope : secrets.scopes(call.origin.user)) names.push_back({{"name", scope.name}});
    return Json{{"scopes", std::move(names)}};
  });
}

}  // namespace trowel::emulator
