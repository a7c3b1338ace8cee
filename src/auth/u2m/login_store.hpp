// SPDX-License-Identifier: Apache-2.0
// Where sign-ins of people are kept: the stores of the Databricks CLI, so that one sign-in serves both.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "trowel/auth/sign_in.hpp"
#include "trowel/core/json.hpp"

namespace trowel::auth {

struct Login {
  core::SecretString access;
  core::SecretString refresh = {};  // empty: there is none, so that the sign-in ends with the access token
  std::string type = "Bearer";
  core::WallTime expiry = {};
};

// What a sign-in is kept under.
struct LoginKey {
  std::string profile;  // empty: none
  std::string host;     // "https://host", with "/oidc/accounts/ID" where the host serves accounts

  const std::string& primary() const { return profile.empty() ? host : profile; }
};

// Any thread. Nothing here is locked against other programs: whoever reads in order to write holds the lock of
// ~/.databricks (login_lock.hpp).
class LoginStore {
 public:
  virtual ~LoginStore() = default;

  // Nothing where the profile's sign-in is one to another host.
  virtual core::Result<std::optional<Login>> load(const LoginKey& key, const core::CancelToken& cancel) = 0;
  // Whether save() can be expected to succeed: asked before a refresh token is spent, whose successor would be lost.
  virtual core::Result<void> checkRoom() = 0;
  // `spent`: the refresh token that `login` came of; empty for a new sign-in. All that is kept with that one gets the
  // new one. Where it is kept no more nothing is written: whoever signed in anew or out meanwhile is right.
  virtual core::Result<void> save(const LoginKey& key, const Login& login, const core::SecretString& spent,
                                  const core::CancelToken& cancel) = 0;
  // Fine where there is none.
  virtual core::Result<void> remove(const LoginKey& key, const core::CancelToken& cancel) = 0;
  // For people: "the desktop's keyring".
  virtual std::string place() const = 0;
};

// ~/.databricks/token-cache.json, mode 0600: version 1, entries by key. Fields and entries that are not known are kept.
// A file that cannot be understood is an error and is never written to.
std::unique_ptr<LoginStore> fileLoginStore(std::string path);
// Entries of the service "databricks-cli".
std::unique_ptr<LoginStore> keyringLoginStore(os::Keyring& keyring);

// ---- formats: pure

core::Result<Login> readLogin(const core::Json& entry);
// Into the entry, whose other fields stay.
void writeLogin(const Login& login, core::Json& entry);

}  // namespace trowel::auth
