// SPDX-License-Identifier: Apache-2.0
// What an area came to, as the answer of an endpoint: an object, nothing, or the error.
#pragma once

#include "emulator/server/call.hpp"

namespace trowel::emulator {

Reply<Response> respond(const Reply<core::Json>& object);
Reply<Response> respond(const Reply<void>& done);

}  // namespace trowel::emulator
