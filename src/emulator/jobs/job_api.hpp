// SPDX-License-Identifier: Apache-2.0
// The endpoints of job definitions: create, get, list, update, reset and delete in the versions 2.0, 2.1 and 2.2.
#pragma once

#include <functional>
#include <string>

#include "emulator/jobs/job_store.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// What outlives the router. `deleted` is called when a job has gone, so that its runs can be cancelled.
struct JobApi {
  JobStore& store;
  std::function<void(std::int64_t id)> deleted;
};

void addJobRoutes(Router& router, JobApi& api);

// A required 64-bit id, which may come in quotes; `kind` as in "Invalid job_id".
Reply<std::int64_t> requiredId(const Call& call, const char* field);
// Of a request, which outlives it; empty where there is none.
Reply<std::reference_wrapper<const core::Json>> accessControlList(const Call& call);
// A whole number that may be missing; in a query it is text. INVALID_PARAMETER_VALUE for anything else.
Reply<std::int64_t> optionalNumber(const Call& call, const char* field, std::int64_t fallback = 0);

}  // namespace trowel::emulator
