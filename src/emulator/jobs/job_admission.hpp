// SPDX-License-Identifier: Apache-2.0
// What the settings of a job are checked for beyond their own shape: whom it may run as, and whether its clusters may
// be.
#pragma once

#include <functional>
#include <string>

#include "emulator/identity/users.hpp"
#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Whether `caller` may let a job make a cluster like this `new_cluster`, and whether it could be made; the error is the
// client's.
using ClusterCheck = std::function<Reply<void>(const User& caller, const core::Json& newCluster)>;

// Whose rights the runs have: run_as of the settings, or `creator`.
std::string runAsOf(const core::Json& settings, const std::string& creator);

// Any thread.
class JobAdmission {
 public:
  // `users` outlives it. Without a check all clusters are taken.
  JobAdmission(const Users& users, ClusterCheck checkCluster) : users_(users), checkCluster_(std::move(checkCluster)) {}

  // Whether `caller` may turn the settings `before` (an empty object for what is new) of a job that `creator` made into
  // `settings`. What is as it was is not checked again: users, policies and clusters change. Only an administrator may
  // let a job run as somebody else than himself (403).
  Reply<void> check(const core::Json& settings, const core::Json& before, const std::string& creator,
                    const User& caller) const;

 private:
  Reply<void> checkRunAs(const core::Json& settings, const core::Json& before, const std::string& creator,
                         const User& caller) const;
  Reply<void> checkClusters(const core::Json& settings, const core::Json& before, const User& caller) const;

  const Users& users_;
  const ClusterCheck checkCluster_;
};

}  // namespace trowel::emulator
