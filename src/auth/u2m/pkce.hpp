// SPDX-License-Identifier: Apache-2.0
// The random and derived texts of a sign-in in the browser (RFC 7636).
#pragma once

#include <string>
#include <string_view>

namespace trowel::auth {

struct Pkce {
  std::string verifier;   // of 64 random bytes; a secret until it is used
  std::string challenge;  // its SHA-256
};
Pkce makePkce();
std::string challengeOf(std::string_view verifier);
// Of 16 random bytes; ties the browser's answer to this sign-in.
std::string makeState();

// Takes the same time wherever they differ.
bool sameSecret(std::string_view a, std::string_view b);

}  // namespace trowel::auth
