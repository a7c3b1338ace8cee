// SPDX-License-Identifier: Apache-2.0
#include "emulator/permissions/job_permissions.hpp"

#include <nlohmann/json.hpp>

namespace trowel::emulator {

JobAccess jobAccess(Permissions& permissions) {
  return {.allows =
              [&permissions](const User& user, std::int64_t jobId, JobRight right) {
                std::string_view level = right == JobRight::View        ? "CAN_VIEW"
                                         : right == JobRight::ManageRun ? "CAN_MANAGE_RUN"
                                                                        : "CAN_MANAGE";
                return permissions.allows(user, "jobs", std::to_string(jobId), level);
              },
          .created = [&permissions](
                         std::int64_t jobId,
                         const core::Json& list) { return permissions.assign("jobs", std::to_string(jobId), list); },
          .removed = [&permissions](std::int64_t jobId) { permissions.removed("jobs", std::to_string(jobId)); }};
}

}  // namespace trowel::emulator
