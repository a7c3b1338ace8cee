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
    case Halted:
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
  auto& failure = failures_[{step.remotePath, step.action}];
  if (failure.step != step || failure.hash != hash) failure = {step, hash, {}, 0, {}};
  ++failure.attempts;
  failure.message = error.message;
  failure.retryAt.reset();
  if (severityOf(error.code) == Severity::Retry) failure.retryAt = now + backoff(failure.attempts);
}

void Failures::forget(const Step& step) { failures_.erase({step.remotePath, step.action}); }

void Failures::keepOnly(const Plan& plan) {
  std::map<Key, const Step*> wanted;
  for (const auto& wave : plan.waves) {
    for (const auto& step : wave) wanted[{step.remotePath, step.action}] = &step;
  }
  std::erase_if(failures_, [&](const auto& entry) {
    auto step = wanted.find(entry.first);
    return step == wanted.end() || *step->second != entry.second.step;
  });
}

// What failed and stands in the way: the step itself; for something new, what should have gone from its place or the
// folder above that could not be made; for a folder that goes, whatever could not be removed from it.
std::vector<const Failures::Failure*> Failures::obstacles(const Step& step, const std::string& hash) const {
  std::vector<const Failure*> found;
  auto add = [&](std::string_view path, Action action) {
    auto failure = failures_.find({std::string(path), action});
    if (failure != failures_.end()) found.push_back(&failure->second);
  };
  if (auto own = failures_.find({step.remotePath, step.action}); own != failures_.end()) {
    if (own->second.step == step && own->second.hash == hash) found.push_back(&own->second);
  }
  if (step.action == Action::Put || step.action == Action::MakeFolder) {
    add(step.remotePath, Action::RemoveObject);
    add(step.remotePath, Action::RemoveFolder);
    for (auto folder = parentOf(step.remotePath); !folder.empty(); folder = parentOf(folder)) {
      add(folder, Action::RemoveObject);
      add(folder, Action::MakeFolder);
    }
  }
  if (step.action == Action::RemoveFolder) {
    for (auto it = failures_.lower_bound({step.remotePath + "/", Action::RemoveObject});
         it != failures_.end() && isBeneath(it->first.first, step.remotePath); ++it)
      found.push_back(&it->second);
  }
  return found;
}

// Nothing: not before something changes.
std::optional<core::TimePoint> Failures::allowedAt(const Step& step, const std::string& hash) const {
  auto at = core::TimePoint::min();
  for (const auto* failure : obstacles(step, hash)) {
    if (!failure->retryAt) return std::nullopt;
    at = std::max(at, *failure->retryAt);
  }
  return at;
}

bool Failures::blocks(const Step& step, const std::string& hash, core::TimePoint now) const {
  const auto at = allowedAt(step, hash);
  return !at || *at > now;
}

std::optional<core::TimePoint> Failures::nextRetry() const {
  std::optional<core::TimePoint> next;
  for (const auto& [key, failure] : failures_) {
    const auto at = allowedAt(failure.step, failure.hash);
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

std::map<std::string, std::string> Failures::problems() const {
  std::map<std::string, std::string> result;
  for (const auto& [key, failure] : failures_)
    result.emplace(failure.step.source.empty() ? key.first : failure.step.source, failure.message);
  return result;
}

}  // namespace trowel::sync
