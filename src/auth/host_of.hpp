// SPDX-License-Identifier: Apache-2.0
// The host that a configuration is for, and what follows from its kind.
#pragma once

#include <string>

#include "trowel/auth/config.hpp"
#include "trowel/core/error.hpp"
#include "trowel/http/client.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::auth {

// NotConfigured where there is none. InvalidParams where it is no address, or one that tokens would travel to in the
// clear.
core::Result<http::Origin> hostOf(const Config& config);

// One host for many workspaces: its API is told which one is meant.
bool isUnified(const Config& config);

// The account whose sign-ins are kept apart on this host; empty for a host of one workspace.
std::string accountKeyOf(const Config& config, const http::Origin& host);

// Headers of every request to the host.
http::Headers routingHeaders(const Config& config);

}  // namespace trowel::auth
