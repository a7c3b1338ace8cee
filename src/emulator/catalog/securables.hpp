// SPDX-License-Identifier: Apache-2.0
// The kinds of objects in Unity Catalog as a table: their names in paths, bodies and errors, and their fields.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "emulator/server/fields.hpp"
#include "trowel/core/error.hpp"

namespace trowel::emulator {

struct SecurableKind {
  std::string_view type;   // securable_type
  std::string_view word;   // in messages
  std::string_view error;  // before _DOES_NOT_EXIST and _ALREADY_EXISTS
  std::string_view path;   // the segment of the path
  std::string_view list;   // the field of a list
  std::string_view rpc;    // in the message for a bad name: "Create" and "managedcatalog." go before it
  const char* idField;     // holds a UUID; empty: there is none
  int level;               // 0: of the metastore, 1: of a catalog, 2: of a schema
  std::span<const Field> fields;
};

namespace securable {
extern const SecurableKind kCatalog;
extern const SecurableKind kSchema;
extern const SecurableKind kVolume;
extern const SecurableKind kFunction;
extern const SecurableKind kModel;
extern const SecurableKind kExternalLocation;
extern const SecurableKind kStorageCredential;
extern const SecurableKind kConnection;
}  // namespace securable

// All of them; tables, which only SQL makes, are none.
std::span<const SecurableKind* const> securableKinds();

// "a.b.c" -> "a.b"; empty for "a"
std::string parentName(const std::string& fullName);
// "a.b.c" -> "c"
std::string lastPart(const std::string& fullName);

// What the SQL engine's file said, as a reply: its failures are the server's.
template <typename T>
Reply<T> asReply(core::Result<T> result) {
  if (!result) return refuse(500, "INTERNAL_ERROR", result.error().message);
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return *std::move(result);
}

}  // namespace trowel::emulator
