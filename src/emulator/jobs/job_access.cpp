// SPDX-License-Identifier: Apache-2.0
#include "emulator/jobs/job_access.hpp"

#include <fmt/format.h>

namespace trowel::emulator {

std::unexpected<ApiError> noJobRight(const User& user, std::int64_t jobId, JobRight right) {
  std::string_view needed = right == JobRight::View        ? "View or Admin or Manage Run or Owner"
                            : right == JobRight::ManageRun ? "Manage Run or Admin or Owner"
                                                           : "Admin or Owner";
  return refuse(403, "PERMISSION_DENIED",
                fmt::format("User {} does not have {} permissions on job {}", user.name, needed, jobId));
}

}  // namespace trowel::emulator
