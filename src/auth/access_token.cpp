// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "auth/timestamps.hpp"
#include "trowel/auth/sign_in.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

AccessToken accessTokenOf(core::SecretString value) {
  AccessToken token;
  const auto parts = core::split(value.reveal(), '.');
  if (parts.size() == 3) {
    auto claims = core::replaceAll(core::replaceAll(std::string(parts[1]), "-", "+"), "_", "/");
    claims.append((4 - claims.size() % 4) % 4, '=');
    auto bytes = core::fromBase64(claims);
    auto json = core::parseJson(bytes.value_or(""));
    if (json && json->is_object())
      if (auto expiry = core::intAt(*json, "exp"); expiry > 0) token.expiry = fromEpoch(expiry);
  }
  token.value = std::move(value);
  return token;
}

}  // namespace trowel::auth
