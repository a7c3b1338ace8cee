// SPDX-License-Identifier: Apache-2.0
// Ways in which an exchange fails, made in one line.
#pragma once

#include "trowel/http/client.hpp"
#include "trowel/http/proxy.hpp"

namespace trowel::http {

std::unexpected<TransportError> transportFailure(Stage stage, core::ErrorCode code, std::string message,
                                                 std::string detail = {},
                                                 std::source_location place = std::source_location::current());

// Interrupted. The transport puts the reason in front, which only it knows; where time was up, `phase` follows: a
// sentence on what had not come about, and one on what to do.
std::unexpected<TransportError> stopped(std::string phase);

// A proxy did not let a request to `server` through and answered it with `status`; not the server behind it.
std::unexpected<TransportError> proxyRefusal(const Proxy& proxy, const Origin& server, int status);

}  // namespace trowel::http
