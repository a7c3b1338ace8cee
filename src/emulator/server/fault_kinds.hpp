// SPDX-License-Identifier: Apache-2.0
// Ready-made answers for faults: what the service, its gateway and its sign-in say when they are in trouble.
#pragma once

#include <string_view>
#include <vector>

#include "trowel/emulator/fault.hpp"

namespace trowel::emulator {

// Sets status, body, content type and headers; false where there is no such kind. In body and headers {request_id}
// stands for the id of the request.
bool applyKind(Fault& fault, std::string_view kind);

}  // namespace trowel::emulator
