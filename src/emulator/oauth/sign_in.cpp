// SPDX-License-Identifier: Apache-2.0
// The page where somebody chooses who they are and allows a client in, or does not. It asks for no password: whoever
// can reach the emulator may be any of its users, as its documentation says.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "emulator/oauth/oauth.hpp"
#include "emulator/oauth/scopes.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

struct OAuth::Wish {
  std::string clientId;
  std::string redirectUri;
  std::string scope;
  std::string state;
  std::string challenge;
  std::string nonce;
  std::string loginHint;
};

namespace {

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;background:#f5f4f1;color:#222;margin:0}"
    "main{max-width:26rem;margin:12vh auto;background:#fff;border:1px solid #ddd;border-radius:8px;padding:2rem}"
    "h1{font-size:1.3rem;margin:0 0 1rem}label{display:block;padding:.3rem 0}"
    "button{font:inherit;padding:.5rem 1.2rem;margin:1.2rem .6rem 0 0;border-radius:6px;border:1px solid #b5482a}"
    "button.allow{background:#b5482a;color:#fff}button.deny{background:#fff;color:#b5482a}small{color:#666}";

Response page(int status, const std::string& body) {
  std::string html = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sign in</title><style>";
  html.append(kStyle).append("</style></head><body><main>").append(body).append("</main></body></html>\n");
  return {.status = status,
          .body = std::move(html),
          .contentType = "text/html; charset=utf-8",
          .headers = {{"Cache-Control", "no-store"},
                      {"X-Frame-Options", "DENY"},
                      {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}}};
}

Response refusal(const std::string& reason) {
  return page(400, "<h1>This sign-in cannot go on</h1><p>" + core::escapeHtml(core::toValidUtf8(reason)) + "</p>");
}

// http://localhost:PORT, with any path: what the public client is registered with.
bool isLoopback(std::string_view uri) {
  constexpr std::string_view kStart = "http://localhost:";
  if (!uri.starts_with(kStart)) return false;
  uri.remove_prefix(kStart.size());
  unsigned port = 0;
  auto [end, problem] = std::from_chars(uri.data(), uri.data() + uri.size(), port);
  if (problem != std::errc() || port == 0 || port > 65535) return false;
  uri.remove_prefix(static_cast<std::size_t>(end - uri.data()));
  // It becomes a header: what is no character of a URI would end it, or mean something else to whom reads it.
  return (uri.empty() || uri.front() == '/') &&
         std::none_of(uri.begin(), uri.end(), [](char c) { return c <= ' ' || c == 0x7f || c == '#'; });
}

Response redirect(const std::string& uri, const std::string& state,
                  const std::vector<std::pair<std::string, std::string>>& answer) {
  std::string location = uri;
  char joint = uri.find('?') == std::string::npos ? '?' : '&';
  auto add = [&](const std::string& name, const std::string& value) {
    location += joint + name + "=" + core::percentEncode(value);
    joint = '&';
  };
  for (const auto& [name, value] : answer) add(name, value);
  if (!state.empty()) add("state", state);
  return {
      .status = 302, .contentType = {}, .headers = {{"Location", std::move(location)}, {"Cache-Control", "no-store"}}};
}

}  // namespace

// A problem with the client or with where to send the answer is shown to the user; all others go to the client.
Reply<OAuth::Wish> OAuth::readWish(const Call& call) const {
  Wish wish{.clientId = call.text("client_id"),
            .redirectUri = call.text("redirect_uri"),
            .scope = call.text("scope"),
            .state = call.text("state"),
            .challenge = call.text("code_challenge"),
            .nonce = call.text("nonce"),
            .loginHint = call.text("login_hint")};
  if (call.text("response_type") != "code")
    return oauthError(400, "unsupported_response_type", "response_type must be code.");
  if (wish.challenge.empty() || call.text("code_challenge_method") != "S256")
    return oauthError(400, "invalid_request", "code_challenge with code_challenge_method=S256 is required.");
  wish.scope = TROWEL_TRY(readScope(wish.scope, "all-apis"));
  return wish;
}

Response OAuth::signInPage(const Wish& wish, const std::string& action) const {
  std::string form = "<h1>Sign in to the emulator</h1><p><b>" + core::escapeHtml(core::toValidUtf8(wish.clientId)) +
                     "</b> asks for: " + core::escapeHtml(wish.scope) + "</p><form method=\"post\" action=\"" + action +
                     "\">";
  auto hidden = [&](const char* name, const std::string& value) {
    form += std::string("<input type=\"hidden\" name=\"") + name + "\" value=\"" +
            core::escapeHtml(core::toValidUtf8(value)) + "\">";
  };
  hidden("response_type", "code");
  hidden("client_id", wish.clientId);
  hidden("redirect_uri", wish.redirectUri);
  hidden("scope", wish.scope);
  hidden("state", wish.state);
  hidden("code_challenge", wish.challenge);
  hidden("code_challenge_method", "S256");
  hidden("nonce", wish.nonce);
  const std::string chosen = users_.find(wish.loginHint) ? wish.loginHint : world_.options.userName;
  for (const auto& user : users_.all()) {
    if (user.servicePrincipal || !user.active) continue;
    const std::string name = core::escapeHtml(core::toValidUtf8(user.name));
    form += "<label><input type=\"radio\" name=\"user\" value=\"" + name + "\"" +
            (core::equalsIgnoreCase(user.name, chosen) ? " checked" : "") + "> " +
            core::escapeHtml(core::toValidUtf8(user.displayName)) + " <small>" + name + "</small></label>";
  }
  form +=
      "<button class=\"allow\" name=\"decision\" value=\"allow\">Allow</button>"
      "<button class=\"deny\" name=\"decision\" value=\"deny\">Deny</button></form>";
  return page(200, form);
}

Response OAuth::allow(const Wish& wish, const User& user, const std::string& issuer) {
  Grant grant{.userId = user.id, .clientId = wish.clientId, .scope = wish.scope, .nonce = wish.nonce};
  std::string code = codes_.issue(std::move(grant), wish.redirectUri, wish.challenge);
  return redirect(wish.redirectUri, wish.state, {{"code", code}, {"iss", issuer}});
}

Reply<Response> OAuth::signIn(const Call& call, const std::string& base) {
  const std::string redirectUri = call.text("redirect_uri");
  const std::string state = call.text("state");
  if (call.text("client_id") != kPublicClient)
    return refusal("There is no client with the id " + call.text("client_id") + ".");
  if (!isLoopback(redirectUri)) return refusal("redirect_uri must be of the form http://localhost:PORT.");
  auto deny = [&](const std::string& error, const std::string& description) {
    return redirect(redirectUri, state, {{"error", error}, {"error_description", description}});
  };
  auto wish = readWish(call);
  if (!wish) return deny(wish.error().code, wish.error().message);

  const std::string decision = call.text("decision");
  bool asked = call.request().method == "POST";
  if (!asked && !world_.options.autoSignIn && !call.flag("auto")) return signInPage(*wish, base + "/v1/authorize");
  if (asked && decision != "allow") return deny("access_denied", "The user did not allow access.");
  auto user = users_.find(call.text("user", world_.options.userName));
  if (!user || user->servicePrincipal || !user->active) return deny("access_denied", "There is no such user.");
  return allow(*wish, *user, call.host() + base);
}

void OAuth::addSignInRoutes(Router& router, const std::string& base) {
  for (const char* method : {"GET", "POST"})
    router.add(method, base + "/v1/authorize", [this, base](const Call& call) { return signIn(call, base); });
}

}  // namespace trowel::emulator
