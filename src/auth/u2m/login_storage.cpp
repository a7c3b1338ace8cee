// SPDX-License-Identifier: Apache-2.0
#include "auth/u2m/login_storage.hpp"

#include <fmt/format.h>

#include "trowel/auth/config_file_store.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::auth {

namespace {

std::string folderOf(const Outside& outside) { return outside.home + "/.databricks"; }

// Whoever holds the lock asks the service for two minutes at most. Beyond that it does not run: it is stopped in a
// debugger or by its shell.
core::Result<os::FileLock> waitForLock(const std::string& path, core::Clock& clock, const core::CancelToken& cancel) {
  constexpr core::Duration kLongest = std::chrono::minutes(3);
  constexpr core::Duration kStep = std::chrono::milliseconds(50);
  for (const auto begun = clock.now();;) {
    auto lock = os::FileLock::tryAcquire(path, os::LockMode::Exclusive, "trowel");
    const bool isTaken = !lock && lock.error().code == core::ErrorCode::Conflict;
    if (!isTaken || clock.now() - begun >= kLongest || !cancel.waitFor(clock, kStep)) return lock;
  }
}

bool isUnusable(const core::Error& error) {
  return error.code == core::ErrorCode::Unsupported || error.code == core::ErrorCode::Unavailable;
}

}  // namespace

core::Result<StorageMode> storageModeOf(const std::string& variable, const std::string& setting) {
  const auto word = core::toLower(core::trim(variable.empty() ? setting : variable));
  if (word.empty()) return StorageMode::Either;
  if (word == "secure") return StorageMode::Secure;
  if (word == "plaintext") return StorageMode::Plaintext;
  return core::fail(
      core::ErrorCode::InvalidParams,
      fmt::format("'{}' of {} is no place to keep sign-ins in. Write secure (the keyring) or plaintext (a "
                  "file).",
                  core::toValidUtf8(word),
                  variable.empty() ? "auth_storage in [__settings__]" : "DATABRICKS_AUTH_STORAGE"));
}

LoginKey loginKeyOf(const Config& config, const std::string& host, const std::string& account) {
  return {.profile = config.get(Attribute::Profile),
          .host = account.empty() ? host : host + "/oidc/accounts/" + account};
}

core::Result<LoginStorage> LoginStorage::open(const Config& config, const Outside& outside) {
  std::string variable;
  std::string setting;
  if (outside.environment) variable = outside.environment("DATABRICKS_AUTH_STORAGE").value_or("");
  if (variable.empty()) {
    auto path = config.get(Attribute::ConfigFile);
    if (path.empty()) path = configFilePath(outside.environment, outside.home);
    // A file that cannot be read is reported by whoever needs it; it chooses nothing here.
    if (auto file = readConfigFile(path, outside.home)) setting = file->setting("auth_storage");
  }
  LoginStorage storage;
  storage.mode_ = TROWEL_TRY(storageModeOf(variable, setting));
  if (storage.mode_ != StorageMode::Plaintext) storage.keyring_ = keyringLoginStore(outside.keyring);
  if (storage.mode_ != StorageMode::Secure) storage.file_ = fileLoginStore(folderOf(outside) + "/token-cache.json");
  return storage;
}

core::Result<std::optional<LoginStorage::Found>> LoginStorage::find(const LoginKey& key,
                                                                    const core::CancelToken& cancel) const {
  std::optional<core::Error> trouble;
  if (keyring_) {
    auto login = keyring_->load(key, cancel);
    if (login && *login) return Found{.login = **std::move(login), .store = keyring_.get()};
    if (!login && (!file_ || !isUnusable(login.error()))) return std::unexpected(std::move(login.error()));
    if (!login && login.error().code != core::ErrorCode::Unsupported) trouble = std::move(login.error());
  }
  if (file_) {
    auto login = TROWEL_TRY(file_->load(key, cancel));
    if (login) return Found{.login = *std::move(login), .store = file_.get()};
  }
  if (trouble) return std::unexpected(*std::move(trouble));
  return std::nullopt;
}

core::Result<void> LoginStorage::checkRoom(const LoginKey& key, const core::CancelToken& cancel) const {
  if (keyring_) {
    auto login = keyring_->load(key, cancel);
    // What cannot be read is about to be replaced.
    if (login || login.error().code == core::ErrorCode::DataLoss) return {};
    if (!file_ || !isUnusable(login.error())) return std::unexpected(std::move(login.error()));
  }
  return file_->checkRoom();
}

core::Result<const LoginStore*> LoginStorage::saveNew(const LoginKey& key, const Login& login,
                                                      const core::CancelToken& cancel) const {
  if (keyring_) {
    auto saved = keyring_->save(key, login, {}, cancel);
    if (saved) {
      // An older sign-in in the file would be found by nobody but older programs, and its tokens lie open.
      if (file_) static_cast<void>(file_->remove(key, cancel));
      return keyring_.get();
    }
    if (!file_ || !isUnusable(saved.error())) return std::unexpected(std::move(saved.error()));
    core::logInfo("auth", "Sign-ins are kept in a file. " + saved.error().message);
  }
  TROWEL_TRY(file_->save(key, login, {}, cancel));
  return file_.get();
}

core::Result<bool> LoginStorage::remove(const LoginKey& key, const core::CancelToken& cancel) const {
  bool removed = false;
  for (auto* store : {keyring_.get(), file_.get()}) {
    if (store == nullptr) continue;
    auto login = store->load(key, cancel);
    if (!login && store == keyring_.get() && file_ && isUnusable(login.error())) continue;
    if (!login) return std::unexpected(std::move(login.error()));
    if (!*login) continue;
    TROWEL_TRY(store->remove(key, cancel));
    removed = true;
  }
  return removed;
}

std::string LoginStorage::place() const {
  if (keyring_ && file_) return keyring_->place() + ", or " + file_->place();
  return keyring_ ? keyring_->place() : file_->place();
}

core::Result<std::optional<os::FileLock>> lockLogins(const Outside& outside, const core::CancelToken& cancel) {
  auto made = os::makePrivateDirs(folderOf(outside));
  auto lock = made ? waitForLock(folderOf(outside) + "/token-cache.lock", outside.clock, cancel)
                   : std::unexpected(std::move(made.error()));
  if (lock) return *std::move(lock);
  if (cancel.cancelled()) return std::unexpected(cancel.error("Signing in"));
  core::logWarn("auth", "Sign-ins cannot be locked against other programs. " + lock.error().message);
  return std::nullopt;
}

}  // namespace trowel::auth
