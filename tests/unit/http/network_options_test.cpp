// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/network_options.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace trowel;
using namespace trowel::http;
using core::Json;

namespace {

using Variables = std::map<std::string, std::string>;

core::Result<NetworkOptions> read(const Variables& variables, const Json& http = {}, const Json& caFiles = {}) {
  auto environment = [&](const std::string& name) -> std::optional<std::string> {
    auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  return networkOptions(environment, readNetworkSettings(http, caFiles));
}

NetworkOptions options(const Variables& variables, const Json& http = {}, const Json& caFiles = {}) {
  return read(variables, http, caFiles).value();
}

std::string proxyFor(const std::string& server, const Variables& variables, const Json& http = {}) {
  const auto made = options(variables, http);
  const auto* proxy = made.proxy.proxyFor(parseOrigin(server).value());
  if (proxy == nullptr) return "";
  return proxy->origin.text() + " " + proxy->from +
         (proxy->authorization.empty() ? "" : " " + proxy->authorization.reveal() + " " + proxy->authorizationFrom);
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

TEST_CASE("what VS Code's settings say goes before the environment") {
  const Variables variables{{"HTTPS_PROXY", "env:1"}, {"HTTP_PROXY", "env:2"}, {"NO_PROXY", "inner.org"}};
  struct Row {
    const char* server;
    Json http;
    const char* proxy;
  };
  for (const auto& row : {
           Row{"https://x.org", nullptr, "http://env:1 HTTPS_PROXY"},
           Row{"https://x.org", {{"proxy", ""}}, "http://env:1 HTTPS_PROXY"},
           Row{"https://x.org", {{"proxy", " "}}, "http://env:1 HTTPS_PROXY"},
           Row{"https://x.org", {{"proxy", nullptr}}, "http://env:1 HTTPS_PROXY"},
           Row{"https://x.org", {{"proxy", "set:3"}}, "http://set:3 the setting http.proxy"},
           Row{"http://x.org", {{"proxy", "https://set"}}, "https://set the setting http.proxy"},
           Row{"https://x.org",
               {{"proxy", "http://a:b@set:3"}},
               "http://set:3 the setting http.proxy Basic YTpi its address"},
           Row{"https://x.org",
               {{"proxy", "a:b@set:3"}, {"proxyAuthorization", "Negotiate xyz"}},
               "http://set:3 the setting http.proxy Negotiate xyz the setting http.proxyAuthorization"},
           Row{"https://x.org",
               {{"proxyAuthorization", "Basic eDp5"}},
               "http://env:1 HTTPS_PROXY Basic eDp5 the setting http.proxyAuthorization"},
           // http.noProxy, where it has entries, instead of NO_PROXY.
           Row{"https://inner.org", {{"proxy", "set:3"}}, ""},
           Row{"https://inner.org", {{"noProxy", Json::array()}}, ""},
           Row{"https://inner.org", {{"noProxy", {"", " "}}}, ""},
           Row{"https://inner.org", {{"noProxy", {"other.org"}}}, "http://env:1 HTTPS_PROXY"},
           Row{"https://a.other.org", {{"noProxy", {"x.org", " .other.org", 7}}}, ""},
           Row{"https://10.1.2.3", {{"proxy", "set:3"}, {"noProxy", {"10.0.0.0/8"}}}, ""},
           // Off is off for the environment too; the other values differ only in how VS Code patches Node.
           Row{"https://x.org", {{"proxySupport", "off"}}, ""},
           Row{"https://x.org", {{"proxySupport", "off"}, {"proxy", "set:3"}}, ""},
           Row{"https://x.org", {{"proxySupport", "on"}}, "http://env:1 HTTPS_PROXY"},
           Row{"https://x.org", {{"proxySupport", "fallback"}}, "http://env:1 HTTPS_PROXY"},
           Row{"https://x.org", {{"proxySupport", "override"}}, "http://env:1 HTTPS_PROXY"},
           // What is of the wrong type is as good as not set.
           Row{"https://x.org",
               {{"proxy", Json::array()}, {"noProxy", "x.org"}, {"proxySupport", false}},
               "http://env:1 HTTPS_PROXY"},
           Row{"https://x.org", "nonsense", "http://env:1 HTTPS_PROXY"},
       }) {
    CAPTURE(row.server, row.http.dump());
    CHECK(proxyFor(row.server, variables, row.http) == row.proxy);
  }
}

TEST_CASE("a setting that cannot be used is named, without its password") {
  struct Row {
    Json http;
    Json caFiles;
    const char* words;
  };
  for (
      const auto& row : {
          Row{{{"proxy", "socks5://u:SECRET@p"}},
              nullptr,
              "The proxy in the setting http.proxy is one of a kind (socks5) that Trowel does not speak. Write it like "
              "http://proxy.example.com:3128 or http://user:password@proxy.example.com:3128."},
          Row{{{"proxyAuthorization", "Basic SECRET\r\nX: y"}},
              nullptr,
              "What the setting http.proxyAuthorization holds contains line breaks or other control characters. Write "
              "it in one line, like Basic dXNlcjpwYXNzd29yZA==."},
          Row{nullptr,
              {"ca.pem"},
              "The file ca.pem in the setting trowel.network.caFiles is not named from the root. Write its whole path, "
              "as in /etc/company/ca.pem."},
      }) {
    auto refused = read({}, row.http, row.caFiles);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == core::ErrorCode::InvalidParams);
    CHECK(refused.error().message == row.words);
  }
}

TEST_CASE("no setting turns the verification of certificates off, and whoever tried is told") {
  CHECK(options({}, {{"proxyStrictSSL", true}}).notes.empty());
  CHECK(options({}, {{"proxyStrictSSL", nullptr}}).notes.empty());
  const auto made = options({}, {{"proxyStrictSSL", false}});
  CHECK(made.trust == Trust{});
  CHECK(made.notes ==
        std::vector<std::string>{
            "The setting http.proxyStrictSSL is off, but Trowel verifies certificates all the same: your token goes "
            "over these connections. If your company has a certificate authority of its own, name its file in "
            "trowel.network.caFiles."});
}

TEST_CASE("options are the same where they lead to the same servers in the same way") {
  const Variables variables{
      {"HTTPS_PROXY", "http://a:b@p:1"}, {"NO_PROXY", "x.org,10.0.0.0/8"}, {"SSL_CERT_FILE", "/a"}};
  CHECK(options(variables) == options(variables));
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{{"HTTPS_PROXY", "http://a:c@p:1"},
                                                                                    {"HTTPS_PROXY", "http://a:b@p:2"},
                                                                                    {"HTTP_PROXY", "p:1"},
                                                                                    {"NO_PROXY", "x.org"},
                                                                                    {"SSL_CERT_FILE", "/b"}}) {
    auto others = variables;
    others[name] = value;
    CHECK_FALSE(options(variables) == options(others));
  }
  CHECK_FALSE(options(variables) == options(variables, {{"proxyStrictSSL", false}}));
}

TEST_CASE("more authorities come from the environment, each with its origin") {
  const auto made = options({{"SSL_CERT_FILE", "/a.pem"}, {"NODE_EXTRA_CA_CERTS", "/b.pem"}});
  REQUIRE(made.trust.extra.size() == 2);
  CHECK(made.trust.extra[0].path == "/a.pem");
  CHECK(made.trust.extra[1].from == "NODE_EXTRA_CA_CERTS");
  const auto more = options({{"SSL_CERT_FILE", "/a.pem"}, {"HOME", "/home/ada"}}, {}, {"/c.pem", "", "~/d.pem", 7});
  REQUIRE(more.trust.extra.size() == 3);
  CHECK(more.trust.extra[0] == CaFile{.path = "/c.pem", .from = "the setting trowel.network.caFiles"});
  CHECK(more.trust.extra[1].path == "/home/ada/d.pem");
  CHECK(options({}, {}, "/c.pem").trust.extra.empty());
}
