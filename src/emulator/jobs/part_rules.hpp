// SPDX-License-Identifier: Apache-2.0
// Parts that jobs and tasks have in common: notifications, health rules and libraries. They are only kept and shown,
// but typed clients cannot read a list in which one of them has another shape.
#pragma once

#include <string>

#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// email_notifications, webhook_notifications, notification_settings, health and libraries of `holder`, where they are
// there. They are objects, and libraries an array of objects, already. `path` ends with a dot or is empty.
Reply<void> checkCommonParts(const core::Json& holder, const std::string& path);

}  // namespace trowel::emulator
