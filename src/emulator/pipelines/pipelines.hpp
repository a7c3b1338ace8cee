// SPDX-License-Identifier: Apache-2.0
// Pipelines: their specifications and updates. An update goes through its states by the clock; it moves no data.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/identity/users.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"

namespace trowel::emulator {

// Any thread. Source: rest-api.md 15.
class Pipelines {
 public:
  // Whether an object is at a workspace path: an update whose source is not there fails.
  using Exists = std::function<bool(const std::string& path)>;

  // From start to RUNNING an update takes `startTime`, to its end once more a third of it.
  Pipelines(World& world, std::chrono::milliseconds startTime, Exists exists);

  Reply<std::string> create(const core::Json& given, const User& user);
  // What create() would make of it; nothing is made.
  Reply<core::Json> dryRun(const core::Json& given, const User& user);
  // A copy of `id` in Unity Catalog, with what `given` sets over it: its id.
  Reply<std::string> clone(const std::string& id, const core::Json& given, const User& user);
  Reply<void> edit(const std::string& id, const core::Json& given);
  Reply<void> remove(const std::string& id);

  Reply<core::Json> get(const std::string& id);
  std::vector<core::Json> all();  // as lists have them, by id

  Reply<std::string> startUpdate(const std::string& id, const core::Json& given);
  Reply<core::Json> update(const std::string& id, const std::string& updateId);
  Reply<std::vector<core::Json>> updates(const std::string& id);  // newest first
  Reply<void> stop(const std::string& id);

  // Up to `until` (epoch milliseconds), oldest first.
  Reply<std::vector<core::Json>> events(const std::string& id, std::int64_t until);

 private:
  Reply<core::Json> find(const std::string& id);
  std::string store(const std::string& id, core::Json spec, const User& user);
  Reply<core::Json> checkedSpec(const core::Json& given, const std::string& id);
  core::Json summary(const std::string& id, const core::Json& pipeline) const;
  std::string state(const core::Json& pipeline) const;
  core::Json latestUpdates(const core::Json& pipeline) const;
  core::Json describeUpdate(const std::string& id, const core::Json& pipeline, const core::Json& update) const;
  std::string missingSource(const core::Json& spec) const;

  World& world_;
  const std::int64_t step_;
  const Exists exists_;
  std::mutex mutex_;  // makes steps over several documents one
  Documents documents_;
};

}  // namespace trowel::emulator
