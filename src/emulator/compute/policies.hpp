// SPDX-License-Identifier: Apache-2.0
// Cluster policies: what administrators allow a cluster to be.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/compute/policy_rules.hpp"
#include "emulator/server/api_error.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/world.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Any thread.
class Policies {
 public:
  // A new workspace has one policy already, as the service's have: Personal Compute.
  Policies(World& world, const std::string& owner);

  Reply<std::string> create(const core::Json& params, const std::string& owner);  // its id
  Reply<void> edit(const core::Json& params);
  Reply<void> remove(const std::string& id);
  Reply<core::Json> describe(const std::string& id) const;
  core::Json describeAll() const;  // array, in the order of creation

  // The cluster's spec with what the policy fills in; the service's error for what it does not allow.
  Reply<core::Json> apply(const std::string& id, core::Json spec, bool defaults, std::string_view clusterType) const;
  // What a cluster that exists would change to, and what cannot be changed for it.
  Reply<Violations> violations(const std::string& id, core::Json& spec, std::string_view clusterType) const;
  std::int64_t maxClustersPerUser(const std::string& id) const;  // 0: as many as they like
  core::Json libraries(const std::string& id) const;             // that its clusters get; array

 private:
  Reply<core::Json> read(const core::Json& params) const;
  Reply<core::Json> rules(const core::Json& policy) const;
  Reply<void> checkName(const std::string& name, const std::string& except) const;

  World& world_;
  std::mutex mutex_;  // one name, one policy
  Documents policies_;
};

// What policies can be derived from: array of {policy_family_id, name, description, definition}.
core::Json policyFamilies();

}  // namespace trowel::emulator
