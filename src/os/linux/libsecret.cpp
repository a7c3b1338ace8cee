// SPDX-License-Identifier: Apache-2.0
#include "os/linux/libsecret.hpp"

#include <dlfcn.h>

#include <string>

namespace trowel::os {

namespace {

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

}  // namespace

core::Result<Libsecret> loadLibsecret() {
  // Never closed: GLib cannot be unloaded. What libsecret depends on is found through its handle.
  void* library = ::dlopen("libsecret-1.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = ::dlerror();
    return core::fail(core::ErrorCode::Unsupported,
                      "The keyring of this desktop cannot be used, because the library libsecret is not installed. "
                      "Install it (Debian and Ubuntu: libsecret-1-0; Fedora: libsecret) and start Trowel again.",
                      reason == nullptr ? "" : reason);
  }
  // Debug output of GLib must not go to stdout, which is for frames. Since GLib 2.68.
  void (*toStderr)(int) = nullptr;
  if (find(library, "g_log_writer_default_set_use_stderr", toStderr)) toStderr(1);

  Libsecret found{};
  std::string missing;
#define TROWEL_FIND(name) \
  if (!find(library, #name, found.name)) missing = #name
  TROWEL_FIND(g_bus_get_sync);
  TROWEL_FIND(g_dbus_connection_set_exit_on_close);
  TROWEL_FIND(g_dbus_error_quark);
  TROWEL_FIND(g_main_context_iteration);
  TROWEL_FIND(g_cancellable_new);
  TROWEL_FIND(g_cancellable_cancel);
  TROWEL_FIND(g_hash_table_new);
  TROWEL_FIND(g_str_hash);
  TROWEL_FIND(g_str_equal);
  TROWEL_FIND(g_hash_table_insert);
  TROWEL_FIND(g_hash_table_unref);
  TROWEL_FIND(g_object_unref);
  TROWEL_FIND(g_error_free);
  TROWEL_FIND(g_free);
  TROWEL_FIND(g_strfreev);
  TROWEL_FIND(secret_service_get_sync);
  TROWEL_FIND(secret_service_disconnect);
  TROWEL_FIND(secret_service_read_alias_dbus_path_sync);
  TROWEL_FIND(secret_service_unlock_dbus_paths_sync);
  TROWEL_FIND(secret_service_store_sync);
  TROWEL_FIND(secret_service_lookup_sync);
  TROWEL_FIND(secret_service_clear_sync);
  TROWEL_FIND(secret_value_new);
  TROWEL_FIND(secret_value_get);
  TROWEL_FIND(secret_value_unref);
#undef TROWEL_FIND
  if (!missing.empty())
    return core::fail(core::ErrorCode::Unsupported,
                      "The keyring of this desktop cannot be used, because its library libsecret is of another version "
                      "than Trowel knows (0.20 or later). Update it and start Trowel again.",
                      "there is no " + missing);
  return found;
}

}  // namespace trowel::os
