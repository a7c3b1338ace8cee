// SPDX-License-Identifier: Apache-2.0
// How the network is reached, as the environment says.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "trowel/core/error.hpp"
#include "trowel/http/proxy.hpp"
#include "trowel/http/trust.hpp"

namespace trowel::http {

struct NetworkOptions {
  ProxyRules proxy = {};
  Trust trust = {};
};

// A variable of the environment; nothing where it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY in upper or lower case, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS.
// InvalidParams names the variable that cannot be used, never its value. Nothing turns the verification of certificates
// off.
core::Result<NetworkOptions> networkOptions(const Environment& environment);

}  // namespace trowel::http
