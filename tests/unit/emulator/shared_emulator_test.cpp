// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <atomic>

#include "support/catch.hpp"
#include "trowel/core/text.hpp"
#include "workspace_client.hpp"

namespace trowel::emulator::test {

namespace {

// A test that waits for the end of what never ends fails rather than to take the machine's memory. Sanitizers need
// more than they use.
[[maybe_unused]] const bool limited = [] {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  constexpr rlim_t kMost = rlim_t{6} << 30;
  rlimit limit{};
  if (::getrlimit(RLIMIT_DATA, &limit) != 0 || limit.rlim_cur <= kMost) return false;
  limit.rlim_cur = kMost;
  return ::setrlimit(RLIMIT_DATA, &limit) == 0;
#else
  return false;
#endif
}();

}  // namespace

Emulator& sharedEmulator() {
  static std::unique_ptr<Emulator> emulator = [] {
    auto started = Emulator::start({.userName = "ada.lovelace@example.com"});
    if (!started) throw std::runtime_error(core::describe(started.error()));
    return std::move(*started);
  }();
  return *emulator;
}

WorkspaceClient signedIn(const Emulator& emulator, const std::string& userName) {
  WorkspaceClient client(emulator);
  client.post("/api/2.0/preview/scim/v2/Users",
              {{"userName", userName}, {"entitlements", {{{"value", "allow-cluster-create"}}}}});
  // The page to sign in, with the pair of RFC 7636, appendix B.
  const std::string redirect = "http://localhost:8020";
  auto page = client.get("/oidc/v1/authorize?response_type=code&client_id=databricks-cli&auto=true&user=" +
                         core::percentEncode(userName) + "&redirect_uri=" + redirect +
                         "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
  auto location = page.header("Location");
  auto code = location.substr(location.find("code=") + 5, 36);
  auto tokens =
      client.postText("/oidc/v1/token",
                      "grant_type=authorization_code&client_id=databricks-cli&code=" + code +
                          "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk&redirect_uri=" + redirect,
                      "application/x-www-form-urlencoded");
  REQUIRE(tokens.status == 200);
  client.setToken(tokens.body.at("access_token"));
  return client;
}

std::string freshFolder(WorkspaceClient& client) {
  static std::atomic<int> number = 0;
  std::string path = "/Users/ada.lovelace@example.com/t" + std::to_string(++number);
  REQUIRE(client.post("/api/2.0/workspace/mkdirs", {{"path", path}}).status == 200);
  return path;
}

std::string encode(const std::string& bytes) { return core::toBase64(bytes); }
std::string decode(const std::string& base64) { return core::fromBase64(base64).value(); }

}  // namespace trowel::emulator::test
