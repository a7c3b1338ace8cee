// SPDX-License-Identifier: Apache-2.0
// A machine with a scripted network, a keyring in memory and a home folder of its own, to sign in on.
#pragma once

#include <map>
#include <mutex>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/scripted_http.hpp"
#include "support/temp_dir.hpp"
#include "trowel/auth/sign_in.hpp"

namespace trowel::test {

class MemoryKeyring final : public os::Keyring {
 public:
  using Key = std::pair<std::string, std::string>;  // service, account

  core::Result<std::optional<core::SecretString>> get(const std::string& service, const std::string& account,
                                                      const core::CancelToken& /*cancel*/) override {
    std::lock_guard lock(mutex);
    if (trouble) return std::unexpected(*trouble);
    auto it = entries.find({service, account});
    if (it == entries.end()) return std::nullopt;
    return core::SecretString(it->second);
  }
  core::Result<void> set(const std::string& service, const std::string& account, const core::SecretString& secret,
                         const core::CancelToken& /*cancel*/) override {
    std::lock_guard lock(mutex);
    if (trouble) return std::unexpected(*trouble);
    if (readOnly) return core::fail(core::ErrorCode::Unavailable, "The keyring cannot be written to.");
    entries[{service, account}] = secret.reveal();
    return {};
  }
  core::Result<void> remove(const std::string& service, const std::string& account,
                            const core::CancelToken& /*cancel*/) override {
    std::lock_guard lock(mutex);
    if (trouble) return std::unexpected(*trouble);
    entries.erase({service, account});
    return {};
  }

  std::mutex mutex;  // guards the rest while calls run
  std::map<Key, std::string> entries;
  std::optional<core::Error> trouble;
  bool readOnly = false;
};

inline std::optional<core::Error> noKeyring() {
  return core::fail(core::ErrorCode::Unsupported, "This machine has no keyring.").error();
}

struct AuthFixture {
  TempDir home;
  ScriptedHttp http;
  ManualClock clock;
  MemoryKeyring keyring;
  std::map<std::string, std::string> variables;
  auth::Outside outside{.http = http,
                        .clock = clock,
                        .keyring = keyring,
                        .environment = [this](const std::string& name) -> std::optional<std::string> {
                          auto it = variables.find(name);
                          if (it == variables.end()) return std::nullopt;
                          return it->second;
                        },
                        .home = home.path()};
  auth::Config config;

  AuthFixture() { config.set(auth::Attribute::Host, "https://w.example.com", "the test"); }

  void set(auth::Attribute attribute, const std::string& text) { config.set(attribute, text, "the test"); }

  core::Result<auth::SignedIn> signIn() { return auth::signIn(config, outside, {}); }
  // With that auth_type, and the Authorization header that comes of it.
  core::Result<std::string> headerOf(const std::string& authType) {
    set(auth::Attribute::AuthType, authType);
    auto made = TROWEL_TRY(signIn());
    auto authorization = TROWEL_TRY(made.credentials->authorize({}));
    return authorization.value.reveal();
  }

  // The two documents by which a host says where its tokens are.
  void expectDiscovery() {
    http.on("GET", "/.well-known/databricks-config").reply(404, "");
    http.on("GET", "/oidc/.well-known/oauth-authorization-server")
        .reply(200, R"({"authorization_endpoint":"https://w.example.com/oidc/v1/authorize",)"
                    R"("token_endpoint":"https://w.example.com/oidc/v1/token"})");
  }
};

}  // namespace trowel::test
