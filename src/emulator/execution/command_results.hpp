// SPDX-License-Identifier: Apache-2.0
// Results that the emulator writes itself because no driver is there to do it. JSON text.
#pragma once

#include <string>

namespace trowel::emulator {

std::string cancelledResult();
std::string driverDiedResult(const std::string& why);

}  // namespace trowel::emulator
