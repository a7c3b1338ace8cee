// SPDX-License-Identifier: Apache-2.0
// Who may see, run and manage jobs: the hook by which the permissions of the workspace come in.
#pragma once

#include <cstdint>
#include <functional>

#include "emulator/identity/users.hpp"
#include "emulator/server/api_error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

enum class JobRight : std::uint8_t { View, ManageRun, Manage };

// Each may be absent: then whoever made a job, and no one else but administrators, has all rights to it. Called on any
// thread, maybe while runs are locked: they must not come back to runs.
struct JobAccess {
  std::function<bool(const User& user, std::int64_t jobId, JobRight right)> allows = {};
  // A job was made; `accessControlList` is what the request says. An error undoes it.
  std::function<Reply<void>(std::int64_t jobId, const core::Json& accessControlList)> created = {};
  std::function<void(std::int64_t jobId)> removed = {};
};

// 403 in the service's words.
std::unexpected<ApiError> noJobRight(const User& user, std::int64_t jobId, JobRight right);

}  // namespace trowel::emulator
