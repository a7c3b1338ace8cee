// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/patience.hpp"

namespace trowel::http {

bool asksToComeLater(int status) { return status == 429 || status == 502 || status == 503 || status == 504; }

HttpResult sendPatiently(const HttpRequest& request, const CallOptions& options, HttpClient& http, core::Clock& clock,
                         const RetryPolicy& policy) {
  const auto random = systemRandom();
  for (Retry retry(policy, Safety::Safe, clock, random);;) {
    auto answer = http.send(request, options);
    const bool later = answer && asksToComeLater(answer->status);
    const auto verdict = answer ? (later ? Verdict::NotStarted : Verdict::Final) : verdictOf(answer.error());
    const auto wish = later ? parseRetryAfter(answer->headers, clock.wallNow()) : std::nullopt;
    if (!retry.again(verdict, wish, options.cancel)) return answer;
  }
}

}  // namespace trowel::http
