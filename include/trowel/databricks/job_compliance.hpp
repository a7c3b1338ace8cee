// SPDX-License-Identifier: Apache-2.0
// Whether the clusters of jobs are as their policies want them (Policy Compliance for Jobs API 2.0).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct JobCompliance {
  std::int64_t jobId = 0;
  bool compliant = false;
  std::map<std::string, std::string> violations;  // what is wrong, by the field that is
};

struct ComplianceChange {
  bool changed = false;
  Document settings;  // the job's, after it
};

// NotFound where the job or the policy does not exist.
class JobCompliances {
 public:
  explicit JobCompliances(const RestClient& rest) : rest_(rest) {}

  core::Result<JobCompliance> get(std::int64_t jobId, const CallOptions& options = {}) const;
  // Of all jobs that use a policy.
  Listing<JobCompliance> list(std::string_view policyId, const CallOptions& options = {}) const;
  // Makes the job as its policies want it; with `validateOnly` only says what would change.
  core::Result<ComplianceChange> enforce(std::int64_t jobId, bool validateOnly = false,
                                         const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
