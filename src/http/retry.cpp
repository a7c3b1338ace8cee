// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/retry.hpp"

#include <algorithm>
#include <charconv>
#include <random>

#include "trowel/core/text.hpp"
#include "trowel/http/http_date.hpp"

namespace trowel::http {

Verdict verdictOf(const TransportError& error) {
  switch (error.stage) {
    case Stage::Exchange:
    case Stage::Body:
      return Verdict::Unknown;
    case Stage::Request:
    case Stage::Lookup:
    case Stage::Connect:
    case Stage::Proxy:
    case Stage::Tls:
    case Stage::Stopped:
      break;
  }
  return Verdict::Final;
}

std::optional<core::Duration> parseRetryAfter(const Headers& answer, core::WallTime now) {
  const auto wish = core::trim(headerOf(answer, "Retry-After"));
  if (const auto date = parseHttpDate(wish)) {
    const auto from = parseHttpDate(headerOf(answer, "Date")).value_or(now);
    return std::max<core::Duration>(*date - from, core::Duration::zero());
  }
  std::uint32_t seconds = 0;
  auto [end, problem] = std::from_chars(wish.data(), wish.data() + wish.size(), seconds);
  if (problem == std::errc::invalid_argument || end != wish.data() + wish.size()) return std::nullopt;
  // Out of range is a wish too, if a strange one; the policy cuts it.
  return problem == std::errc() ? std::chrono::seconds(seconds) : std::chrono::hours(24 * 365);
}

std::optional<core::Duration> RetryPolicy::delay(Safety safety, Verdict verdict, int attempt, core::Duration elapsed,
                                                 std::optional<core::Duration> retryAfter, double random) const {
  if (verdict == Verdict::Final) return std::nullopt;
  if (verdict == Verdict::Unknown && safety == Safety::Unsafe) return std::nullopt;

  auto backoff = firstDelay;
  for (int i = 1; i < attempt && backoff < maxDelay; ++i) backoff *= 2;
  backoff = std::min(backoff, maxDelay);
  auto half = backoff / 2;
  auto wait = half + core::Duration(static_cast<core::Duration::rep>(static_cast<double>(half.count()) * random));

  // Jitter on top of the server's wish, too: everybody was told the same number.
  if (retryAfter) wait += std::min(*retryAfter, maxRetryAfter);
  if (elapsed + wait > budget) return std::nullopt;
  return wait;
}

Random systemRandom() {
  return [] {
    thread_local std::mt19937_64 engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
  };
}

bool Retry::again(Verdict verdict, std::optional<core::Duration> retryAfter, const core::CancelToken& cancel) {
  auto wait = policy_.delay(safety_, verdict, attempt_, clock_.now() - begun_, retryAfter, random_());
  if (!wait || cancel.cancelled() || !cancel.waitFor(clock_, *wait)) return false;
  ++attempt_;
  return true;
}

}  // namespace trowel::http
