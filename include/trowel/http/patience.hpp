// SPDX-License-Identifier: Apache-2.0
// One request to a service that is no workspace (an identity provider, Azure Resource Manager), sent again where that
// may help.
#pragma once

#include "trowel/core/clock.hpp"
#include "trowel/http/retry.hpp"

namespace trowel::http {

inline constexpr RetryPolicy kPatience{.firstDelay = std::chrono::milliseconds(500),
                                       .maxDelay = std::chrono::seconds(10),
                                       .maxRetryAfter = std::chrono::seconds(60),
                                       .budget = std::chrono::seconds(60)};

// 429, 502, 503, 504: the service has too much to do, and another attempt may have better luck.
bool asksToComeLater(int status);

// Sends a request that may go twice until an answer of another kind comes, after 429, 502, 503, 504 and a lost
// connection, with a growing delay that is never shorter than Retry-After and within the policy's budget. What came
// last is the result. A cancel ends it within milliseconds, also between two attempts. `request.source` is not
// rewound.
HttpResult sendPatiently(const HttpRequest& request, const CallOptions& options, HttpClient& http, core::Clock& clock,
                         const RetryPolicy& policy = kPatience);

}  // namespace trowel::http
