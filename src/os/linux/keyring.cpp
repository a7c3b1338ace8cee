// SPDX-License-Identifier: Apache-2.0
// The Secret Service (specifications.freedesktop.org/secret-service) by way of libsecret. Each call first finds the
// collection that the Databricks CLI uses, "login", else the default one, and unlocks it, which may ask the user and
// take any time. Only then does it read or write, so that one that was left behind at the question does not write what
// nobody waits for any more.
#include "trowel/os/keyring.hpp"

#include <fmt/format.h>

#include <array>

#include "os/bounded_keyring.hpp"
#include "os/linux/libsecret.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/places.hpp"

namespace trowel::os {

namespace {

using core::ErrorCode;
using core::Result;

constexpr int kSessionBus = 2;   // G_BUS_TYPE_SESSION
constexpr int kOpenSession = 2;  // SECRET_SERVICE_OPEN_SESSION
// GDBusError: nobody has the name, and nobody can be started for it.
constexpr int kServiceUnknown = 2;
constexpr int kNameHasNoOwner = 3;

template <typename T>
using Owned = std::unique_ptr<T, std::function<void(T*)>>;

bool hasSessionBus() {
  if (auto address = environment("DBUS_SESSION_BUS_ADDRESS")) {
    // It may outlive its session, as in a terminal multiplexer; the socket that it names is gone then.
    constexpr std::string_view kSocket = "unix:path=";
    if (!address->starts_with(kSocket) || address->find(';') != std::string::npos) return true;
    auto path = core::percentDecode(address->substr(kSocket.size(), address->find(',') - kSocket.size()));
    return path && pathExists(*path);
  }
  auto folder = environment("XDG_RUNTIME_DIR");
  return folder && pathExists(*folder + "/bus");
}

// Blocks for as long as the desktop does. One thread at a time.
class DesktopKeyring final : public Keyring {
 public:
  Result<std::optional<core::SecretString>> get(const std::string& service, const std::string& account,
                                                const core::CancelToken& cancel) override {
    auto open = TROWEL_TRY(this->open(cancel));
    auto attributes = attributesOf(service, account);
    GError* error = nullptr;
    Owned<SecretValue> value(
        library_->secret_service_lookup_sync(open.get(), nullptr, attributes.get(), nullptr, &error),
        library_->secret_value_unref);
    if (error != nullptr) return failed(error);
    if (!value) return std::nullopt;
    std::size_t size = 0;
    const char* bytes = library_->secret_value_get(value.get(), &size);
    return core::SecretString(std::string(bytes, size));
  }

  Result<void> set(const std::string& service, const std::string& account, const core::SecretString& secret,
                   const core::CancelToken& cancel) override {
    auto open = TROWEL_TRY(this->open(cancel));
    auto attributes = attributesOf(service, account);
    const auto label = fmt::format("Password for '{}' on '{}'", account, service);
    const auto& bytes = secret.reveal();
    Owned<SecretValue> value(
        library_->secret_value_new(bytes.data(), static_cast<std::intptr_t>(bytes.size()), "text/plain"),
        library_->secret_value_unref);
    const Owned<GCancellable> stop(library_->g_cancellable_new(), library_->g_object_unref);
    const auto stopping = cancel.onCancel([&] { library_->g_cancellable_cancel(stop.get()); });
    GError* error = nullptr;
    // No schema: it would be one more attribute, and the entry no longer the CLI's.
    library_->secret_service_store_sync(open.get(), nullptr, attributes.get(), collection_.c_str(), label.c_str(),
                                        value.get(), stop.get(), &error);
    if (error != nullptr) return failed(error);
    return {};
  }

  Result<void> remove(const std::string& service, const std::string& account,
                      const core::CancelToken& cancel) override {
    auto open = TROWEL_TRY(this->open(cancel));
    auto attributes = attributesOf(service, account);
    GError* error = nullptr;
    library_->secret_service_clear_sync(open.get(), nullptr, attributes.get(), nullptr, &error);
    if (error != nullptr) return failed(error);
    return {};
  }

 private:
  // The service, with the collection found and unlocked.
  Result<Owned<SecretService>> open(const core::CancelToken& cancel) {
    if (!library_) library_ = TROWEL_TRY(loadLibsecret());
    // Without this GLib would start a bus of its own, which nobody else is on.
    if (!hasSessionBus())
      return core::fail(ErrorCode::Unsupported,
                        "There is no keyring here, because there is no desktop session (no D-Bus session bus), as in a "
                        "container or a plain SSH login. Start the editor from a desktop session to use its keyring.");
    // GLib's news of a connection that ended wait for a main loop, which we have not, and keep the dead connection.
    while (library_->g_main_context_iteration(nullptr, 0) != 0) {
    }
    GError* error = nullptr;
    const Owned<GDBusConnection> bus(library_->g_bus_get_sync(kSessionBus, nullptr, &error), library_->g_object_unref);
    if (error != nullptr) return failed(error);
    // GLib's own answer to the end of the session would be to end this process.
    library_->g_dbus_connection_set_exit_on_close(bus.get(), 0);

    Owned<SecretService> service(library_->secret_service_get_sync(kOpenSession, nullptr, &error),
                                 library_->g_object_unref);
    if (error != nullptr) return failed(error);
    for (const char* alias : {"login", "default"}) {
      const Owned<char> path(library_->secret_service_read_alias_dbus_path_sync(service.get(), alias, nullptr, &error),
                             library_->g_free);
      if (error != nullptr) return failed(error);
      collection_ = path ? path.get() : "";
      if (!collection_.empty()) break;
    }
    if (collection_.empty())
      return core::fail(ErrorCode::Unavailable,
                        "This desktop has no keyring yet. Create one named 'Login' in the program 'Passwords and "
                        "Keys', or sign in to the desktop with your password once.");

    std::array<const char*, 2> paths{collection_.c_str(), nullptr};
    char** unlocked = nullptr;
    const int count =
        library_->secret_service_unlock_dbus_paths_sync(service.get(), paths.data(), nullptr, &unlocked, &error);
    const Owned<char*> owned(unlocked, library_->g_strfreev);
    if (error != nullptr) return failed(error);
    if (cancel.cancelled()) return std::unexpected(cancel.error("Using the keyring"));
    if (count == 0)
      return core::fail(ErrorCode::Unavailable,
                        "The keyring of this desktop is locked. Unlock it in the program 'Passwords and Keys', or sign "
                        "in to the desktop again.");
    return service;
  }

  Owned<GHashTable> attributesOf(const std::string& service, const std::string& account) {
    Owned<GHashTable> table(library_->g_hash_table_new(library_->g_str_hash, library_->g_str_equal),
                            library_->g_hash_table_unref);
    const auto insert = [&](const char* key, const std::string& value) {
      library_->g_hash_table_insert(table.get(), const_cast<char*>(key), const_cast<char*>(value.c_str()));
    };
    insert("service", service);
    insert("username", account);
    return table;
  }

  std::unexpected<core::Error> failed(GError* raw) {
    const Owned<GError> error(raw, library_->g_error_free);
    // The next call meets a service that was started again, or a session bus that came back, as a new one.
    library_->secret_service_disconnect();
    const bool nobody = error->domain == library_->g_dbus_error_quark() &&
                        (error->code == kServiceUnknown || error->code == kNameHasNoOwner);
    if (nobody)
      return core::fail(ErrorCode::Unavailable,
                        "No program keeps passwords on this desktop. Install and start gnome-keyring, KWallet or "
                        "KeePassXC (with its Secret Service switched on).",
                        error->message);
    return core::fail(ErrorCode::Unavailable,
                      fmt::format("The keyring of this desktop failed: {}. See whether the program 'Passwords and "
                                  "Keys' can open it.",
                                  error->message));
  }

  std::optional<Libsecret> library_;
  std::string collection_;  // D-Bus path
};

}  // namespace

std::unique_ptr<Keyring> systemKeyring(core::Clock& clock) {
  return std::make_unique<BoundedKeyring>(std::make_shared<DesktopKeyring>(), clock);
}

}  // namespace trowel::os
