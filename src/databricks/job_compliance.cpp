// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/job_compliance.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kGet{Verb::Get, "/api/2.0/policies/jobs/get-compliance", Safety::Safe};
constexpr Call kList{Verb::Get, "/api/2.0/policies/jobs/list-compliance", Safety::Safe, byToken("jobs")};
constexpr Call kEnforce{Verb::Post, "/api/2.0/policies/jobs/enforce-compliance", Safety::Safe};

constexpr int kPageSize = 100;  // the most that the API gives

JobCompliance readCompliance(const core::Json& json) {
  return {.jobId = core::intAt(json, "job_id"),
          .compliant = core::boolAt(json, "is_compliant"),
          .violations = textMapAt(json, "violations")};
}

}  // namespace

core::Result<JobCompliance> JobCompliances::get(std::int64_t jobId, const CallOptions& options) const {
  auto compliance = readCompliance(TROWEL_TRY(rest_.call(kGet, {{"job_id", jobId}}, options)));
  compliance.jobId = jobId;
  return compliance;
}

Listing<JobCompliance> JobCompliances::list(std::string_view policyId, const CallOptions& options) const {
  return rest_.list(kList, {{"policy_id", policyId}, {"page_size", kPageSize}}, &readCompliance, options);
}

core::Result<ComplianceChange> JobCompliances::enforce(std::int64_t jobId, bool validateOnly,
                                                       const CallOptions& options) const {
  auto json = TROWEL_TRY(rest_.call(kEnforce, {{"job_id", jobId}, {"validate_only", validateOnly}}, options));
  return ComplianceChange{.changed = core::boolAt(json, "has_changes"), .settings = documentAt(json, "settings")};
}

}  // namespace trowel::databricks
