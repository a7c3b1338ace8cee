// SPDX-License-Identifier: Apache-2.0
// Asks a proxy for a way through to a server (CONNECT).
#pragma once

#include "http/net/interrupt.hpp"
#include "http/net/stream.hpp"
#include "trowel/http/client.hpp"
#include "trowel/http/proxy.hpp"

namespace trowel::http {

// After success `stream` leads to `server`. The proxy sees its own credential and the server's host and port, nothing
// else. Stage::Proxy in words that name the proxy, Stage::Stopped where interrupted.
std::expected<void, TransportError> openTunnel(Stream& stream, const Proxy& proxy, const Origin& server,
                                               const Interrupt& interrupt);

}  // namespace trowel::http
