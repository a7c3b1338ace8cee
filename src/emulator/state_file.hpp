// SPDX-License-Identifier: Apache-2.0
// What outlives the emulator: documents by kind and key in one SQLite file, durable when a call returns.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

struct sqlite3;

namespace trowel::emulator {

// Any thread. A write that fails is logged: the emulator then goes on in memory.
class StateFile {
 public:
  // Unavailable where the file cannot be opened or belongs to a running emulator; DataLoss where it is damaged.
  static core::Result<std::unique_ptr<StateFile>> open(const std::filesystem::path& file);
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  void put(std::string_view kind, std::string_view key, std::string_view json, std::string_view content = {});
  void remove(std::string_view kind, std::string_view key);
  // The document `key` and all whose key starts with `key` and a slash.
  void removeTree(std::string_view kind, std::string_view key);
  // In the order of keys.
  void load(std::string_view kind,
            const std::function<void(const std::string& key, const std::string& json, std::string content)>& visit);

 private:
  explicit StateFile(sqlite3* database) : database_(database) {}

  std::mutex mutex_;  // guards database_
  sqlite3* database_;
};

}  // namespace trowel::emulator
