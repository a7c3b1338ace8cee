// SPDX-License-Identifier: Apache-2.0
// Tells whether a request was meant for this machine.
#pragma once

#include <string_view>

namespace trowel::emulator {

// Whether a Host header can be that of somebody who means the emulator: an IP address, localhost and names beneath it,
// a name without a dot, or none. A name of the Internet's that leads here was pointed here by its owner, so that a
// page of his can read our answers in a browser (DNS rebinding): who reaches the emulator may be any of its users.
bool isOurName(std::string_view host);

}  // namespace trowel::emulator
