// SPDX-License-Identifier: Apache-2.0
// An identity token in a file that somebody else renews (Kubernetes).
#include "auth/strategies/federation.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::auth {

core::Result<SignedIn> makeFileOidc(const Attempt& attempt) {
  TROWEL_TRY(needs(attempt.config, {Attribute::Host, Attribute::OidcTokenFile}));
  auto identity = [path = attempt.config.get(Attribute::OidcTokenFile)](
                      const std::string& /*audience*/,
                      const core::CancelToken& /*cancel*/) -> core::Result<core::SecretString> {
    auto text = os::readFile(path, 64UL * 1024);
    if (!text) return std::unexpected(std::move(text.error()));
    core::SecretString token(std::string(core::trim(*text)));
    core::wipe(*text);
    if (token.empty())
      return core::fail(core::ErrorCode::Unauthenticated, "The file " + path + " holds no identity token.");
    return token;
  };
  return federate(attempt, "file-oidc", std::move(identity));
}

}  // namespace trowel::auth
