// SPDX-License-Identifier: Apache-2.0
// SCIM's PATCH (RFC 7644 3.5.2) on a resource.
#pragma once

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// `request` is the body: {"Operations":[{"op","path","value"}]}. Paths: attribute, attribute.sub, attribute[filter],
// attribute[filter].sub, or none with an object of attributes. `resource` is of no use after an error.
Reply<void> applyScimPatch(core::Json& resource, const core::Json& request);

}  // namespace trowel::emulator
