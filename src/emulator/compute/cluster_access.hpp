// SPDX-License-Identifier: Apache-2.0
// Who may do what with clusters: the one place that asks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "emulator/identity/users.hpp"
#include "emulator/server/api_error.hpp"

namespace trowel::emulator {

enum class ClusterRight : std::uint8_t { Attach, Restart, Manage };  // each includes those before it

// Whether `user` has the right by a grant. Owners and administrators need none, and are not asked for.
using ClusterGrants = std::function<bool(const User& user, const std::string& clusterId, ClusterRight right)>;

// Whether `user` may use a policy.
using PolicyGrants = std::function<bool(const User& user, const std::string& policyId)>;

// Who may create clusters, by the entitlement or by a policy; empty: by none.
Reply<void> requireCreation(const Users& users, const PolicyGrants& grants, const User& user,
                            const std::string& policyId);

// 403, as the service words it: INVALID_STATE and the like come after this.
Reply<void> requireRight(const ClusterGrants& grants, const User& user, const std::string& clusterId,
                         const std::string& owner, ClusterRight right);
bool hasRight(const ClusterGrants& grants, const User& user, const std::string& clusterId, const std::string& owner,
              ClusterRight right);
Reply<void> requireAdmin(const User& user, const std::string& action);

}  // namespace trowel::emulator
