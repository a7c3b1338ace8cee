// SPDX-License-Identifier: Apache-2.0
// The emulator's own endpoints beneath /emulator: faults, request log and clock, for tests and other programs.
#pragma once

#include "emulator/server/faults.hpp"
#include "emulator/server/request_log.hpp"
#include "emulator/server/router.hpp"
#include "emulator/state/shifted_clock.hpp"

namespace trowel::emulator {

// POST   /emulator/faults           a fault as readFault() takes it -> {id}
// GET    /emulator/faults           -> {faults: [{id, hits, pattern, ...}], kinds: [...]}
// DELETE /emulator/faults           all; /emulator/faults/{id} one
// POST   /emulator/release          held and delayed requests go on
// GET    /emulator/requests         ?pattern=GET /api/*&status=429&user=... -> {count, requests: [...]}
// DELETE /emulator/requests
// GET    /emulator/clock            -> {now (epoch ms), offset_ms}
// POST   /emulator/clock            {advance_ms} -> the same
// They want a token, are in no log and meet no fault.
void addControlRoutes(Router& router, Faults& faults, RequestLog& log, ShiftedClock& clock);

}  // namespace trowel::emulator
