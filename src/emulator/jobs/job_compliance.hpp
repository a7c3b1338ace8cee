// SPDX-License-Identifier: Apache-2.0
// Whether the clusters that jobs make obey the policies that they name, and making them do so.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "emulator/jobs/job_store.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// Makes of `cluster` what its policy would, with the policy's defaults, and tells what is left to complain of: by
// field, empty where there is nothing. An error where there is no such policy.
using PolicyCheck =
    std::function<Reply<std::map<std::string, std::string>>(const std::string& policyId, core::Json& cluster)>;

// `store` outlives the router.
void addJobComplianceRoutes(Router& router, JobStore& store, PolicyCheck check);

}  // namespace trowel::emulator
