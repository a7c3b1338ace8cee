// SPDX-License-Identifier: Apache-2.0
// How long it takes to leave an exchange in each of its phases, and to come back over TLS.
#pragma once

namespace trowel::bench {

// Both print names and milliseconds, a pair a line; the exit status of the bench.
int timePhases();
int timeReconnects();

}  // namespace trowel::bench
