// SPDX-License-Identifier: Apache-2.0
// Ways in which an exchange fails, made in one line.
#pragma once

#include "trowel/http/client.hpp"

namespace trowel::http {

std::unexpected<TransportError> transportFailure(Stage stage, core::ErrorCode code, std::string message,
                                                 std::string detail = {},
                                                 std::source_location place = std::source_location::current());

// Interrupted; the transport puts the reason in, which only it knows.
std::unexpected<TransportError> stopped();

}  // namespace trowel::http
