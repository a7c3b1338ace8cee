// SPDX-License-Identifier: Apache-2.0
// The emulator's own endpoints beneath /__emulator: fault switches and the request log, for tests in other processes.
#pragma once

#include "emulator/server/faults.hpp"
#include "emulator/server/request_log.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// POST /__emulator/fault {pattern*, status, body (text, or an object to send as JSON), content_type, headers{}, skip,
//   times, after_handler, drop, hold, truncate_at}; DELETE /__emulator/fault clears all;
// POST /__emulator/release lets held requests go on; GET and DELETE /__emulator/requests: the log.
void addControlRoutes(Router& router, Faults& faults, RequestLog& log);

}  // namespace trowel::emulator
