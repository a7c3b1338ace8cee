// SPDX-License-Identifier: Apache-2.0
// The system's errno as an Error of ours: code, sentence and, where there is one, the way out.
#pragma once

#include <expected>
#include <source_location>
#include <string>

#include "trowel/core/error.hpp"

namespace trowel::os {

// `what` is the failed half-sentence ("Cannot read /a/b"); the reason is added. ENOENT is NotFound, EACCES and EPERM
// PermissionDenied, EEXIST AlreadyExists, a full disk Conflict, exhausted descriptors Overloaded, the rest Internal.
[[nodiscard]] std::unexpected<core::Error> failErrno(int number, std::string what,
                                                     std::source_location place = std::source_location::current());

}  // namespace trowel::os
