// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/secret_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/json.hpp"
#include "trowel/core/log.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::connection {

namespace {

using core::CancelToken;
using core::ErrorCode;
using core::Json;
using core::Result;
using core::SecretString;

constexpr const char* kService = "trowel";
constexpr const char* kEditorPrefix = "trowel.secret.";
constexpr std::string_view kSettings = "settings:";
constexpr const char* kOlderPrefix = "trowel.connection.";

// The host first: it has no spaces, so that no two names become one.
Result<std::string> accountOf(const SecretName& name) {
  auto origin = TROWEL_TRY(http::parseOrigin(name.host));
  return origin.text() + " " + name.connection;
}

// The key of a Trowel that named entries by the connection alone; empty where it kept none of such connections.
std::string olderKey(const SecretName& name) {
  if (!name.connection.starts_with(kSettings)) return {};
  return kOlderPrefix + name.connection.substr(kSettings.size());
}

bool isThere(const core::Error& error) { return error.code != ErrorCode::Unsupported; }

void append(std::string& sentences, const std::string& sentence) {
  if (!sentences.empty() && !sentence.empty()) sentences += ' ';
  sentences += sentence;
}

}  // namespace

// What is written on a rung.
struct SecretStore::Entry {
  SecretString secret;
  std::int64_t stored = 0;  // milliseconds since 1970

  SecretString text() const {
    auto json = Json{{"secret", secret.reveal()}, {"stored", stored}};
    SecretString text(core::dumpJson(json));
    core::wipe(json["secret"].get_ref<std::string&>());
    return text;
  }
  static std::optional<Entry> parse(const SecretString& text) {
    auto json = core::parseJson(text.reveal()).value_or(Json());
    auto secret = core::stringAt(json, "secret");
    if (secret.empty()) return std::nullopt;
    core::wipe(json["secret"].get_ref<std::string&>());
    return Entry{SecretString(std::move(secret)), core::intAt(json, "stored")};
  }
};

std::string describe(const Kept& kept) {
  switch (kept.rung) {
    case Rung::Keyring:
      return "It is kept in the keyring of this desktop.";
    case Rung::Editor:
      return fmt::format("It is kept in the editor's secret storage. {}", kept.why);
    case Rung::Memory:
      break;
  }
  return fmt::format("It is kept in memory only, and must be entered again after this window has closed. {}", kept.why);
}

SecretStore::SecretStore(os::Keyring& keyring, core::Clock& clock, EditorSecrets editor)
    : keyring_(keyring), clock_(clock), editor_(std::move(editor)) {}

Result<std::optional<SecretString>> SecretStore::editorGet(const std::string& key, const CancelToken& cancel) {
  return editor_.get ? editor_.get(key, cancel) : std::nullopt;
}

Result<void> SecretStore::editorRemove(const std::string& key, const CancelToken& cancel) {
  return editor_.remove ? editor_.remove(key, cancel) : Result<void>();
}

Result<std::optional<SecretString>> SecretStore::get(const SecretName& name, const CancelToken& cancel) {
  const auto account = TROWEL_TRY(accountOf(name));
  std::optional<Entry> newest;
  std::optional<core::Error> unknown;
  const auto look = [&](const Result<std::optional<SecretString>>& got) {
    if (!got) {
      if (isThere(got.error()) && !unknown) unknown = got.error();
      return;
    }
    if (!*got) return;
    auto entry = Entry::parse(**got);
    if (!entry) return core::logWarn("connection", "an entry of the secret store is damaged: " + account);
    if (!newest || entry->stored > newest->stored) newest = std::move(entry);
  };
  look(keyring_.get(kService, account, cancel));
  look(editorGet(kEditorPrefix + account, cancel));
  {
    std::lock_guard lock(mutex_);
    if (auto found = memory_.find(account); found != memory_.end()) look(std::optional(found->second));
  }
  if (cancel.cancelled()) return std::unexpected(cancel.error("Looking for a token"));
  if (newest) return newest->secret;
  if (auto older = TROWEL_TRY(moveFromOlder(name, cancel))) return older;
  if (unknown) return std::unexpected(*unknown);
  return std::nullopt;
}

Result<std::optional<SecretString>> SecretStore::moveFromOlder(const SecretName& name, const CancelToken& cancel) {
  const auto key = olderKey(name);
  if (key.empty()) return std::nullopt;
  // Where the editor cannot be asked, get() has noticed that before.
  auto found = editorGet(key, cancel);
  if (!found || !*found || (*found)->empty()) return std::nullopt;
  const auto kept = TROWEL_TRY(set(name, **found, cancel));
  core::logInfo("connection", "moved the token of " + name.connection + ". " + describe(kept));
  return *found;
}

Result<Kept> SecretStore::keep(const std::string& account, const Entry& entry, const CancelToken& cancel) {
  const auto text = entry.text();
  Kept kept{.rung = Rung::Keyring};
  auto done = keyring_.set(kService, account, text, cancel);
  if (!done && !cancel.cancelled()) {
    kept.rung = Rung::Editor;
    append(kept.why, done.error().message);
    done = editor_.set ? editor_.set(kEditorPrefix + account, text, cancel)
                       : core::fail(ErrorCode::Unsupported, "There is no editor to keep it.");
  }
  if (cancel.cancelled()) return std::unexpected(cancel.error("Storing a token"));
  if (!done) append(kept.why, done.error().message);
  std::lock_guard lock(mutex_);
  if (done) {
    memory_.erase(account);
  } else {
    kept.rung = Rung::Memory;
    memory_.insert_or_assign(account, text);
  }
  return kept;
}

// Grows with every call, also where the clock does not.
std::int64_t SecretStore::nextStamp() {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wallNow().time_since_epoch()).count();
  std::lock_guard lock(mutex_);
  return lastStamp_ = std::max<std::int64_t>(now, lastStamp_ + 1);
}

Result<Kept> SecretStore::set(const SecretName& name, const SecretString& secret, const CancelToken& cancel) {
  const auto account = TROWEL_TRY(accountOf(name));
  auto kept = TROWEL_TRY(keep(account, {secret, nextStamp()}, cancel));
  // What cannot be removed now is older than what was just stored, and never counts again.
  const auto tidy = [&](const std::string& key) {
    if (auto removed = editorRemove(key, cancel); !removed)
      core::logWarn("connection", "an older token remains in the editor: " + core::describe(removed.error()));
  };
  if (kept.rung == Rung::Keyring) tidy(kEditorPrefix + account);
  if (const auto older = olderKey(name); kept.rung != Rung::Memory && !older.empty()) tidy(older);
  return kept;
}

Result<void> SecretStore::remove(const SecretName& name, const CancelToken& cancel) {
  const auto account = TROWEL_TRY(accountOf(name));
  {
    std::lock_guard lock(mutex_);
    memory_.erase(account);
  }
  std::optional<core::Error> problem;
  const auto note = [&](const Result<void>& removed) {
    if (!removed && isThere(removed.error()) && !problem) problem = removed.error();
  };
  note(keyring_.remove(kService, account, cancel));
  note(editorRemove(kEditorPrefix + account, cancel));
  if (const auto older = olderKey(name); !older.empty()) note(editorRemove(older, cancel));
  if (problem) return core::failBecause(*problem, "The token may still be stored. " + problem->message);
  return {};
}

}  // namespace trowel::connection
