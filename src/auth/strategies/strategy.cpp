// SPDX-License-Identifier: Apache-2.0
#include "auth/strategies/strategy.hpp"

namespace trowel::auth {

std::unexpected<core::Error> notConfigured(std::string what) {
  return core::fail(core::ErrorCode::NotConfigured, std::move(what));
}

core::Result<void> needs(const Config& config, std::initializer_list<Attribute> wanted) {
  std::string list;
  bool complete = true;
  std::size_t number = 0;
  for (auto attribute : wanted) {
    complete = complete && config.has(attribute);
    ++number;
    if (!list.empty()) list += number == wanted.size() ? " and " : ", ";
    list += infoOf(attribute).key;
  }
  if (complete) return {};
  return notConfigured("needs " + list);
}

SignedIn signedIn(const Attempt& attempt, std::string_view authType, const http::Origin& host, Attribute decisive,
                  std::shared_ptr<http::Credentials> credentials) {
  const auto& config = attempt.config;
  return {.authType = std::string(authType),
          .host = host.text(),
          .credentials = std::move(credentials),
          .headers = routingHeaders(config),
          .source = config.has(decisive) ? config.sourceOf(decisive) : config.sourceOf(Attribute::Host)};
}

}  // namespace trowel::auth
