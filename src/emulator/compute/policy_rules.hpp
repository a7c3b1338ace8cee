// SPDX-License-Identifier: Apache-2.0
// What a policy's definition says about a cluster's attributes, applied to one cluster. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// INVALID_PARAMETER_VALUE for a definition whose rules have no meaning: an unknown type, a pattern that is none.
Reply<void> checkPolicyDefinition(const core::Json& definition);

// What a cluster breaks, by attribute: "the value must be present".
using Violations = std::map<std::string, std::string>;

// Fills in fixed values that `spec` leaves out, with `defaults` the default values too, and reports what is left.
// `clusterType` is what the attribute cluster_type is compared with: all-purpose, job or dlt.
Violations applyPolicyRules(const core::Json& definition, core::Json& spec, bool defaults,
                            std::string_view clusterType);

}  // namespace trowel::emulator
