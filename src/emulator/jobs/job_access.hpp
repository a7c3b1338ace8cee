// SPDX-License-Identifier: Apache-2.0
// Who may see, run and manage jobs: the hook by which the permissions of the workspace come in.
#pragma once

#include <cstdint>
#include <string>

#include "emulator/identity/users.hpp"
#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

enum class JobRight : std::uint8_t { View, ManageRun, Manage };

// Any thread. Administrators may do everything and are never asked about.
class JobAccess {
 public:
  virtual ~JobAccess() = default;

  virtual bool allows(const User& user, std::int64_t jobId, JobRight right) = 0;
  // A job was made by `owner`; `accessControlList` is what the request says, or null.
  virtual Reply<void> created(std::int64_t jobId, const User& owner, const core::Json& accessControlList) = 0;
  virtual void removed(std::int64_t jobId) = 0;
};

// 403 in the service's words where `user` has not the right. Asked before existence: who may not see a job does not
// learn whether there is one (rest-api.md 1.7).
Reply<void> checkJobRight(JobAccess& access, const User& user, std::int64_t jobId, JobRight right);

}  // namespace trowel::emulator
