// SPDX-License-Identifier: Apache-2.0
#include "auth/u2m/login_store.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "auth/u2m/login_storage.hpp"
#include "auth_fixture.hpp"

using namespace trowel;
using namespace trowel::auth;
using namespace std::chrono;
using core::ErrorCode;
using core::Json;

namespace {

constexpr const char* kFile = ".databricks/token-cache.json";
const auto kExpiry = sys_days(year(2026) / 1 / 2) + 3h;
const LoginKey kDev{.profile = "dev", .host = "https://w.example.com"};
const LoginKey kHost{.profile = "", .host = "https://w.example.com"};

Login login(const std::string& name) {
  return {.access = core::SecretString("access-" + name),
          .refresh = core::SecretString("refresh-" + name),
          .expiry = kExpiry};
}

Json entry(const std::string& name) {
  return {{"access_token", "access-" + name},
          {"refresh_token", "refresh-" + name},
          {"token_type", "Bearer"},
          {"expiry", "2026-01-02T03:00:00Z"}};
}

struct Fixture : test::AuthFixture {
  std::unique_ptr<LoginStore> file = fileLoginStore(home / kFile);
  Json read() { return Json::parse(home.read(kFile)); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a new sign-in is written as the CLI writes it, for the user alone") {
  REQUIRE(file->save(kDev, login("a"), {}, {}));
  auto own = entry("a");
  own["host"] = "https://w.example.com";
  CHECK(read() == Json{{"version", 1}, {"tokens", {{"dev", own}, {"https://w.example.com", entry("a")}}}});
  struct stat info{};
  REQUIRE(::stat((home / kFile).c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600);
  REQUIRE(::stat((home / ".databricks").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0700);
  auto loaded = file->load(kDev, {}).value();
  REQUIRE(loaded);
  CHECK(loaded->refresh.reveal() == "refresh-a");
  CHECK(loaded->expiry == kExpiry);
}

TEST_CASE_METHOD(Fixture, "what is not known in the file stays, and so do other sign-ins") {
  auto other = entry("other");
  other["later"] = Json{{"x", 1}};
  auto own = entry("a");
  own["scopes"] = "all";
  home.write(kFile, Json{{"version", 1}, {"more", 7}, {"tokens", {{"dev", own}, {"prod", other}}}}.dump());
  REQUIRE(file->save(kDev, login("b"), core::SecretString("refresh-a"), {}));
  auto changed = entry("b");
  changed["scopes"] = "all";
  CHECK(read() == Json{{"version", 1}, {"more", 7}, {"tokens", {{"dev", changed}, {"prod", other}}}});
}

TEST_CASE_METHOD(Fixture, "the successor of a refresh token goes wherever that one was kept, and nowhere else") {
  home.write(kFile,
             Json{{"version", 1},
                  {"tokens", {{"dev", entry("a")}, {"copy", entry("a")}, {"https://w.example.com", entry("somebody")}}}}
                 .dump());
  REQUIRE(file->save(kDev, login("b"), core::SecretString("refresh-a"), {}));
  CHECK(read()["tokens"] ==
        Json{{"dev", entry("b")}, {"copy", entry("b")}, {"https://w.example.com", entry("somebody")}});
}

TEST_CASE_METHOD(Fixture, "a profile finds what older programs kept under the host, unless it is another profile's") {
  home.write(kFile, Json{{"version", 1}, {"tokens", {{"https://w.example.com", entry("a")}}}}.dump());
  CHECK(file->load(kDev, {}).value()->access.reveal() == "access-a");
  home.write(kFile,
             Json{{"version", 1}, {"tokens", {{"https://w.example.com", entry("a")}, {"prod", entry("a")}}}}.dump());
  CHECK_FALSE(file->load(kDev, {}).value());
  CHECK(file->load(kHost, {}).value()->access.reveal() == "access-a");
}

TEST_CASE_METHOD(Fixture, "a file that cannot be understood is named and never written to") {
  auto [text, words] = GENERATE(table<std::string, std::string>({
      {"{", "it is no JSON"},
      {"[]", "it is no JSON"},
      {"", "it is no JSON"},
      {R"({"version":2,"tokens":{}})", "it has version 2, and only 1 is known"},
      {R"({"version":1,"tokens":[]})", "it holds no tokens"},
  }));
  home.write(kFile, text);
  auto loaded = file->load(kDev, {});
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().message == "The sign-ins in " + home / kFile + " cannot be read: " + words +
                                      ". Trowel does not touch the file. Mend it, or move it away and sign in again.");
  CHECK_FALSE(file->save(kDev, login("a"), {}, {}));
  CHECK_FALSE(file->remove(kDev, {}));
  CHECK(home.read(kFile) == text);
}

TEST_CASE_METHOD(Fixture, "signing out removes the copy under the host too, unless another profile uses it") {
  REQUIRE(file->save(kDev, login("a"), {}, {}));
  REQUIRE(file->remove(kDev, {}));
  CHECK(read()["tokens"] == Json::object());
  home.write(kFile, Json{{"version", 1},
                         {"tokens", {{"dev", entry("a")}, {"copy", entry("a")}, {"https://w.example.com", entry("a")}}}}
                        .dump());
  REQUIRE(file->remove(kDev, {}));
  CHECK(read()["tokens"] == Json{{"copy", entry("a")}, {"https://w.example.com", entry("a")}});
}

TEST_CASE_METHOD(Fixture, "the keyring's entries are the CLI's") {
  auto ring = keyringLoginStore(keyring);
  CHECK_FALSE(ring->load(kDev, {}).value());
  REQUIRE(ring->save(kDev, login("a"), {}, {}));
  REQUIRE(keyring.entries.size() == 1);
  CHECK(keyring.entries.begin()->first == test::MemoryKeyring::Key("databricks-cli", "dev"));
  CHECK(Json::parse(keyring.entries.begin()->second) == Json{{"token", entry("a")}, {"host", "https://w.example.com"}});
  CHECK(ring->load(kDev, {}).value()->access.reveal() == "access-a");
  keyring.entries.begin()->second = "garbage";
  CHECK(ring->load(kDev, {}).error().message ==
        "The keyring's entry 'dev' of the service databricks-cli cannot be read. Remove it and sign in again.");
}

TEST_CASE_METHOD(Fixture, "a sign-in kept under the host alone is signed out of, and stays where it is another's") {
  home.write(kFile, Json{{"version", 1}, {"tokens", {{"https://w.example.com", entry("a")}}}}.dump());
  auto storage = LoginStorage::open(config, outside).value();
  keyring.trouble = test::noKeyring();
  CHECK(storage.remove(kDev, {}).value());
  CHECK(read()["tokens"] == Json::object());
  CHECK_FALSE(storage.remove(kDev, {}).value());
  const Json shared{{"version", 1}, {"tokens", {{"https://w.example.com", entry("a")}, {"prod", entry("a")}}}};
  home.write(kFile, shared.dump());
  CHECK_FALSE(storage.remove(kDev, {}).value());
  CHECK(read() == shared);
}

TEST_CASE_METHOD(Fixture, "a profile that was given another host does not bring its sign-in there") {
  const LoginKey moved{.profile = "dev", .host = "https://other.example.com"};
  const LoginKey account{.profile = "dev", .host = "https://w.example.com/oidc/accounts/1"};
  auto ring = keyringLoginStore(keyring);
  for (auto* store : {file.get(), ring.get()}) {
    REQUIRE(store->save(kDev, login("a"), {}, {}));
    CHECK_FALSE(store->load(moved, {}).value());
    CHECK(store->load(account, {}).value());
    REQUIRE(store->save(moved, login("b"), {}, {}));
    CHECK(store->load(moved, {}).value()->access.reveal() == "access-b");
    CHECK_FALSE(store->load({.profile = "dev", .host = "https://third.example.com"}, {}).value());
  }
  // As the CLI writes it, which keeps a copy under the host.
  home.write(kFile,
             Json{{"version", 1}, {"tokens", {{"dev", entry("a")}, {"https://w.example.com", entry("a")}}}}.dump());
  CHECK_FALSE(file->load(moved, {}).value());
  CHECK(file->load(kDev, {}).value());
  home.write(kFile, Json{{"version", 1}, {"tokens", {{"dev", entry("a")}}}}.dump());
  CHECK(file->load(moved, {}).value());
}

TEST_CASE_METHOD(Fixture, "the successor of a sign-in that is gone or replaced is written over nothing") {
  auto ring = keyringLoginStore(keyring);
  for (auto* store : {file.get(), ring.get()}) {
    REQUIRE(store->save(kDev, login("new"), {}, {}));
    REQUIRE(store->save(kDev, login("b"), core::SecretString("refresh-a"), {}));
    CHECK(store->load(kDev, {}).value()->refresh.reveal() == "refresh-new");
    REQUIRE(store->remove(kDev, {}));
    REQUIRE(store->save(kDev, login("b"), core::SecretString("refresh-a"), {}));
    CHECK_FALSE(store->load(kDev, {}).value());
  }
}

TEST_CASE_METHOD(Fixture, "a symbolic link to the file stays one") {
  home.write("elsewhere.json", R"({"version":1,"tokens":{}})");
  home.write(".databricks/other", "");
  REQUIRE(::symlink((home / "elsewhere.json").c_str(), (home / kFile).c_str()) == 0);
  REQUIRE(file->save(kDev, login("a"), {}, {}));
  CHECK(Json::parse(home.read("elsewhere.json"))["tokens"].contains("dev"));
}

TEST_CASE("the place of sign-ins is the variable's, else the setting's, else whichever works") {
  CHECK(storageModeOf("", "").value() == StorageMode::Either);
  CHECK(storageModeOf("plaintext", "secure").value() == StorageMode::Plaintext);
  CHECK(storageModeOf("", "Secure").value() == StorageMode::Secure);
  CHECK(storageModeOf("", "cloud").error().message ==
        "'cloud' of auth_storage in [__settings__] is no place to keep sign-ins in. Write secure (the keyring) or "
        "plaintext (a file).");
}

TEST_CASE_METHOD(Fixture, "without a choice, a machine without a keyring keeps sign-ins in the file") {
  keyring.trouble = test::noKeyring();
  auto storage = LoginStorage::open(config, outside).value();
  CHECK_FALSE(storage.find(kDev, {}).value());
  const auto* store = storage.saveNew(kDev, login("a"), {}).value();
  CHECK(storage.fellBack(*store));
  CHECK(store->place() == home / kFile);
  CHECK(storage.find(kDev, {}).value()->login.access.reveal() == "access-a");
  CHECK(storage.remove(kDev, {}).value());
  CHECK_FALSE(storage.remove(kDev, {}).value());
}

TEST_CASE_METHOD(Fixture, "who chose the keyring gets it, or its error") {
  home.write(".databrickscfg", "[__settings__]\nauth_storage = secure\n");
  auto storage = LoginStorage::open(config, outside).value();
  keyring.trouble = test::noKeyring();
  CHECK(storage.saveNew(kDev, login("a"), {}).error().message == "This machine has no keyring.");
  CHECK_FALSE(storage.find(kDev, {}));
  keyring.trouble.reset();
  CHECK(storage.saveNew(kDev, login("a"), {}).value()->place() == "the desktop's keyring");
  CHECK(storage.find(kDev, {}).value()->login.access.reveal() == "access-a");
}

TEST_CASE_METHOD(Fixture, "a locked keyring is told only where the file has nothing either") {
  keyring.trouble = core::fail(ErrorCode::Unavailable, "The keyring is locked.").error();
  auto storage = LoginStorage::open(config, outside).value();
  CHECK(storage.find(kDev, {}).error().message == "The keyring is locked.");
  REQUIRE(file->save(kDev, login("a"), {}, {}));
  CHECK(storage.find(kDev, {}).value()->login.access.reveal() == "access-a");
}
