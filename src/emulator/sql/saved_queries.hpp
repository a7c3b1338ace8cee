// SPDX-License-Identifier: Apache-2.0
// Saved queries and alerts: kept and shown, never run.
#pragma once

#include <string>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

enum class SavedKind : std::uint8_t { Query, Alert, AlertV2 };

// Any thread. Source: rest-api.md 13.2.
class SavedQueries {
 public:
  explicit SavedQueries(World& world);

  std::vector<core::Json> all(SavedKind kind);  // without what is in the trash
  Reply<core::Json> get(SavedKind kind, const std::string& id);
  Reply<core::Json> create(SavedKind kind, const core::Json& given, const User& user);
  Reply<core::Json> change(SavedKind kind, const std::string& id, const core::Json& given, const User& user);
  Reply<void> trash(SavedKind kind, const std::string& id);

 private:
  Documents& documents(SavedKind kind) { return documents_[static_cast<std::size_t>(kind)]; }

  World& world_;
  Documents documents_[3];
};

}  // namespace trowel::emulator
