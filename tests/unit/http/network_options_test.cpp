// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/network_options.hpp"

#include <map>

#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::http;

namespace {

using Variables = std::map<std::string, std::string>;

NetworkOptions options(const Variables& variables) {
  return networkOptions([&](const std::string& name) -> std::optional<std::string> {
           auto found = variables.find(name);
           if (found == variables.end()) return std::nullopt;
           return found->second;
         })
      .value();
}

std::string proxyFor(const std::string& server, const Variables& variables) {
  const auto made = options(variables);
  const auto* proxy = made.proxy.proxyFor(parseOrigin(server).value());
  return proxy == nullptr ? "" : proxy->origin.text() + " " + proxy->from;
}

}  // namespace

TEST_CASE("proxies come from the environment, upper case before lower case") {
  const Variables both{
      {"HTTPS_PROXY", "a:1"}, {"https_proxy", "b:1"}, {"http_proxy", "c:1"}, {"NO_PROXY", "inner.org"}};
  CHECK(proxyFor("https://x.org", {}) == "");
  CHECK(proxyFor("https://x.org", both) == "http://a:1 HTTPS_PROXY");
  CHECK(proxyFor("http://x.org", both) == "http://c:1 http_proxy");
  CHECK(proxyFor("https://inner.org", both) == "");
  CHECK(proxyFor("https://x.org", {{"ALL_PROXY", "d:1"}}) == "http://d:1 ALL_PROXY");
}

TEST_CASE("more authorities come from the environment, each with its origin") {
  const auto made = options({{"SSL_CERT_FILE", "/a.pem"}, {"NODE_EXTRA_CA_CERTS", "/b.pem"}});
  REQUIRE(made.trust.extra.size() == 2);
  CHECK(made.trust.extra[0].path == "/a.pem");
  CHECK(made.trust.extra[1].from == "NODE_EXTRA_CA_CERTS");
}
