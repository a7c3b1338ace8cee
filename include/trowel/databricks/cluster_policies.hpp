// SPDX-License-Identifier: Apache-2.0
// What clusters may look like (Cluster Policies 2.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct ClusterPolicy {
  std::string id;
  std::string name;
  std::string description;
  std::string definition;  // JSON: what each field of a cluster may be
  std::string familyId;    // of the family that it follows; then the definition holds the deviations too
  std::string creator;
  std::int64_t createdAt = 0;           // epoch milliseconds
  std::int64_t maxClustersPerUser = 0;  // 0: any number
  bool isDefault = false;               // came with the workspace
  Document document;                    // as the workspace sent it
};

// A policy as it comes from Databricks, for others to build on.
struct PolicyFamily {
  std::string id;
  std::string name;
  std::string description;
  std::string definition;  // JSON, as of a policy
};

// NotFound where the policy does not exist; PermissionDenied for changes by all but administrators.
class ClusterPolicies {
 public:
  explicit ClusterPolicies(const RestClient& rest) : rest_(rest) {}

  // Those that this user may use, by name.
  Listing<ClusterPolicy> list(const CallOptions& options = {}) const;
  core::Result<ClusterPolicy> get(std::string_view id, const CallOptions& options = {}) const;

  // In the API's words: name, definition (as text), description, max_clusters_per_user, policy_family_id,
  // policy_family_definition_overrides (as text), libraries. Answers the id. InvalidParams where the name is taken.
  core::Result<std::string> create(const core::Json& policy, const CallOptions& options = {}) const;
  // Replaces all of it: start from the document of the policy. Clusters keep what they have until somebody edits them.
  core::Result<void> edit(std::string_view id, const core::Json& policy, const CallOptions& options = {}) const;
  core::Result<void> remove(std::string_view id, const CallOptions& options = {}) const;

  Listing<PolicyFamily> families(const CallOptions& options = {}) const;
  core::Result<PolicyFamily> family(std::string_view id, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
