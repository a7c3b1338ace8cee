// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/proxy.hpp"

#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::http;

namespace {

ProxyText text(std::string value, std::string from = "HTTPS_PROXY") {
  return {.value = core::SecretString(std::move(value)), .from = std::move(from)};
}

bool goesThroughProxy(const std::string& server, const std::string& except) {
  auto rules = ProxyRules::parse({.https = text("proxy:3128"), .http = text("proxy:3128"), .except = except});
  return rules.value().proxyFor(parseOrigin(server).value()) != nullptr;
}

}  // namespace

TEST_CASE("an address of a proxy is read in all its forms") {
  auto [value, origin, authorization] = GENERATE(table<std::string, std::string, std::string>({
      {"proxy.example.com:3128", "http://proxy.example.com:3128", ""},
      {"http://proxy:3128/", "http://proxy:3128", ""},
      {"HTTPS://Proxy", "https://proxy", ""},
      {"http://ada:p%40ss@proxy:1", "http://proxy:1", "Basic YWRhOnBAc3M="},
      {"http://ada@proxy:1", "http://proxy:1", "Basic YWRhOg=="},
      {"http://[::1]:3128", "http://[::1]:3128", ""},
  }));
  auto rules = ProxyRules::parse({.https = text(value)});
  REQUIRE(rules);
  const auto* proxy = rules->proxyFor(parseOrigin("https://example.com").value());
  REQUIRE(proxy != nullptr);
  CHECK(proxy->origin.text() == origin);
  CHECK(proxy->authorization.reveal() == authorization);
  CHECK(rules->proxyFor(parseOrigin("http://example.com").value()) == nullptr);
}

TEST_CASE("an address that cannot be used is refused without showing its password") {
  for (auto value :
       {"socks5://u:SECRET@proxy:1", "http://u:SECRET@", "http://u:SECRET@proxy:99999", "http://u:SECRET%@p"}) {
    auto refused = ProxyRules::parse({.https = text(value)});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("HTTPS_PROXY") != std::string::npos);
    CHECK(refused.error().message.find("SECRET") == std::string::npos);
  }
}

TEST_CASE("NO_PROXY in all its forms") {
  auto [server, except, proxied] = GENERATE(table<std::string, std::string, bool>({
      {"https://example.com", "", true},
      {"https://127.0.0.1:8080", "", false},
      {"https://localhost", "", false},
      {"https://[::1]:1", "", false},
      {"https://example.com", "*", false},
      {"https://example.com", "example.com", false},
      {"https://a.example.com", "example.com", false},
      {"https://a.example.com", ".example.com", false},
      {"https://example.com", ".example.com", false},
      {"https://a.example.com", "*.example.com", false},
      {"https://badexample.com", "example.com", true},
      {"https://EXAMPLE.com", "Example.COM", false},
      {"https://example.com:8443", "example.com:443", true},
      {"https://example.com", "example.com:443", false},
      {"https://example.com", "other.org, example.com", false},
      {"https://example.com", "other.org example.com", false},
      {"https://10.1.2.3", "10.0.0.0/8", false},
      {"https://11.1.2.3", "10.0.0.0/8", true},
      {"https://10.1.2.3", "10.1.2.3", false},
      {"https://10.1.2.3", "10.1.2.0/33", true},
      {"https://10.1.2.130", "10.1.2.128/25", false},
      {"https://10.1.2.127", "10.1.2.128/25", true},
      {"https://[fd00::1]", "fd00::/8", false},
      {"https://[fd00::1]", "[fd00::1]:443", false},
      {"https://[fe80::1]", "fd00::/8", true},
      {"https://10.1.2.3", "0.0.0.0/0", false},
      {"https://intranet", "<local>", false},
      {"https://intra.net", "<local>", true},
  }));
  CAPTURE(server, except);
  CHECK(goesThroughProxy(server, except) == proxied);
}
