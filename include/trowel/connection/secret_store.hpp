// SPDX-License-Identifier: Apache-2.0
// Where tokens of connections are kept: the desktop's keyring, else the editor's secret storage, else memory; never a
// plain file.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/secret.hpp"
#include "trowel/os/keyring.hpp"

namespace trowel::connection {

// The editor's secret storage. Each ends within a few seconds. Empty ones: there is no editor.
struct EditorSecrets {
  std::function<core::Result<std::optional<core::SecretString>>(const std::string& key, const core::CancelToken&)> get =
      {};
  std::function<core::Result<void>(const std::string& key, const core::SecretString&, const core::CancelToken&)> set =
      {};
  std::function<core::Result<void>(const std::string& key, const core::CancelToken&)> remove = {};
};

enum class Rung : std::uint8_t { Keyring, Editor, Memory };

struct Kept {
  Rung rung = Rung::Memory;
  std::string why = {};  // sentences: what stood against the rungs above
};

// For the user: where it is kept, and why not better.
std::string describe(const Kept& kept);

// A secret belongs to a connection *and* its host: under another host it is not found, so that no token goes to a host
// that it was not stored for.
struct SecretName {
  std::string connection;  // its id: "settings:DEV"
  std::string host;        // as http::parseOrigin takes it
};

// Any thread. A secret may have come to lie on several rungs (a keyring was locked when a new token came, or a shell
// without an editor stored it), so each says when it was stored, and the newest counts.
class SecretStore {
 public:
  // Both outlive it.
  SecretStore(os::Keyring& keyring, core::Clock& clock, EditorSecrets editor = {});

  // Nothing where none of the rungs has it; where one of them could not be asked, its error instead. A token of
  // settings:NAME that an older Trowel kept in the editor is found once more, and moved.
  core::Result<std::optional<core::SecretString>> get(const SecretName& name, const core::CancelToken& cancel);

  // To the first rung that takes it; older ones on the rungs below are removed. Memory always does: only a name without
  // a valid host and a cancelled token are errors.
  core::Result<Kept> set(const SecretName& name, const core::SecretString& secret, const core::CancelToken& cancel);

  // From all rungs. Where one could not be asked, its error, after the others.
  core::Result<void> remove(const SecretName& name, const core::CancelToken& cancel);

 private:
  struct Entry;
  core::Result<std::optional<core::SecretString>> editorGet(const std::string& key, const core::CancelToken& cancel);
  core::Result<void> editorRemove(const std::string& key, const core::CancelToken& cancel);
  core::Result<std::optional<core::SecretString>> moveFromOlder(const SecretName& name,
                                                                const core::CancelToken& cancel);
  std::int64_t nextStamp();
  core::Result<Kept> keep(const std::string& account, const Entry& entry, const core::CancelToken& cancel);

  os::Keyring& keyring_;
  core::Clock& clock_;
  const EditorSecrets editor_;
  std::mutex mutex_;  // guards everything below
  std::map<std::string, core::SecretString> memory_;
  std::int64_t lastStamp_ = 0;
};

}  // namespace trowel::connection
