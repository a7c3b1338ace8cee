// SPDX-License-Identifier: Apache-2.0
// How the network is reached, as VS Code's settings and the environment say.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"
#include "trowel/http/proxy.hpp"
#include "trowel/http/trust.hpp"

namespace trowel::http {

struct NetworkOptions {
  ProxyRules proxy = {};
  Trust trust = {};
  std::vector<std::string> notes = {};  // sentences for the user about what was left out, and why

  bool operator==(const NetworkOptions&) const = default;
};

// A variable of the environment; nothing where it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// VS Code's settings of the network, and Trowel's own. What VS Code takes from the user's settings only (scope machine
// or application) must not come from a folder here either: a proxy sees host names, an authority can pose as any host.
struct NetworkSettings {
  core::SecretString proxy = {};               // http.proxy; may hold a password
  core::SecretString proxyAuthorization = {};  // http.proxyAuthorization: the value of the header Proxy-Authorization
  std::vector<std::string> noProxy = {};       // http.noProxy
  bool proxySupport = true;                    // http.proxySupport is not "off"
  bool proxyStrictSsl = true;                  // http.proxyStrictSSL
  std::vector<std::string> caFiles = {};       // trowel.network.caFiles
};

// Tolerant: what is not of its type counts as not set. `http` is the section "http" of VS Code's settings, `caFiles`
// the value of trowel.network.caFiles; either may be null.
NetworkSettings readNetworkSettings(const core::Json& http, const core::Json& caFiles);

// What a setting says goes before what the environment says:
//   proxy        http.proxy, for all servers; else HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, in upper or lower case
//   without one  http.noProxy where it has entries; else NO_PROXY. All servers where http.proxySupport is off
//   authorities  the system's, trowel.network.caFiles, SSL_CERT_FILE and NODE_EXTRA_CA_CERTS together
// InvalidParams names the setting or variable that cannot be used, never its value. Nothing turns the verification of
// certificates off: http.proxyStrictSSL gets a note.
core::Result<NetworkOptions> networkOptions(const Environment& environment, const NetworkSettings& settings = {});

}  // namespace trowel::http
