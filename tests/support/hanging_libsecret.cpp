// SPDX-License-Identifier: Apache-2.0
// A libsecret whose keyring asks the user: unlocking takes until the file $HANGING_LIBSECRET/answered exists, and
// storing makes $HANGING_LIBSECRET/stored. Built as libsecret-1.so.0 for tests/cli/keyring_test.py.
#include <poll.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

namespace {
std::string inFolder(const char* name) { return std::string(std::getenv("HANGING_LIBSECRET")) + "/" + name; }
}  // namespace

// NOLINTBEGIN(readability-identifier-naming): the names are the library's
extern "C" {

void* g_bus_get_sync(int, void*, void**) { return ::strdup("bus"); }
void g_dbus_connection_set_exit_on_close(void*, int) {}
std::uint32_t g_dbus_error_quark() { return 1; }
int g_main_context_iteration(void*, int) { return 0; }
void* g_cancellable_new() { return ::strdup("cancellable"); }
void g_cancellable_cancel(void*) {}
void* g_hash_table_new(void*, void*) { return ::strdup("table"); }
unsigned g_str_hash(const void*) { return 0; }
int g_str_equal(const void*, const void*) { return 0; }
int g_hash_table_insert(void*, void*, void*) { return 1; }
void g_hash_table_unref(void* table) { std::free(table); }
void g_object_unref(void* object) { std::free(object); }
void g_error_free(void*) {}
void g_free(void* memory) { std::free(memory); }
void g_strfreev(char**) {}

void* secret_service_get_sync(int, void*, void**) { return ::strdup("service"); }
void secret_service_disconnect() {}
char* secret_service_read_alias_dbus_path_sync(void*, const char*, void*, void**) { return ::strdup("/login"); }
int secret_service_unlock_dbus_paths_sync(void*, const char**, void*, char***, void**) {
  while (::access(inFolder("answered").c_str(), F_OK) != 0) ::poll(nullptr, 0, 10);
  return 1;
}
int secret_service_store_sync(void*, const void*, void*, const char*, const char*, void*, void*, void**) {
  std::ofstream(inFolder("stored")) << "x";
  return 1;
}
void* secret_service_lookup_sync(void*, const void*, void*, void*, void**) { return nullptr; }
int secret_service_clear_sync(void*, const void*, void*, void*, void**) { return 1; }
void* secret_value_new(const char*, std::intptr_t, const char*) { return ::strdup("value"); }
const char* secret_value_get(void*, std::size_t*) { return ""; }
void secret_value_unref(void* value) { std::free(value); }
}
// NOLINTEND(readability-identifier-naming)
