// SPDX-License-Identifier: Apache-2.0
// What outlives the emulator: documents by kind and key in one SQLite file, durable when a call returns.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trowel/core/error.hpp"
#include "trowel/os/sqlite.hpp"

namespace trowel::emulator {

// Any thread. A write that fails is logged: the emulator then goes on in memory.
class StateFile {
 public:
  // DataLoss where the file is damaged, PermissionDenied where it cannot be written.
  static core::Result<std::unique_ptr<StateFile>> open(const std::string& file);

  void put(std::string_view kind, std::string_view key, std::string_view json, std::string_view content = {});
  // Several, by key and JSON, in one transaction.
  void putAll(std::string_view kind, const std::vector<std::pair<std::string, std::string>>& documents);
  void remove(std::string_view kind, std::string_view key);
  // The document `key` and all whose key starts with `key` and a slash.
  void removeTree(std::string_view kind, std::string_view key);
  // In the order of keys. `visit` must not call this object.
  void load(std::string_view kind,
            const std::function<void(const std::string& key, const std::string& json, std::string content)>& visit);

 private:
  explicit StateFile(os::Database database) : database_(std::move(database)) {}

  std::mutex mutex_;  // guards database_
  os::Database database_;
};

}  // namespace trowel::emulator
