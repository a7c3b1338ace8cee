// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/network_options.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::http {

namespace {

constexpr const char* kCaFiles = "the setting trowel.network.caFiles";

// The first of the names that is set, upper case before lower case.
ProxyText firstOf(const Environment& environment, std::initializer_list<std::string> names) {
  for (const auto& name : names)
    for (const auto& spelling : {name, core::toLower(name)})
      if (auto value = environment(spelling)) return {.value = core::SecretString(*std::move(value)), .from = spelling};
  return {};
}

std::vector<std::string> stringsOf(const core::Json& list) {
  std::vector<std::string> texts;
  for (const auto& one : list)
    if (one.is_string()) texts.emplace_back(core::trim(one.get_ref<const std::string&>()));
  std::erase(texts, "");
  return texts;
}

ProxyTexts proxyTexts(const Environment& environment, const NetworkSettings& settings) {
  ProxyTexts texts;
  if (!settings.proxySupport) return texts;
  if (core::trim(settings.proxy.reveal()).empty()) {
    texts.https = firstOf(environment, {"HTTPS_PROXY", "ALL_PROXY"});
    texts.http = firstOf(environment, {"HTTP_PROXY", "ALL_PROXY"});
  } else {
    texts.https = texts.http = {.value = settings.proxy, .from = "the setting http.proxy"};
  }
  texts.authorization = {.value = settings.proxyAuthorization, .from = "the setting http.proxyAuthorization"};
  texts.except = settings.noProxy.empty() ? firstOf(environment, {"NO_PROXY"}).value.reveal()
                                          : fmt::format("{}", fmt::join(settings.noProxy, ","));
  return texts;
}

core::Result<CaFile> caFile(const std::string& path, const Environment& environment) {
  if (path.starts_with('/')) return CaFile{.path = path, .from = kCaFiles};
  const auto home = environment("HOME");
  if (path.starts_with("~/") && home) return CaFile{.path = *home + path.substr(1), .from = kCaFiles};
  return core::fail(core::ErrorCode::InvalidParams,
                    fmt::format("The file {} in {} is not named from the root. Write its whole path, as in "
                                "/etc/company/ca.pem.",
                                path, kCaFiles));
}

}  // namespace

NetworkSettings readNetworkSettings(const core::Json& http, const core::Json& caFiles) {
  NetworkSettings settings;
  settings.caFiles = stringsOf(caFiles.is_array() ? caFiles : core::Json::array());
  if (!http.is_object()) return settings;
  settings.proxy = core::SecretString(core::stringAt(http, "proxy"));
  settings.proxyAuthorization = core::SecretString(core::stringAt(http, "proxyAuthorization"));
  settings.noProxy = stringsOf(core::arrayAt(http, "noProxy"));
  settings.proxySupport = core::stringAt(http, "proxySupport") != "off";
  settings.proxyStrictSsl = core::boolAt(http, "proxyStrictSSL", true);
  return settings;
}

core::Result<NetworkOptions> networkOptions(const Environment& environment, const NetworkSettings& settings) {
  NetworkOptions options;
  options.proxy = TROWEL_TRY(ProxyRules::parse(proxyTexts(environment, settings)));
  for (const auto& path : settings.caFiles) {
    auto file = TROWEL_TRY(caFile(path, environment));
    options.trust.extra.push_back(std::move(file));
  }
  for (const auto* name : {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"})
    if (auto path = environment(name)) options.trust.extra.push_back({.path = *std::move(path), .from = name});
  if (!settings.proxyStrictSsl)
    options.notes.emplace_back(
        "The setting http.proxyStrictSSL is off, but Trowel verifies certificates all the same: your token goes over "
        "these connections. If your company has a certificate authority of its own, name its file in "
        "trowel.network.caFiles.");
  return options;
}

}  // namespace trowel::http
