// SPDX-License-Identifier: Apache-2.0
// The way to a host, stage by stage: name lookup, proxy, connection, TLS, and the clocks at its two ends.
#pragma once

#include "app/doctor/report.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/http/client.hpp"
#include "trowel/http/network_options.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::app {

// One request without any credential; whatever status it answers, the host was reached.
http::HttpResult probe(http::HttpClient& http, const http::Origin& host);

// What became of the probe, in the order of the way. `now` is when its answer came. Pure.
Checks judgeReach(const http::Origin& host, const core::Result<http::NetworkOptions>& network,
                  const http::HttpResult& answer, core::WallTime now);

}  // namespace trowel::app
