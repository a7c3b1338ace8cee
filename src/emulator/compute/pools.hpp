// SPDX-License-Identifier: Apache-2.0
// Instance pools: machines that wait for clusters.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "emulator/server/api_error.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Any thread.
class Pools {
 public:
  explicit Pools(World& world);

  Reply<std::string> create(const core::Json& params, const std::string& owner);  // its id
  Reply<void> edit(const core::Json& params);
  Reply<void> remove(const std::string& id);
  // The pool without its numbers, which depend on clusters.
  Reply<core::Json> describe(const std::string& id) const;
  core::Json describeAll() const;  // array, by name
  std::optional<core::Json> find(const std::string& id) const;
  std::string nodeType(const std::string& id) const;  // empty where there is no such pool

 private:
  Reply<core::Json> read(const core::Json& params) const;

  World& world_;
  std::mutex mutex_;  // one name, one pool
  Documents pools_;
};

}  // namespace trowel::emulator
