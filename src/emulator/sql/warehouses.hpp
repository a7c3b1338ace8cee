// SPDX-License-Identifier: Apache-2.0
// SQL warehouses: their settings, and a life cycle that follows the clock.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread. Source: rest-api.md 13.2.
class Warehouses {
 public:
  // From STOPPED to RUNNING takes `startTime`, back half of it.
  Warehouses(World& world, std::chrono::milliseconds startTime);

  Reply<std::string> create(const core::Json& given, const User& user);
  Reply<void> edit(const std::string& id, const core::Json& given);
  Reply<void> start(const std::string& id);
  Reply<void> stop(const std::string& id);
  Reply<void> remove(const std::string& id);

  // As GET answers; `host` is where clients reach us.
  Reply<core::Json> describe(const std::string& id, const std::string& host);
  std::vector<core::Json> describeAll(const std::string& host);  // in the order of names

  // Readies the warehouse for a statement, starting it where it stands still: how long until it runs, zero where it
  // does. Call it again then. Statements keep it from stopping by itself.
  Reply<std::chrono::milliseconds> use(const std::string& id);
  void statementBegins(const std::string& id);
  void statementEnds(const std::string& id);

 private:
  Reply<core::Json> find(const std::string& id);
  std::string stateOf(const std::string& id, const core::Json& warehouse);
  void setOut(const std::string& id, core::Json& warehouse, std::string_view way, std::string_view goal,
              std::int64_t milliseconds);
  Reply<void> requireFreeName(const std::string& name, const std::string& except);
  core::Json described(const std::string& id, const core::Json& warehouse, const std::string& host);

  World& world_;
  const std::int64_t startTime_;
  std::mutex mutex_;  // guards everything below, and makes steps over several documents one
  Documents documents_;
  std::map<std::string, int> statements_;  // that run now, by warehouse
};

}  // namespace trowel::emulator
