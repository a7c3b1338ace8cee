// SPDX-License-Identifier: Apache-2.0
#include "auth/token_source.hpp"

#include <algorithm>

#include "trowel/core/log.hpp"
#include "trowel/core/worker_pool.hpp"

namespace trowel::auth {

namespace {

constexpr core::Duration kStaleAtMost = std::chrono::minutes(20);
constexpr core::Duration kPause = std::chrono::minutes(1);  // after a failure that nobody waited for
constexpr core::Duration kGrace = std::chrono::seconds(2);

// Far ends of time are common ("never"), and a plain difference of them overflows.
core::Duration between(core::WallTime from, core::WallTime to) {
  if (to == core::WallTime::max()) return core::Duration::max();
  return to - from;
}

}  // namespace

Freshness freshnessOf(core::Duration life, core::Duration remaining, core::Duration early) {
  if (remaining <= early) return Freshness::Expired;
  return remaining < std::min(life / 2, kStaleAtMost) ? Freshness::Stale : Freshness::Fresh;
}

core::Duration TokenAge::remaining(const core::Clock& clock) const {
  if (life == core::Duration::max()) return life;
  return std::min(between(clock.wallNow(), expiry), life - (clock.now() - fetched));
}

TokenSource::TokenSource(core::Clock& clock, Fetcher fetch, core::Duration early)
    : clock_(clock), fetch_(std::move(fetch)), early_(early) {}

TokenSource::~TokenSource() {
  cancel_.cancel(core::CancelReason::Shutdown);
  {
    std::unique_lock lock(mutex_);
    clock_.waitUntil(lock, changed_, clock_.now() + kGrace, [this] { return !fetching_; });
  }
  finish_.cancel(core::CancelReason::Shutdown);
  if (thread_.joinable()) thread_.join();
}

Freshness TokenSource::freshness() const {
  if (!held_ || held_->refused) return Freshness::Expired;
  return freshnessOf(held_->age.life, held_->age.remaining(clock_), early_);
}

core::Result<AccessToken> TokenSource::token(const core::CancelToken& cancel) {
  if (cancel.cancelled()) return std::unexpected(cancel.error("Signing in"));
  // Before the lock, so that it ends after it: the end of a registration waits for its call-back, which takes the lock.
  auto registration = cancel.onCancel([this] {
    std::lock_guard guard(mutex_);
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  const auto state = freshness();
  if (state == Freshness::Fresh) return held_->token;
  if (state == Freshness::Stale) {
    const bool pausing = failedAt_ && clock_.now() - *failedAt_ < kPause;
    if (!fetching_ && !pausing) begin(false);
    return held_->token;
  }
  if (!fetching_) begin(true);
  const auto before = fetches_;
  clock_.waitUntil(lock, changed_, core::TimePoint::max(), [&] { return fetches_ != before || cancel.cancelled(); });
  if (fetches_ == before) return std::unexpected(cancel.error("Signing in"));
  if (failure_) return std::unexpected(*failure_);
  // As it came, even where this machine's clock says that it is over already: the host may know better.
  return held_->token;
}

bool TokenSource::refused(const core::SecretString& value) {
  std::lock_guard lock(mutex_);
  if (!held_ || held_->token.value.reveal() != value.reveal()) return true;  // replaced meanwhile
  if (held_->refused) return true;
  if (held_->afterRefusal && clock_.now() - held_->age.fetched < kPause) return false;
  held_->refused = true;
  return true;
}

void TokenSource::begin(bool awaited) {
  if (thread_.joinable()) thread_.join();  // it has ended but for its last instructions
  fetching_ = true;
  Fetch fetch{.awaited = awaited, .cancel = cancel_.token(), .finish = finish_.token()};
  if (held_) fetch.previous = held_->token.value;
  thread_ = std::thread([this, fetch = std::move(fetch)] {
    core::nameThread("token");
    run(fetch);
  });
}

void TokenSource::run(const Fetch& fetch) {
  auto fetched = fetch_(fetch);
  if (!fetched && !fetch.awaited)
    core::logWarn("auth", "A token could not be renewed ahead of its end. " + fetched.error().message);
  std::lock_guard lock(mutex_);
  failure_.reset();
  failedAt_.reset();
  if (fetched) {
    const auto life = between(clock_.wallNow(), fetched->expiry);
    const TokenAge age{.expiry = fetched->expiry, .life = life, .fetched = clock_.now()};
    held_ = Held{.token = *std::move(fetched), .age = age, .afterRefusal = held_ && held_->refused};
  } else {
    failure_ = std::move(fetched.error());
    failedAt_ = clock_.now();
  }
  fetching_ = false;
  ++fetches_;
  changed_.notify_all();
}

}  // namespace trowel::auth
