// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/network_options.hpp"

#include "trowel/core/text.hpp"

namespace trowel::http {

namespace {

// The first of the names that is set, upper case before lower case.
ProxyText firstOf(const Environment& environment, std::initializer_list<std::string> names) {
  for (const auto& name : names)
    for (const auto& spelling : {name, core::toLower(name)})
      if (auto value = environment(spelling)) return {.value = core::SecretString(*std::move(value)), .from = spelling};
  return {};
}

}  // namespace

core::Result<NetworkOptions> networkOptions(const Environment& environment) {
  NetworkOptions options;
  const ProxyTexts texts{.https = firstOf(environment, {"HTTPS_PROXY", "ALL_PROXY"}),
                         .http = firstOf(environment, {"HTTP_PROXY", "ALL_PROXY"}),
                         .except = firstOf(environment, {"NO_PROXY"}).value.reveal()};
  options.proxy = TROWEL_TRY(ProxyRules::parse(texts));
  for (const auto* name : {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"})
    if (auto path = environment(name)) options.trust.extra.push_back({.path = *std::move(path), .from = name});
  return options;
}

}  // namespace trowel::http
