// SPDX-License-Identifier: Apache-2.0
// Personal access tokens (dapi…): made, listed, revoked, and expiring by the clock. Only their hashes are kept.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emulator/identity/user.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"
#include "trowel/core/secret.hpp"

namespace trowel::emulator {

// Any thread. The id of a token is the SHA-256 of its value.
class PersonalTokens {
 public:
  explicit PersonalTokens(const World& world);

  struct Wish {
    std::int64_t lifetime = 0;  // seconds; 0: the longest that there is, 730 days
    std::string comment = {};
    std::vector<std::string> scopes = {};  // none: every API
  };
  // INVALID_PARAMETER_VALUE for a lifetime out of range, QUOTA_EXCEEDED where the owner has 600.
  Reply<core::SecretString> create(const User& owner, const User& creator, const Wish& wish);
  // Lets in a token that was made elsewhere, for good; one that is known already stays as it is.
  void adopt(const core::SecretString& value, const User& owner, const std::string& comment);

  struct Grant {
    std::string userId;
    std::vector<std::string> scopes = {};
  };
  // Nothing where there is no such token, or no more.
  std::optional<Grant> find(const std::string& value) const;

  static std::string idOf(const core::SecretString& value);
  // token_info as the API has it, with the fields of token-management besides: oldest first.
  std::vector<core::Json> list(const std::function<bool(const core::Json& info)>& which) const;
  bool revoke(const std::string& id, const std::function<bool(const core::Json& info)>& which);
  void revokeAllOf(const std::string& userId);

 private:
  const World& world_;
  Documents tokens_;
};

}  // namespace trowel::emulator
