// SPDX-License-Identifier: Apache-2.0
// JSON web tokens (RFC 7519) of everybody who issues some here: signed and checked with one RSA key of the workspace.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

std::string toBase64Url(std::string_view bytes);  // without padding
std::optional<std::string> fromBase64Url(std::string_view text);

// Any thread. The key is made when it is first needed, and kept where there is a state file.
class JwtSigner {
 public:
  explicit JwtSigner(const World& world);
  ~JwtSigner();

  std::string sign(const core::Json& claims);
  // The claims of a token that this key signed; whether they still hold is for the caller to see.
  std::optional<core::Json> verify(std::string_view token);
  core::Json keys();  // as a JWK set (RFC 7517)

 private:
  struct Key;
  Key& key();

  Documents stored_;
  std::mutex mutex_;  // guards key_
  std::unique_ptr<Key> key_;
};

}  // namespace trowel::emulator
