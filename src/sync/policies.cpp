// SPDX-License-Identifier: Apache-2.0
#include "sync/policies.hpp"

#include <algorithm>
#include <utility>

namespace trowel::sync {

void PendingChanges::add(const std::set<std::string>& paths, core::TimePoint now) {
  if (paths.empty()) return;
  if (paths_.empty()) first_ = now;
  last_ = now;
  paths_.insert(paths.begin(), paths.end());
}

void PendingChanges::addEverything(core::TimePoint now, bool atOnce) {
  add({""}, now);
  atOnce_ |= atOnce;
}

std::optional<core::TimePoint> PendingChanges::due() const {
  if (paths_.empty()) return std::nullopt;
  return atOnce_ ? first_ : std::min(last_ + quiet_, first_ + kMaxHold);
}

std::set<std::string> PendingChanges::take() {
  atOnce_ = false;
  auto paths = std::exchange(paths_, {});
  // The root stands for everything beneath it.
  return paths.contains("") ? std::set<std::string>{""} : paths;
}

Severity severityOf(core::ErrorCode code) {
  using enum core::ErrorCode;
  switch (code) {
    case Unavailable:
    case RateLimited:
    case Overloaded:
    case DeadlineExceeded:
      return Severity::Pause;
    case Unauthenticated:
    case NotConfigured:
    case Untrusted:
      return Severity::Blocked;
    case Internal:
    case DataLoss:
      return Severity::Retry;
    default:
      return Severity::Step;
  }
}

core::Duration backoff(std::uint32_t failures) {
  constexpr std::uint32_t kMaxDoublings = 6;
  const auto seconds = std::int64_t{1} << std::min(failures > 0 ? failures - 1 : 0, kMaxDoublings);
  return std::min<core::Duration>(std::chrono::seconds(seconds), std::chrono::minutes(1));
}

void Failures::record(const Step& step, const std::string& hash, const core::Error& error, core::TimePoint now) {
  auto& failure = failures_[step.remotePath];
  if (failure.step != step || failure.hash != hash) failure = {step, hash, {}, 0, {}};
  ++failure.attempts;
  failure.message = error.message;
  failure.retryAt.reset();
  if (severityOf(error.code) == Severity::Retry) failure.retryAt = now + backoff(failure.attempts);
}

void Failures::keepOnly(const Plan& plan) {
  std::set<std::string> wanted;
  for (const auto& wave : plan.waves) {
    for (const auto& step : wave) wanted.insert(step.remotePath);
  }
  std::erase_if(failures_, [&](const auto& entry) { return !wanted.contains(entry.first); });
}

bool Failures::blocks(const Step& step, const std::string& hash, core::TimePoint now) const {
  auto waits = [&](const Failure& failure) { return !failure.retryAt || *failure.retryAt > now; };
  auto own = failures_.find(step.remotePath);
  if (own != failures_.end() && own->second.step == step && own->second.hash == hash && waits(own->second)) return true;
  if (step.action != Action::Put && step.action != Action::MakeFolder) return false;
  for (auto folder = parentOf(step.remotePath); !folder.empty(); folder = parentOf(folder)) {
    auto above = failures_.find(std::string(folder));
    if (above != failures_.end() && above->second.step.action == Action::MakeFolder && waits(above->second))
      return true;
  }
  return false;
}

std::optional<core::TimePoint> Failures::nextRetry() const {
  std::optional<core::TimePoint> next;
  for (const auto& [path, failure] : failures_) {
    if (failure.retryAt && (!next || *failure.retryAt < *next)) next = failure.retryAt;
  }
  return next;
}

std::map<std::string, std::string> Failures::problems() const {
  std::map<std::string, std::string> result;
  for (const auto& [path, failure] : failures_)
    result.emplace(failure.step.source.empty() ? path : failure.step.source, failure.message);
  return result;
}

}  // namespace trowel::sync
