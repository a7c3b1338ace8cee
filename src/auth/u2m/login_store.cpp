// SPDX-License-Identifier: Apache-2.0
#include "auth/u2m/login_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "auth/timestamps.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"

namespace trowel::auth {

namespace {

constexpr std::size_t kMaxFile = 8UL * 1024 * 1024;
constexpr const char* kService = "databricks-cli";
constexpr const char* kHost = "host";  // a field of ours

std::string folderOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

std::string_view originOf(std::string_view host) { return host.substr(0, host.find("/oidc/")); }

// A profile may be given another host, which must not get what its user signed in to the old one with.
bool isOfThisHost(const LoginKey& key, const core::Json& entry) {
  const auto host = core::stringAt(entry, kHost);
  return host.empty() || host == originOf(key.host);
}

void writeHost(const LoginKey& key, core::Json& entry) {
  if (!key.profile.empty()) entry[kHost] = std::string(originOf(key.host));
}

class FileLoginStore final : public LoginStore {
 public:
  explicit FileLoginStore(std::string path) : path_(std::move(path)) {}

  core::Result<std::optional<Login>> load(const LoginKey& key, const core::CancelToken& /*cancel*/) override {
    auto document = TROWEL_TRY(read());
    const auto& tokens = core::objectAt(document, "tokens");
    const auto name = nameOf(key, tokens);
    if (name.empty()) return std::nullopt;
    return TROWEL_TRY(readLogin(tokens[name]));
  }

  core::Result<void> checkRoom() override {
    // More than one sign-in takes.
    constexpr std::size_t kSpare = 64UL * 1024;
    const auto size = core::dumpJsonPretty(TROWEL_TRY(read())).size();
    TROWEL_TRY(os::makePrivateDirs(folderOf(path_)));
    const auto folder = folderOf(os::realPath(path_).value_or(path_));
    const auto probe = TROWEL_TRY(os::writeTempFile(folder, "token-cache.json.room-", std::string(size + kSpare, ' ')));
    return os::removeFile(probe);
  }

  core::Result<void> save(const LoginKey& key, const Login& login, const core::SecretString& spent,
                          const core::CancelToken& /*cancel*/) override {
    auto document = TROWEL_TRY(read());
    auto& tokens = document["tokens"];
    if (!tokens.is_object()) tokens = core::Json::object();
    bool isKept = spent.empty();
    for (auto& [name, entry] : tokens.items()) {
      if (!sharesRefresh(entry, spent)) continue;
      writeLogin(login, entry);
      isKept = true;
    }
    if (!isKept) return {};
    if (spent.empty()) {
      writeLogin(login, tokens[key.host]);  // where older programs look
      writeLogin(login, tokens[key.primary()]);
      writeHost(key, tokens[key.primary()]);
    }
    return write(document);
  }

  core::Result<void> remove(const LoginKey& key, const core::CancelToken& /*cancel*/) override {
    auto document = TROWEL_TRY(read());
    auto& tokens = document["tokens"];
    if (!tokens.is_object()) return {};
    const auto name = nameOf(key, tokens);
    if (name.empty()) return {};
    const core::SecretString refresh(core::stringAt(tokens[name], "refresh_token"));
    tokens.erase(name);
    // Its copy under the host goes too, unless another profile still uses it.
    auto shared = tokens.find(key.host);
    if (shared != tokens.end() && sharesRefresh(*shared, refresh)) {
      const auto users = std::count_if(tokens.begin(), tokens.end(),
                                       [&](const core::Json& entry) { return sharesRefresh(entry, refresh); });
      if (users == 1) tokens.erase(shared);
    }
    return write(document);
  }

  std::string place() const override { return path_; }

 private:
  static bool sharesRefresh(const core::Json& entry, const core::SecretString& refresh) {
    return !refresh.empty() && core::stringAt(entry, "refresh_token") == refresh.reveal();
  }

  // The entry that is the key's; empty where none is.
  static std::string nameOf(const LoginKey& key, const core::Json& tokens) {
    if (tokens.contains(key.primary()) && isOfHost(key, tokens)) return key.primary();
    // Older programs keep it under the host alone. Where it is a copy of another profile's, it is somebody else's.
    auto shared = tokens.find(key.host);
    if (shared == tokens.end()) return {};
    const core::SecretString refresh(core::stringAt(*shared, "refresh_token"));
    for (const auto& [name, entry] : tokens.items())
      if (name != key.host && sharesRefresh(entry, refresh)) return {};
    return key.host;
  }

  // The CLI does not write whose a profile's entry is, but keeps a copy of it under its host.
  static bool isOfHost(const LoginKey& key, const core::Json& tokens) {
    const auto& own = tokens[key.primary()];
    if (!isOfThisHost(key, own)) return false;
    const core::SecretString refresh(core::stringAt(own, "refresh_token"));
    bool hasCopies = false;
    for (const auto& [name, entry] : tokens.items()) {
      if (name.find("://") == std::string::npos || !sharesRefresh(entry, refresh)) continue;
      if (originOf(name) == originOf(key.host)) return true;
      hasCopies = true;
    }
    return !hasCopies;
  }

  std::unexpected<core::Error> unreadable(std::string_view why) const {
    return core::fail(core::ErrorCode::DataLoss,
                      fmt::format("The sign-ins in {} cannot be read: {}. Trowel does not touch the file. Mend it, or "
                                  "move it away and sign in again.",
                                  path_, why));
  }

  core::Result<core::Json> read() const {
    auto text = os::readFile(path_, kMaxFile);
    if (!text && text.error().code == core::ErrorCode::NotFound)
      return core::Json{{"version", 1}, {"tokens", core::Json::object()}};
    if (!text) return std::unexpected(std::move(text.error()));
    auto document = core::parseJson(*text);
    core::wipe(*text);
    if (!document || !document->is_object()) return unreadable("it is no JSON");
    if (auto version = core::intAt(*document, "version"); version != 1)
      return unreadable(fmt::format("it has version {}, and only 1 is known", version));
    if (document->contains("tokens") && !(*document)["tokens"].is_object()) return unreadable("it holds no tokens");
    return *std::move(document);
  }

  core::Result<void> write(const core::Json& document) const {
    TROWEL_TRY(os::makePrivateDirs(folderOf(path_)));
    auto text = core::dumpJsonPretty(document) + "\n";
    // Behind a symbolic link, which stays one: others use the file by its own name.
    auto written = os::replaceFile(os::realPath(path_).value_or(path_), text, 0600);
    core::wipe(text);
    return written;
  }

  const std::string path_;
};

class KeyringLoginStore final : public LoginStore {
 public:
  explicit KeyringLoginStore(os::Keyring& keyring) : keyring_(keyring) {}

  core::Result<std::optional<Login>> load(const LoginKey& key, const core::CancelToken& cancel) override {
    auto secret = TROWEL_TRY(keyring_.get(kService, key.primary(), cancel));
    if (!secret) return std::nullopt;
    auto entry = core::parseJson(secret->reveal());
    if (!entry || !entry->is_object() || !core::objectAt(*entry, "token").contains("access_token"))
      return core::fail(core::ErrorCode::DataLoss,
                        fmt::format("The keyring's entry '{}' of the service {} cannot be read. Remove it and sign in "
                                    "again.",
                                    key.primary(), kService));
    if (!isOfThisHost(key, *entry)) return std::nullopt;
    return TROWEL_TRY(readLogin(core::objectAt(*entry, "token")));
  }

  // A keyring cannot tell; its service is there, or nothing would have been found in it.
  core::Result<void> checkRoom() override { return {}; }

  core::Result<void> save(const LoginKey& key, const Login& login, const core::SecretString& spent,
                          const core::CancelToken& cancel) override {
    core::Json entry = core::Json::object();
    auto old = keyring_.get(kService, key.primary(), cancel);
    if (old && *old)
      if (auto parsed = core::parseJson((*old)->reveal()); parsed && parsed->is_object()) entry = *std::move(parsed);
    if (!spent.empty()) {
      if (!old) return std::unexpected(std::move(old.error()));
      if (core::stringAt(core::objectAt(entry, "token"), "refresh_token") != spent.reveal()) return {};
    }
    writeLogin(login, entry["token"]);
    if (spent.empty()) writeHost(key, entry);
    return keyring_.set(kService, key.primary(), core::SecretString(core::dumpJson(entry)), cancel);
  }

  core::Result<void> remove(const LoginKey& key, const core::CancelToken& cancel) override {
    return keyring_.remove(kService, key.primary(), cancel);
  }

  std::string place() const override { return "the desktop's keyring"; }

 private:
  os::Keyring& keyring_;
};

}  // namespace

core::Result<Login> readLogin(const core::Json& entry) {
  Login login{.access = core::SecretString(core::stringAt(entry, "access_token")),
              .refresh = core::SecretString(core::stringAt(entry, "refresh_token")),
              .type = core::stringAt(entry, "token_type", "Bearer")};
  // A time that cannot be read counts as over: then it is refreshed, which heals it.
  login.expiry = parseRfc3339(core::stringAt(entry, "expiry")).value_or(core::WallTime());
  if (login.access.empty() && login.refresh.empty())
    return core::fail(core::ErrorCode::DataLoss, "A stored sign-in holds no token. Sign in again.");
  return login;
}

void writeLogin(const Login& login, core::Json& entry) {
  if (!entry.is_object()) entry = core::Json::object();
  entry["access_token"] = login.access.reveal();
  entry["token_type"] = login.type;
  entry["expiry"] = toRfc3339(login.expiry);
  if (login.refresh.empty())
    entry.erase("refresh_token");
  else
    entry["refresh_token"] = login.refresh.reveal();
}

std::unique_ptr<LoginStore> fileLoginStore(std::string path) {
  return std::make_unique<FileLoginStore>(std::move(path));
}

std::unique_ptr<LoginStore> keyringLoginStore(os::Keyring& keyring) {
  return std::make_unique<KeyringLoginStore>(keyring);
}

}  // namespace trowel::auth
