// SPDX-License-Identifier: Apache-2.0
// Lets user code read secrets: what dbutils.secrets asks of the workspace, with the rights of whoever runs the code.
#pragma once

#include "emulator/execution/host_calls.hpp"
#include "emulator/secrets/secrets.hpp"

namespace trowel::emulator {

// secrets/get {scope, key}, secrets/list {scope}, secrets/listScopes. `secrets` outlives the calls.
void addSecretCalls(HostCalls& calls, const Secrets& secrets);

}  // namespace trowel::emulator
