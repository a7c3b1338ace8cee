// SPDX-License-Identifier: Apache-2.0
// What clients ask a cluster to be: its fields, the rules that they must keep, and what the service fills in.
#pragma once

#include <cstdint>
#include <string>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

class Pools;

// The attributes and the size among `params`, each in its type. MALFORMED_REQUEST for wrong types and unknown enum
// values; nothing is required yet, because a policy may still fill it in.
Reply<core::Json> readClusterSpec(const core::Json& params);
bool isClusterField(const std::string& name);

// INVALID_PARAMETER_VALUE for what is missing, out of range or contradictory.
Reply<void> checkClusterSpec(const core::Json& spec, const Pools& pools);

// Workers that a cluster of this spec starts with.
std::int64_t workersOf(const core::Json& spec);

// num_workers or autoscale, as events show the size.
core::Json clusterSize(const core::Json& spec);
// All but the size.
core::Json clusterAttributes(const core::Json& spec);

// The spec with the service's defaults: what get and list answer. Without what a pool decides.
core::Json withDefaults(const core::Json& spec, const std::string& owner);

}  // namespace trowel::emulator
