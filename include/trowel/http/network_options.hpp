// SPDX-License-Identifier: Apache-2.0
// How the network is reached, from the environment and the editor's settings.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/core/secret.hpp"
#include "trowel/http/proxy.hpp"
#include "trowel/http/trust.hpp"

namespace trowel::http {

struct NetworkOptions {
  ProxyRules proxy = {};
  Trust trust = {};
};

// VS Code's http.* and trowel.network.*. There is nothing like http.proxyStrictSSL: nothing turns verification off.
struct NetworkSettings {
  std::string proxySupport = {};               // http.proxySupport: "off" means no proxy, whatever else is said
  core::SecretString proxy = {};               // http.proxy: stands above the environment; may hold a password
  core::SecretString proxyAuthorization = {};  // http.proxyAuthorization
  std::vector<std::string> noProxy = {};       // http.noProxy: stands above NO_PROXY
  std::vector<std::string> caFiles = {};       // trowel.network.caFiles
};

// A variable of the environment; nothing where it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY in upper or lower case, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS.
// InvalidParams names the variable or setting that cannot be used, never its value.
core::Result<NetworkOptions> networkOptions(const NetworkSettings& settings, const Environment& environment);

}  // namespace trowel::http
