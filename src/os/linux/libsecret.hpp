// SPDX-License-Identifier: Apache-2.0
// The functions of libsecret and GLib that the keyring needs, found at run time: no header and no library of theirs is
// needed to build or to start Trowel.
#pragma once

#include <cstdint>

#include "trowel/core/error.hpp"

namespace trowel::os {

// As in glib/gerror.h; its layout is part of GLib's stable interface.
struct GError {
  std::uint32_t domain;
  int code;
  char* message;
};

// Types that are only ever pointed to.
struct GHashTable;
struct GCancellable;
struct GDBusConnection;
struct SecretService;
struct SecretValue;

// The members bear the functions' own names.
// NOLINTBEGIN(readability-identifier-naming)
// Signatures: libsecret 0.20 (secret-service.h, secret-paths.h, secret-value.h), GLib and GIO 2.56 and later.
struct Libsecret {
  GDBusConnection* (*g_bus_get_sync)(int type, GCancellable*, GError**);
  void (*g_dbus_connection_set_exit_on_close)(GDBusConnection*, int);
  std::uint32_t (*g_dbus_error_quark)();
  int (*g_main_context_iteration)(void* context, int mayBlock);
  GCancellable* (*g_cancellable_new)();
  void (*g_cancellable_cancel)(GCancellable*);
  GHashTable* (*g_hash_table_new)(unsigned (*)(const void*), int (*)(const void*, const void*));
  unsigned (*g_str_hash)(const void*);
  int (*g_str_equal)(const void*, const void*);
  int (*g_hash_table_insert)(GHashTable*, void* key, void* value);
  void (*g_hash_table_unref)(GHashTable*);
  void (*g_object_unref)(void*);
  void (*g_error_free)(GError*);
  void (*g_free)(void*);
  void (*g_strfreev)(char**);

  SecretService* (*secret_service_get_sync)(int flags, GCancellable*, GError**);
  void (*secret_service_disconnect)();
  char* (*secret_service_read_alias_dbus_path_sync)(SecretService*, const char* alias, GCancellable*, GError**);
  int (*secret_service_unlock_dbus_paths_sync)(SecretService*, const char** paths, GCancellable*, char*** unlocked,
                                               GError**);
  int (*secret_service_store_sync)(SecretService*, const void* schema, GHashTable* attributes, const char* collection,
                                   const char* label, SecretValue*, GCancellable*, GError**);
  SecretValue* (*secret_service_lookup_sync)(SecretService*, const void* schema, GHashTable* attributes, GCancellable*,
                                             GError**);
  int (*secret_service_clear_sync)(SecretService*, const void* schema, GHashTable* attributes, GCancellable*, GError**);
  SecretValue* (*secret_value_new)(const char* secret, std::intptr_t length, const char* contentType);
  const char* (*secret_value_get)(SecretValue*, std::size_t* length);
  void (*secret_value_unref)(void*);
};
// NOLINTEND(readability-identifier-naming)

// Opens the library, for the rest of the process. Unsupported where it is not installed or lacks a function.
core::Result<Libsecret> loadLibsecret();

}  // namespace trowel::os
