// SPDX-License-Identifier: Apache-2.0
// A stand-in for Azure Key Vault: what secret scopes of the type AZURE_KEYVAULT read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/server/router.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread. Vaults are there as soon as something is put into them. Names are compared without regard to case.
class KeyVaults {
 public:
  explicit KeyVaults(const World& world);

  struct Secret {
    std::string name;
    std::string value;
    std::int64_t updatedAt = 0;  // epoch milliseconds
  };
  std::vector<Secret> list(const std::string& vault) const;
  std::optional<Secret> find(const std::string& vault, const std::string& name) const;

  // Adds /standins/keyvault/{vault}/secrets, as https://{vault}.vault.azure.net/secrets has it: PUT, GET and DELETE of
  // one, GET of all. Whoever can reach the emulator may call it.
  void addRoutes(Router& router);

 private:
  const World& world_;
  Documents secrets_;
};

// "https://kv.vault.azure.net/" -> kv
std::string vaultOf(std::string_view dnsName);

}  // namespace trowel::emulator
