// SPDX-License-Identifier: Apache-2.0
// Which of the CLI's stores is used for a sign-in, and the lock under which sign-ins change.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "auth/u2m/login_store.hpp"
#include "trowel/auth/config.hpp"
#include "trowel/os/file_lock.hpp"

namespace trowel::auth {

enum class StorageMode : std::uint8_t {
  Secure,     // the keyring, because the user said so
  Plaintext,  // the file, because the user said so
  Either,     // nobody said: the keyring where there is a usable one, else the file
};

// Pure. `variable` is DATABRICKS_AUTH_STORAGE, `setting` is auth_storage of [__settings__]; the first that is not empty
// counts. InvalidParams names the one that is neither "secure" nor "plaintext".
core::Result<StorageMode> storageModeOf(const std::string& variable, const std::string& setting);

// What a sign-in of this configuration is kept under; `account` where the host serves accounts.
LoginKey loginKeyOf(const Config& config, const std::string& host, const std::string& account);

class LoginStorage {
 public:
  // `outside` outlives it. InvalidParams where the mode is none.
  static core::Result<LoginStorage> open(const Config& config, const Outside& outside);

  struct Found {
    Login login;
    LoginStore* store;  // where a newer one belongs
  };
  // Where nobody chose a mode, both stores are looked into; the keyring's own error counts only when the file has
  // nothing either.
  core::Result<std::optional<Found>> find(const LoginKey& key, const core::CancelToken& cancel) const;

  // Whether saveNew() can be expected to succeed: asked before the user is sent to the browser for nothing.
  core::Result<void> checkRoom(const LoginKey& key, const core::CancelToken& cancel) const;
  // A new sign-in; says where it went. Where nobody chose a mode and the keyring cannot be used, that is the file.
  core::Result<const LoginStore*> saveNew(const LoginKey& key, const Login& login,
                                          const core::CancelToken& cancel) const;
  // From every store that the mode allows. False where there was none.
  core::Result<bool> remove(const LoginKey& key, const core::CancelToken& cancel) const;

  // That store is the file, and nobody chose it.
  bool fellBack(const LoginStore& store) const { return mode_ == StorageMode::Either && &store == file_.get(); }
  // For people.
  std::string place() const;

 private:
  StorageMode mode_ = StorageMode::Either;
  std::unique_ptr<LoginStore> keyring_;
  std::unique_ptr<LoginStore> file_;
};

// Held from reading a sign-in to writing its successor, by every Trowel process of this user: a refresh token works
// once, and whoever sends it a second time may end the sign-in for all. The CLI knows no such lock; against it helps
// only to read again when a token turns out to be spent. Nothing where the lock cannot be made (a home folder that
// cannot be written to), or somebody has kept it for three minutes: going on alone is better than not at all.
core::Result<std::optional<os::FileLock>> lockLogins(const Outside& outside, const core::CancelToken& cancel);

}  // namespace trowel::auth
