// SPDX-License-Identifier: Apache-2.0
// Which proxy, if any, stands between this machine and a server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/core/secret.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::http {

struct Proxy {
  Origin origin;                          // scheme http or https: how the proxy itself is spoken to
  core::SecretString authorization = {};  // the value of Proxy-Authorization; empty: none
  std::string from;                       // where it was found, for error texts: "HTTPS_PROXY"
  std::string authorizationFrom = {};     // where that was found: "its address"
};

// A value and where it was found.
struct ProxyText {
  core::SecretString value = {};  // may hold a password
  std::string from = {};
};

struct ProxyTexts {
  ProxyText https = {};  // for https servers: "http://user:password@proxy:3128", "proxy:3128"
  ProxyText http = {};   // for plain http servers
  // Of Proxy-Authorization, as a whole: goes to either, instead of what their addresses say.
  ProxyText authorization = {};
  std::string except = {};  // hosts without proxy, in the forms of NO_PROXY
};

// Pure; copies are cheap enough to make with every change of settings.
class ProxyRules {
 public:
  ProxyRules() = default;  // no proxy

  // InvalidParams, in words for the user and without any password, where an address cannot be used. The exceptions
  // are separated by commas or blanks: "*", host, .suffix (a host's name covers its subdomains as well), host:port,
  // address, network in CIDR form. A malformed one names nothing.
  static core::Result<ProxyRules> parse(const ProxyTexts& texts);

  // Servers on this machine, and a virtual machine's own identity service, are never reached through a proxy.
  const Proxy* proxyFor(const Origin& server) const;

  // Every server is reached in the same way.
  friend bool operator==(const ProxyRules& a, const ProxyRules& b);

 private:
  struct Exception {
    std::string host;              // or suffix, or network
    std::optional<int> bits = {};  // of a network
    std::optional<std::uint16_t> port = {};

    bool operator==(const Exception&) const = default;
  };
  static std::optional<Exception> parseException(std::string_view text);
  static bool matches(const Exception& exception, const Origin& server);

  std::optional<Proxy> https_;
  std::optional<Proxy> http_;
  std::vector<Exception> exceptions_;
};

}  // namespace trowel::http
