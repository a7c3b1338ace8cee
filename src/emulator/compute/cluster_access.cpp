// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/cluster_access.hpp"

namespace trowel::emulator {

namespace {

std::string nameOf(ClusterRight right) {
  switch (right) {
    case ClusterRight::Attach:
      return "Attach";
    case ClusterRight::Restart:
      return "Restart";
    case ClusterRight::Manage:
      return "Manage";
  }
  return "";
}

}  // namespace

Reply<void> requireCreation(const Users& users, const PolicyGrants& grants, const User& user,
                            const std::string& policyId) {
  if (users.entitled(user, "allow-cluster-create")) return {};
  if (!policyId.empty() && grants && grants(user, policyId)) return {};
  return refuse(403, "PERMISSION_DENIED",
                "You are not authorized to create clusters. Please contact your administrator.");
}

bool hasRight(const ClusterGrants& grants, const User& user, const std::string& clusterId, const std::string& owner,
              ClusterRight right) {
  return user.admin || user.name == owner || (grants && grants(user, clusterId, right));
}

Reply<void> requireRight(const ClusterGrants& grants, const User& user, const std::string& clusterId,
                         const std::string& owner, ClusterRight right) {
  if (hasRight(grants, user, clusterId, owner, right)) return {};
  return refuse(403, "PERMISSION_DENIED",
                user.name + " does not have " + nameOf(right) + " permissions on " + clusterId +
                    ". Please contact the owner or an administrator for access.");
}

Reply<void> requireAdmin(const User& user, const std::string& action) {
  if (user.admin) return {};
  return refuse(403, "PERMISSION_DENIED", "Only administrators can " + action + ".");
}

}  // namespace trowel::emulator
