// SPDX-License-Identifier: Apache-2.0
// OAuth secrets of service principals (dose…), by which programs sign in. Only their hashes are kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/server/router.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"
#include "trowel/core/secret.hpp"

namespace trowel::emulator {

// Any thread.
class ClientSecrets {
 public:
  ClientSecrets(const World& world, const Users& users);

  // A new secret, which is shown here only. `lifetime` in seconds. QUOTA_EXCEEDED where the service principal has five.
  Reply<core::Json> create(const User& servicePrincipal, std::int64_t lifetime);
  // Lets in a secret that was made elsewhere, for two years.
  void adopt(const User& servicePrincipal, const core::SecretString& secret);
  // The service principal of that application id, where the secret is one of its own and has not expired.
  std::optional<User> authenticate(std::string_view clientId, std::string_view secret) const;

  // Adds .../servicePrincipals/{id}/credentials/secrets, beneath the account and in the workspace's own form.
  void addRoutes(Router& router);

 private:
  std::vector<core::Json> of(const User& servicePrincipal) const;
  core::Json store(const User& servicePrincipal, std::string_view secret, std::int64_t lifetime);

  const World& world_;
  const Users& users_;
  Documents secrets_;
};

}  // namespace trowel::emulator
