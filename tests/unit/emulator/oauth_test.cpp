// SPDX-License-Identifier: Apache-2.0
#include "emulator/identity/jwt.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "workspace_client.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

const std::string kScim = "/api/2.0/preview/scim/v2/";
// The pair of RFC 7636, appendix B.
const std::string kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const std::string kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const std::string kRedirect = "http://localhost:8020";

std::string query(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) text += (text.empty() ? "" : "&") + name + "=" + core::percentEncode(value);
  return text;
}

// The value of a parameter of a URL, decoded.
std::string parameter(const std::string& url, const std::string& name) {
  auto at = url.find(name + "=");
  if (at == std::string::npos) return "";
  auto value = url.substr(at + name.size() + 1);
  return core::percentDecode(value.substr(0, value.find('&'))).value();
}

Json claimsOf(const std::string& token) {
  auto first = token.find('.');
  auto text = fromBase64Url(token.substr(first + 1, token.rfind('.') - first - 1));
  return Json::parse(text.value());
}

struct Bank {
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator =
      std::move(Emulator::start({.userName = "ada.lovelace@example.com"}, clock).value());
  WorkspaceClient client{*emulator};
  WorkspaceClient open = [this] {
    WorkspaceClient nobody(*emulator);
    nobody.setToken("");
    return nobody;
  }();

  emulator::test::Reply token(const std::vector<std::pair<std::string, std::string>>& fields,
                              const std::string& path = "/oidc/v1/token") {
    return open.postText(path, query(fields), "application/x-www-form-urlencoded");
  }
  std::string authorizeUrl(const std::string& scope = "all-apis offline_access",
                           const std::string& more = "&auto=true") {
    return "/oidc/v1/authorize?" +
           query({{"response_type", "code"},
                  {"client_id", "databricks-cli"},
                  {"redirect_uri", kRedirect},
                  {"scope", scope},
                  {"state", "s t/1"},
                  {"code_challenge", kChallenge},
                  {"code_challenge_method", "S256"}}) +
           more;
  }
  std::string code(const std::string& scope = "all-apis offline_access") {
    return parameter(open.get(authorizeUrl(scope)).header("Location"), "code");
  }
  emulator::test::Reply redeem(const std::string& authorizationCode, const std::string& verifier = kVerifier,
                               const std::string& redirect = kRedirect) {
    return token({{"grant_type", "authorization_code"},
                  {"client_id", "databricks-cli"},
                  {"code", authorizationCode},
                  {"redirect_uri", redirect},
                  {"code_verifier", verifier}});
  }
  emulator::test::Reply refresh(const std::string& refreshToken) {
    return token({{"grant_type", "refresh_token"}, {"client_id", "databricks-cli"}, {"refresh_token", refreshToken}});
  }
  emulator::test::Reply me(const std::string& accessToken) {
    WorkspaceClient caller(*emulator);
    caller.setToken(accessToken);
    return caller.get(kScim + "Me");
  }
  // A service principal's application id and a secret of it.
  std::pair<std::string, std::string> robot() {
    auto principal = client.post(kScim + "ServicePrincipals", {{"displayName", "robot"}}).body;
    auto secret = client.post(
        "/api/2.0/accounts/servicePrincipals/" + principal.at("id").get<std::string>() + "/credentials/secrets",
        Json::object());
    REQUIRE(secret.status == 200);
    return {principal.at("applicationId"), secret.body.at("secret")};
  }
};

}  // namespace

TEST_CASE_METHOD(Bank, "discovery leads to the endpoints") {
  auto config = open.get("/.well-known/databricks-config").body;
  CHECK(config.at("oidc_endpoint") == emulator->host() + "/oidc");
  CHECK(config.at("workspace_id") == "7405605312947683");
  std::string account = "/oidc/accounts/" + config.at("account_id").get<std::string>();
  for (const std::string& base : {std::string("/oidc"), account}) {
    auto metadata = open.get(base + "/.well-known/oauth-authorization-server").body;
    CHECK(metadata.at("token_endpoint") == emulator->host() + base + "/v1/token");
    CHECK(metadata.at("authorization_endpoint") == emulator->host() + base + "/v1/authorize");
    CHECK(metadata.at("code_challenge_methods_supported") == Json{"S256"});
  }
  CHECK(open.get("/oidc/jwks.json").body.at("keys").at(0).at("kty") == "RSA");
  CHECK(open.get("/oidc/accounts/another/v1/token").status == 404);
}

TEST_CASE_METHOD(Bank, "a service principal signs in with its secret") {
  auto [id, secret] = robot();
  auto answer = token({{"grant_type", "client_credentials"},
                       {"client_id", id},
                       {"client_secret", secret},
                       {"scope", "all-apis"},
                       {"padding", std::string(9000, 'x')}});
  CHECK(answer.status == 200);
  CHECK(answer.header("Cache-Control") == "no-store");
  CHECK(answer.body.at("token_type") == "Bearer");
  CHECK(answer.body.at("expires_in") == 3600);
  CHECK(answer.body.at("scope") == "all-apis");
  CHECK_FALSE(answer.body.contains("refresh_token"));
  std::string access = answer.body.at("access_token");
  CHECK(claimsOf(access).at("sub") == id);
  CHECK(me(access).body.at("userName") == id);

  WorkspaceClient basic(*emulator);
  basic.setToken("");
  basic.setHeader("Authorization", "Basic " + encode(id + ":" + secret));
  CHECK(basic.postText("/oidc/v1/token", "grant_type=client_credentials", "application/x-www-form-urlencoded").status ==
        200);

  auto wrong = token({{"grant_type", "client_credentials"}, {"client_id", id}, {"client_secret", "dose0"}});
  CHECK(wrong.status == 401);
  CHECK(wrong.body.at("error") == "invalid_client");
  CHECK(wrong.body.at("error_description") == "Client authentication failed");
  CHECK(
      token(
          {{"grant_type", "client_credentials"}, {"client_id", id}, {"client_secret", secret}, {"scope", "everything"}})
          .body.at("error") == "invalid_scope");
  CHECK(token({{"grant_type", "password"}}).body.at("error") == "unsupported_grant_type");
  CHECK(token({{"x", "y"}}).body.at("error") == "invalid_request");

  // A token is checked to the last character, and ends by the clock.
  std::string forged = access;
  forged[forged.find('.') + 5] ^= 1;
  CHECK(me(forged).message().starts_with("Invalid access token."));
  clock.advance(1h);
  auto expired = me(access);
  CHECK(expired.status == 401);
  CHECK(expired.message().starts_with("Access token has expired."));
}

TEST_CASE_METHOD(Bank, "a token opens the APIs of its scopes") {
  auto [id, secret] = robot();
  auto answer = token(
      {{"grant_type", "client_credentials"}, {"client_id", id}, {"client_secret", secret}, {"scope", "sql jobs"}});
  CHECK(answer.body.at("scope") == "sql jobs");
  WorkspaceClient narrow(*emulator);
  narrow.setToken(answer.body.at("access_token"));
  CHECK(narrow.get(kScim + "Me").status == 200);
  auto refused = narrow.get("/api/2.1/clusters/list");
  CHECK(refused.status == 403);
  CHECK(refused.message() == "Provided OAuth token does not have required scopes: clusters");
}

TEST_CASE_METHOD(Bank, "secrets of service principals are managed by administrators") {
  auto principal = client.post(kScim + "ServicePrincipals", {{"displayName", "robot"}}).body;
  std::string base =
      "/api/2.0/accounts/servicePrincipals/" + principal.at("id").get<std::string>() + "/credentials/secrets";
  auto made = client.post(base, {{"lifetime", "3600s"}}).body;
  CHECK(made.at("secret").get<std::string>().starts_with("dose"));
  CHECK(made.at("expire_time") == "2026-01-01T01:00:00.000Z");
  CHECK(made.at("status") == "ACTIVE");
  auto listed = client.get(base).body.at("secrets").at(0);
  CHECK_FALSE(listed.contains("secret"));
  CHECK(listed.at("id") == made.at("id"));
  std::vector<std::pair<std::string, std::string>> fields{{"grant_type", "client_credentials"},
                                                          {"client_id", principal.at("applicationId")},
                                                          {"client_secret", made.at("secret")}};
  CHECK(token(fields).status == 200);
  clock.advance(1h);
  CHECK(token(fields).status == 401);
  CHECK(client.post(base, {{"lifetime", "forever"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.remove(base + "/" + made.at("id").get<std::string>()).status == 200);
  CHECK(client.remove(base + "/" + made.at("id").get<std::string>()).status == 404);
  CHECK(client.get("/api/2.0/accounts/servicePrincipals/1/credentials/secrets").status == 404);
  for (int i = 0; i < 5; ++i) CHECK(client.post(base, Json::object()).status == 200);
  CHECK(client.post(base, Json::object()).errorCode() == "QUOTA_EXCEEDED");
}

TEST_CASE_METHOD(Bank, "the page to sign in asks who, and sends the answer back") {
  auto url = authorizeUrl("all-apis offline_access", "");
  client.post(kScim + "Users", {{"userName", "<grace>@example.com"}, {"displayName", "Grace"}});
  auto page = open.get(url);
  CHECK(page.status == 200);
  CHECK(page.header("Content-Type").starts_with("text/html"));
  CHECK(page.text.find("value=\"ada.lovelace@example.com\" checked") != std::string::npos);
  CHECK(page.text.find("value=\"&lt;grace&gt;@example.com\"") != std::string::npos);
  CHECK(page.text.find("<script") == std::string::npos);

  auto press = [&](const std::string& decision, const std::string& user) {
    auto form = url.substr(url.find('?') + 1) + "&decision=" + decision + "&user=" + core::percentEncode(user);
    return open.postText("/oidc/v1/authorize", form, "application/x-www-form-urlencoded");
  };
  auto allowed = press("allow", "<grace>@example.com");
  CHECK(allowed.status == 302);
  std::string location = allowed.header("Location");
  CHECK(location.starts_with(kRedirect + "?code="));
  CHECK(parameter(location, "state") == "s t/1");
  CHECK(parameter(location, "iss") == emulator->host() + "/oidc");
  CHECK(me(redeem(parameter(location, "code")).body.at("access_token")).body.at("userName") == "<grace>@example.com");

  auto denied = press("deny", "ada.lovelace@example.com").header("Location");
  CHECK(parameter(denied, "error") == "access_denied");
  CHECK(parameter(denied, "state") == "s t/1");
  CHECK(parameter(press("allow", "nobody").header("Location"), "error") == "access_denied");
}

TEST_CASE_METHOD(Bank, "what is wrong with a request to sign in is said where it is safe") {
  auto with = [&](const std::string& from, const std::string& to) {
    return open.get(core::replaceAll(authorizeUrl(), from, to));
  };
  for (auto uri : {"http://localhost:8020.evil.example", "https://evil.example", "http://127.0.0.1:8020",
                   "http://localhost", "http://localhost:0", "http://localhost:99999"}) {
    auto refused = with(core::percentEncode(kRedirect), core::percentEncode(uri));
    CHECK(refused.status == 400);
    CHECK(refused.header("Location").empty());
  }
  CHECK(with("client_id=databricks-cli", "client_id=other").status == 400);
  CHECK(parameter(with("S256", "plain").header("Location"), "error") == "invalid_request");
  CHECK(parameter(with("response_type=code", "response_type=token").header("Location"), "error") ==
        "unsupported_response_type");
  CHECK(parameter(with("all-apis", "everything").header("Location"), "error") == "invalid_scope");
}

TEST_CASE_METHOD(Bank, "a code is good once, for five minutes, with its verifier and redirect") {
  auto first = code();
  auto tokens = redeem(first);
  CHECK(tokens.status == 200);
  CHECK(tokens.body.at("scope") == "all-apis offline_access");
  CHECK(me(tokens.body.at("access_token")).body.at("userName") == "ada.lovelace@example.com");

  auto again = redeem(first);
  CHECK(again.status == 400);
  CHECK(again.body.at("error") == "invalid_grant");
  // Who has a spent code may have stolen it: what came of it is revoked.
  CHECK(refresh(tokens.body.at("refresh_token")).body.at("error") == "invalid_grant");

  CHECK(redeem(code(), "another-verifier").body.at("error") == "invalid_grant");
  CHECK(redeem(code(), kVerifier, "http://localhost:8021").body.at("error") == "invalid_grant");
  CHECK(redeem("dcod0").body.at("error") == "invalid_grant");
  auto late = code();
  clock.advance(5min);
  CHECK(redeem(late).body.at("error") == "invalid_grant");
  CHECK(token({{"grant_type", "authorization_code"}}).body.at("error") == "invalid_request");
}

TEST_CASE_METHOD(Bank, "a refresh token is exchanged at each use, and reuse ends the session") {
  auto first = redeem(code()).body;
  auto second = refresh(first.at("refresh_token"));
  CHECK(second.status == 200);
  CHECK(second.body.at("refresh_token") != first.at("refresh_token"));
  CHECK(me(second.body.at("access_token")).status == 200);
  auto third = refresh(second.body.at("refresh_token"));
  CHECK(third.status == 200);

  auto reused = refresh(first.at("refresh_token"));
  CHECK(reused.status == 400);
  CHECK(reused.body.at("error") == "invalid_grant");
  CHECK(reused.body.at("error_description") == "Refresh token is invalid");
  CHECK(refresh(third.body.at("refresh_token")).body.at("error") == "invalid_grant");

  CHECK_FALSE(redeem(code("all-apis")).body.contains("refresh_token"));
  auto other = redeem(code()).body.at("refresh_token").get<std::string>();
  CHECK(token({{"grant_type", "refresh_token"}, {"client_id", "other"}, {"refresh_token", other}}).status == 400);
  clock.advance(24h * 91);
  CHECK(refresh(other).body.at("error") == "invalid_grant");
}

TEST_CASE_METHOD(Bank, "OpenID Connect's token says who signed in") {
  auto url = authorizeUrl("openid email", "&auto=true&nonce=n1");
  auto answer = redeem(parameter(open.get(url).header("Location"), "code"));
  auto claims = claimsOf(answer.body.at("id_token"));
  CHECK(claims.at("aud") == "databricks-cli");
  CHECK(claims.at("email") == "ada.lovelace@example.com");
  CHECK(claims.at("nonce") == "n1");
}

TEST_CASE_METHOD(Bank, "a personal access token can be exchanged") {
  auto answer = token({{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
                       {"subject_token", emulator->token().reveal()},
                       {"subject_token_type", "urn:databricks:params:oauth:token-type:personal-access-token"}});
  CHECK(me(answer.body.at("access_token")).body.at("userName") == "ada.lovelace@example.com");
}

TEST_CASE_METHOD(Bank, "an exchange gives no more than the token opens that is exchanged") {
  auto narrow = client.post("/api/2.0/token/create", {{"scopes", {"sql"}}}).body.at("token_value").get<std::string>();
  auto exchange = [&](const std::string& scope, const std::string& type) {
    return token({{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
                  {"subject_token", narrow},
                  {"subject_token_type", type},
                  {"scope", scope}});
  };
  const std::string personal = "urn:databricks:params:oauth:token-type:personal-access-token";
  CHECK(exchange("", personal).body.at("scope") == "sql");
  CHECK(exchange("all-apis", personal).body.at("error") == "invalid_scope");
  CHECK(exchange("sql offline_access", personal).status == 400);
  auto unknown = exchange("", "bogus");
  CHECK(unknown.status == 400);
  CHECK(unknown.body.at("error") == "invalid_request");
  CHECK(unknown.body.at("error_id").get<std::string>().size() == 36);
}

TEST_CASE("with autoSignIn the page to sign in answers at once, and a session outlives a restart") {
  auto folder = os::makeTempDir("/tmp", "trowel-oauth-").value();
  Options options{.dataDir = folder, .accessTokenLifetime = 30min, .autoSignIn = true};
  std::string refreshToken;
  std::string accessToken;
  auto post = [](Emulator& emulator, const std::string& body) {
    WorkspaceClient nobody(emulator);
    nobody.setToken("");
    return nobody.postText("/oidc/v1/token", body, "application/x-www-form-urlencoded");
  };
  {
    auto emulator = Emulator::start(options).value();
    WorkspaceClient nobody(*emulator);
    auto answer =
        nobody.get("/oidc/v1/authorize?response_type=code&client_id=databricks-cli&redirect_uri=" + kRedirect +
                   "&scope=all-apis+offline_access&code_challenge_method=S256&code_challenge=" + kChallenge);
    CHECK(answer.status == 302);
    auto tokens = post(*emulator, "grant_type=authorization_code&client_id=databricks-cli&code=" +
                                      parameter(answer.header("Location"), "code") + "&redirect_uri=" + kRedirect +
                                      "&code_verifier=" + kVerifier);
    CHECK(tokens.body.at("expires_in") == 1800);
    refreshToken = tokens.body.at("refresh_token");
    accessToken = tokens.body.at("access_token");
  }
  auto emulator = Emulator::start(options).value();
  WorkspaceClient caller(*emulator);
  caller.setToken(accessToken);
  CHECK(caller.get(kScim + "Me").status == 200);
  CHECK(post(*emulator, "grant_type=refresh_token&client_id=databricks-cli&refresh_token=" + refreshToken).status ==
        200);
  emulator.reset();
  static_cast<void>(os::removeTree(folder));
}
