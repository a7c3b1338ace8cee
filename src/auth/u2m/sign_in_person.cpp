// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>

#include "auth/host_of.hpp"
#include "auth/oauth.hpp"
#include "auth/u2m/callback.hpp"
#include "auth/u2m/login_session.hpp"
#include "auth/u2m/pkce.hpp"
#include "trowel/auth/azure_cloud.hpp"
#include "trowel/auth/u2m.hpp"
#include "trowel/core/text.hpp"

namespace trowel::auth {

namespace {

constexpr core::Duration kBrowserTime = std::chrono::minutes(5);

core::Result<std::uint16_t> portOf(const Config& config) {
  const auto& text = config.get(Attribute::OauthCallbackPort);
  if (text.empty()) return std::uint16_t{0};
  std::uint16_t port = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (problem == std::errc() && end == text.data() + text.size() && port != 0) return port;
  return core::fail(core::ErrorCode::InvalidParams,
                    fmt::format("oauth_callback_port ({}) must be a number between 1 and 65535.",
                                config.sourceOf(Attribute::OauthCallbackPort)));
}

// offline_access brings the refresh token; who does not want one says so.
std::string scopesOf(const Config& config) {
  std::string scopes;
  auto add = [&](std::string_view scope) {
    if (scope.empty() || scope == "offline_access") return;
    scopes += ' ';
    scopes += scope;
  };
  const auto configured = core::replaceAll(config.get(Attribute::Scopes), ",", " ");
  for (auto one : core::split(configured, ' ')) add(core::trim(one));
  if (scopes.empty()) scopes = " all-apis";
  const bool without = config.get(Attribute::DisableOauthRefreshToken) == "true";
  return without ? scopes.substr(1) : "offline_access" + scopes;
}

core::Result<Login> signInByBrowser(const Config& config, const OidcEndpoints& endpoints, const Outside& outside,
                                    const OpenBrowser& openBrowser, const core::CancelToken& cancel) {
  const auto pkce = makePkce();
  const auto state = makeState();
  const auto port = TROWEL_TRY(portOf(config));
  auto callback = TROWEL_TRY(Callback::listen(port, state, outside.clock, cancel));
  const auto redirect = callback->redirectUri();
  const Form question{{"response_type", "code"},
                      {"client_id", kPublicClient},
                      {"redirect_uri", redirect},
                      {"scope", scopesOf(config)},
                      {"state", state},
                      {"code_challenge", pkce.challenge},
                      {"code_challenge_method", "S256"}};
  auto url = endpoints.authorization.text();
  url += (url.find('?') == std::string::npos ? '?' : '&') + encodeForm(question);
  TROWEL_TRY(openBrowser(url));

  auto code = callback->wait(kBrowserTime, cancel);
  if (!code) {
    callback->finish(false, code.error().message);
    return std::unexpected(std::move(code.error()));
  }
  const Form form{{"grant_type", "authorization_code"},
                  {"client_id", kPublicClient},
                  {"code", *code},
                  {"redirect_uri", redirect},
                  {"code_verifier", pkce.verifier}};
  auto token = requestToken(endpoints.token, form, std::nullopt, "The sign-in service", outside, cancel);
  if (!token) {
    callback->finish(false, token.error().message);
    return std::unexpected(std::move(token.error()));
  }
  callback->finish(true, "You can close this page and go back to Trowel.");
  return Login{.access = token->access.value,
               .refresh = token->refresh,
               .type = token->access.type,
               .expiry = token->access.expiry};
}

}  // namespace

core::Result<SignedInPerson> signInPerson(const Config& config, const Outside& outside, const OpenBrowser& openBrowser,
                                          const core::CancelToken& cancel) {
  auto host = TROWEL_TRY(hostOf(config));
  auto storage = TROWEL_TRY(LoginStorage::open(config, outside));
  auto endpoints = TROWEL_TRY(discoverOidc(config, host, outside, cancel));
  TROWEL_TRY(storage.checkRoom(loginKeyOf(config, host.text(), {}), cancel));
  auto login = TROWEL_TRY(signInByBrowser(config, endpoints, outside, openBrowser, cancel));
  const bool byAccount = isAccountHost(host.host) || isUnified(config);
  const auto key = loginKeyOf(config, host.text(), byAccount ? endpoints.accountId : std::string());
  // The user has done his part: what now comes is not given up.
  auto lock = TROWEL_TRY(lockLogins(outside, {}));
  const auto* store = TROWEL_TRY(storage.saveNew(key, login, {}));
  return SignedInPerson{.host = host.text(),
                        .accountId = endpoints.accountId,
                        .workspaceId = endpoints.workspaceId,
                        .expiry = login.expiry,
                        .renewable = !login.refresh.empty(),
                        .place = store->place(),
                        .inFile = storage.fellBack(*store)};
}

core::Result<AccessToken> personToken(const Config& config, const Outside& outside, bool renew,
                                      const core::CancelToken& cancel) {
  auto host = TROWEL_TRY(hostOf(config));
  auto key = loginKeyOf(config, host.text(), accountKeyOf(config, host));
  auto storage = TROWEL_TRY(LoginStorage::open(config, outside));
  Fetch fetch{.cancel = cancel};
  if (renew)
    if (auto found = TROWEL_TRY(storage.find(key, cancel))) fetch.previous = found->login.access;
  LoginSession session(config, std::move(host), std::move(key), std::move(storage), outside);
  return session.fetch(fetch);
}

core::Result<std::string> signInPlace(const Config& config, const Outside& outside) {
  return TROWEL_TRY(LoginStorage::open(config, outside)).place();
}

core::Result<bool> signOutPerson(const Config& config, const Outside& outside, const core::CancelToken& cancel) {
  auto host = TROWEL_TRY(hostOf(config));
  auto storage = TROWEL_TRY(LoginStorage::open(config, outside));
  auto lock = TROWEL_TRY(lockLogins(outside, cancel));
  return storage.remove(loginKeyOf(config, host.text(), accountKeyOf(config, host)), cancel);
}

}  // namespace trowel::auth
