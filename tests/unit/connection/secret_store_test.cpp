// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/secret_store.hpp"

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_keyring.hpp"

namespace trowel::connection {
namespace {

using core::CancelToken;
using core::ErrorCode;
using core::SecretString;

const core::Error kLocked{.code = ErrorCode::Unavailable, .message = "The keyring is locked."};
const core::Error kNoKeyring{.code = ErrorCode::Unsupported, .message = "There is no keyring."};
const core::Error kEditorGone{.code = ErrorCode::Unavailable, .message = "The editor does not answer."};

class MemoryEditor {
 public:
  EditorSecrets secrets() {
    return {
        .get = [this](const std::string& key, const CancelToken&) -> core::Result<std::optional<SecretString>> {
          if (failure) return std::unexpected(*failure);
          auto found = entries.find(key);
          if (found == entries.end()) return std::nullopt;
          return SecretString(found->second);
        },
        .set = [this](const std::string& key, const SecretString& secret, const CancelToken&) -> core::Result<void> {
          if (failure) return std::unexpected(*failure);
          entries[key] = secret.reveal();
          return {};
        },
        .remove = [this](const std::string& key, const CancelToken&) -> core::Result<void> {
          if (failure) return std::unexpected(*failure);
          entries.erase(key);
          return {};
        }};
  }

  std::map<std::string, std::string> entries;
  std::optional<core::Error> failure;
};

struct World {
  test::MemoryKeyring keyring;
  test::ManualClock clock;
  MemoryEditor editor;
  SecretStore store{keyring, clock, editor.secrets()};

  std::string get(const SecretName& name) {
    auto got = store.get(name, {});
    return !got ? "error: " + got.error().message : *got ? (*got)->reveal() : "none";
  }
  Kept set(const SecretName& name, const std::string& secret) {
    return store.set(name, SecretString(secret), {}).value();
  }
};

const SecretName kDev{"settings:DEV", "https://dev.example.com"};

TEST_CASE("a secret goes to the first rung that takes it, and the user hears which and why") {
  struct Row {
    std::optional<core::Error> keyring;
    std::optional<core::Error> editor;
    Rung rung;
    const char* said;
  };
  const std::vector<Row> rows{
      {{}, {}, Rung::Keyring, "It is kept in the keyring of this desktop."},
      {{}, kEditorGone, Rung::Keyring, "It is kept in the keyring of this desktop."},
      {kLocked, {}, Rung::Editor, "It is kept in the editor's secret storage. The keyring is locked."},
      {kNoKeyring, {}, Rung::Editor, "It is kept in the editor's secret storage. There is no keyring."},
      {kLocked, kEditorGone, Rung::Memory,
       "It is kept in memory only, and must be entered again after this window has closed. The keyring is locked. The "
       "editor does not answer."},
      {kNoKeyring, kEditorGone, Rung::Memory,
       "It is kept in memory only, and must be entered again after this window has closed. There is no keyring. The "
       "editor does not answer."},
  };
  for (const auto& row : rows) {
    World world;
    world.keyring.fail(row.keyring);
    world.editor.failure = row.editor;
    auto kept = world.set(kDev, "s3cret");
    CHECK(kept.rung == row.rung);
    CHECK(describe(kept) == row.said);
    // Where it is, it is found, also while the others fail.
    CHECK(world.get(kDev) == "s3cret");
    CHECK(world.keyring.names().size() == (row.rung == Rung::Keyring ? 1 : 0));
    CHECK(world.editor.entries.size() == (row.rung == Rung::Editor ? 1 : 0));
  }
}

TEST_CASE("without an editor a secret that the keyring does not take stays in memory") {
  test::MemoryKeyring keyring;
  test::ManualClock clock;
  SecretStore store(keyring, clock);
  keyring.fail(kLocked);
  auto kept = store.set(kDev, SecretString("s3cret"), {}).value();
  CHECK(describe(kept) ==
        "It is kept in memory only, and must be entered again after this window has closed. The keyring is locked. "
        "There is no editor to keep it.");
  CHECK(store.get(kDev, {}).value()->reveal() == "s3cret");
  REQUIRE(SecretStore(keyring, clock).get(kDev, {}).has_value() == false);
}

TEST_CASE("a secret that is nowhere is none, unless a rung that may have it could not be asked") {
  World world;
  CHECK(world.get(kDev) == "none");
  world.keyring.fail(kNoKeyring);
  CHECK(world.get(kDev) == "none");
  world.keyring.fail(kLocked);
  CHECK(world.get(kDev) == "error: The keyring is locked.");
  world.keyring.fail({});
  world.editor.failure = kEditorGone;
  CHECK(world.get(kDev) == "error: The editor does not answer.");
}

TEST_CASE("a secret is found only for the host and the connection that it was stored for") {
  World world;
  world.set(kDev, "of dev");
  CHECK(world.get({"settings:DEV", "https://dev.example.com/"}) == "of dev");
  CHECK(world.get({"settings:DEV", "HTTPS://DEV.example.com:443"}) == "of dev");
  CHECK(world.get({"settings:DEV", "https://test.example.com"}) == "none");
  CHECK(world.get({"settings:DEV", "https://dev.example.com:8443"}) == "none");
  CHECK(world.get({"settings:DEV", "http://dev.example.com"}) == "none");
  CHECK(world.get({"settings:TEST", "https://dev.example.com"}) == "none");
  CHECK_FALSE(world.store.set({"settings:DEV", "no host"}, SecretString("x"), {}));
  CHECK_FALSE(world.store.get({"settings:DEV", ""}, {}));
}

TEST_CASE("the newest of several copies counts, on whatever rung it is") {
  World world;
  world.set(kDev, "first");
  world.keyring.fail(kLocked);
  CHECK(world.set(kDev, "second").rung == Rung::Editor);
  CHECK(world.get(kDev) == "second");
  world.keyring.fail({});
  CHECK(world.get(kDev) == "second");

  world.keyring.fail(kLocked);
  world.editor.failure = kEditorGone;
  CHECK(world.set(kDev, "third").rung == Rung::Memory);
  world.keyring.fail({});
  world.editor.failure = {};
  CHECK(world.get(kDev) == "third");

  // Back in the keyring, nothing is left below.
  CHECK(world.set(kDev, "fourth").rung == Rung::Keyring);
  CHECK(world.editor.entries.empty());
  world.keyring.fail(kNoKeyring);
  CHECK(world.get(kDev) == "none");
}

TEST_CASE("an older copy that could not be removed does not come back") {
  World world;
  world.keyring.fail(kLocked);
  world.set(kDev, "older");
  world.keyring.fail({});
  world.editor.failure = kEditorGone;
  world.set(kDev, "newer");
  world.editor.failure = {};
  CHECK(world.get(kDev) == "newer");
}

TEST_CASE("removing removes from every rung, and says where it could not") {
  World world;
  world.set(kDev, "in the keyring");
  world.keyring.fail(kLocked);
  world.set(kDev, "in the editor");
  auto removed = world.store.remove(kDev, {});
  REQUIRE_FALSE(removed);
  CHECK(removed.error().message == "The token may still be stored. The keyring is locked.");
  CHECK(world.editor.entries.empty());
  world.keyring.fail({});
  CHECK(world.get(kDev) == "in the keyring");
  REQUIRE(world.store.remove(kDev, {}));
  CHECK(world.get(kDev) == "none");
  world.keyring.fail(kNoKeyring);
  CHECK(world.store.remove(kDev, {}));
}

TEST_CASE("a token that an older Trowel kept under the connection's name alone is moved when it is first asked for") {
  World world;
  world.editor.entries["trowel.connection.DEV"] = "dapi-old";
  CHECK(world.get({"profile:DEV", kDev.host}) == "none");
  CHECK(world.get(kDev) == "dapi-old");
  CHECK(world.editor.entries.empty());
  CHECK(world.keyring.names() ==
        std::vector<std::pair<std::string, std::string>>{{"trowel", "https://dev.example.com settings:DEV"}});
  CHECK(world.get({"settings:DEV", "https://other.example.com"}) == "none");
  CHECK(world.get(kDev) == "dapi-old");
}

TEST_CASE("an older token is moved within the editor where there is no keyring, and replaced by a new one") {
  World world;
  world.keyring.fail(kNoKeyring);
  world.editor.entries["trowel.connection.DEV"] = "dapi-old";
  CHECK(world.get(kDev) == "dapi-old");
  REQUIRE(world.editor.entries.size() == 1);
  CHECK(world.editor.entries.begin()->first == "trowel.secret.https://dev.example.com settings:DEV");

  world.editor.entries["trowel.connection.DEV"] = "dapi-old";
  world.set(kDev, "dapi-new");
  CHECK(world.get(kDev) == "dapi-new");
  CHECK(world.editor.entries.size() == 1);

  world.editor.entries["trowel.connection.DEV"] = "dapi-old";
  REQUIRE(world.store.remove(kDev, {}));
  CHECK(world.editor.entries.empty());
}

TEST_CASE("a damaged entry is no token") {
  World world;
  REQUIRE(world.keyring.set("trowel", "https://dev.example.com settings:DEV", SecretString("{\"x\":"), {}));
  CHECK(world.get(kDev) == "none");
}

TEST_CASE("a cancelled call keeps nothing") {
  World world;
  core::CancelSource source;
  source.cancel(core::CancelReason::Client);
  CHECK(world.store.set(kDev, SecretString("x"), source.token()).error().code == ErrorCode::Cancelled);
  CHECK(world.store.get(kDev, source.token()).error().code == ErrorCode::Cancelled);
  CHECK(world.editor.entries.empty());
  CHECK(world.get(kDev) == "none");
}

}  // namespace
}  // namespace trowel::connection
