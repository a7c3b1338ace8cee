// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/identity.hpp"

#include "emulator/identity/scim_api.hpp"
#include "emulator/identity/token_api.hpp"
#include "emulator/standins/azure_arm.hpp"
#include "emulator/standins/ci_tokens.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::emulator {

core::Result<core::SecretString> startToken(const std::filesystem::path& folder) {
  core::SecretString fresh("dapi" + core::randomHex(16));
  if (folder.empty()) return fresh;
  const std::string file = (folder / "token").string();
  if (os::pathExists(file)) {
    std::string text = TROWEL_TRY(os::readFile(file, 1024));
    if (auto token = core::trim(text); !token.empty()) return core::SecretString(std::string(token));
  }
  TROWEL_TRY(os::replaceFile(file, fresh.reveal() + "\n"));
  return fresh;
}

Identity::Identity(const World& world, const core::SecretString& firstToken)
    : world_(world),
      users_(world),
      tokens_(world),
      signer_(world),
      authenticator_(world, users_, tokens_, signer_),
      oauth_(world, users_, tokens_, signer_),
      azureAd_(world, users_, oauth_.clientSecrets(), signer_),
      settings_(world),
      adminObjects_(world) {
  tokens_.adopt(firstToken, users_.ensure(world.options.userName, true), "The emulator's own");
}

void Identity::addRoutes(Router& router, std::function<Reply<void>(const User&)> mayUseTokens) {
  addScimRoutes(router, users_, [this](const std::string& id) { tokens_.revokeAllOf(id); });
  addTokenRoutes(router, tokens_, users_, settings_, std::move(mayUseTokens));
  oauth_.addRoutes(router);
  azureAd_.addRoutes(router);
  addAzureArmRoutes(router, world_, signer_);
  addCiTokenRoutes(router, world_, signer_);
  settings_.addRoutes(router);
  adminObjects_.addRoutes(router);
}

}  // namespace trowel::emulator
