// SPDX-License-Identifier: Apache-2.0
// A local path as people write it in settings, with variables and ~ replaced. Pure.
#pragma once

#include <string>
#include <string_view>

#include "trowel/core/error.hpp"
#include "trowel/http/network_options.hpp"

namespace trowel::connection {

// ~ at the beginning becomes the home folder; %VAR%, $VAR, ${VAR} and ${env:VAR} the variable's value, once: what comes
// out of a variable is not looked at again. A $ or % that begins no such thing stays. The result is absolute.
// InvalidParams, in words for the user, names a variable that is not set, a path of Windows, or a relative one.
core::Result<std::string> expandPath(std::string_view text, const std::string& home,
                                     const http::Environment& environment);

}  // namespace trowel::connection
