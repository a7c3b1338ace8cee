// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/host_gate.hpp"

#include <fmt/format.h>

namespace trowel::http {

HostGate::HostGate(std::string host, core::Clock& clock, Random random, const PacingLimits& limits,
                   std::function<void()> paused)
    : host_(std::move(host)), clock_(clock), random_(std::move(random)), paused_(std::move(paused)), pacing_(limits) {}

void HostGate::Slot::finish(HostSign sign, std::optional<core::Duration> retryAfter) {
  if (auto* gate = std::exchange(gate_, nullptr)) gate->leave(ticket_, sign, retryAfter, nullptr);
}

void HostGate::Slot::unreachable(const core::Error& error) {
  if (auto* gate = std::exchange(gate_, nullptr)) gate->leave(ticket_, HostSign::Unreachable, std::nullopt, &error);
}

std::uint64_t HostGate::place() {
  std::lock_guard lock(mutex_);
  return nextPlace_++;
}

core::Result<HostGate::Slot> HostGate::enter(const Turn& turn, const core::CancelToken& cancel) {
  bool cancelled = false;  // guarded by the mutex
  auto registration = cancel.onCancel([&] {
    std::lock_guard lock(mutex_);
    cancelled = true;
    changed_.notify_all();
  });

  std::unique_lock lock(mutex_);
  queueOf(turn.lane).insert(turn.place);
  const auto probes = failedProbes_;
  std::optional<core::Error> refused;
  for (;;) {
    if (cancelled) break;
    const auto now = clock_.now();
    if (failedProbes_ != probes) {
      refused = lastFailure_;
      break;
    }
    if (isTurnOf(turn, now)) {
      queueOf(turn.lane).erase(turn.place);
      auto ticket = pacing_.start(turn.lane, !bulk_.empty());
      changed();
      return Slot(this, ticket);
    }
    refused = tooLate(turn, now);
    if (refused) break;
    const auto held = pacing_.heldUntil();
    const auto version = version_;
    clock_.waitUntil(lock, changed_, held > now ? std::min(held, turn.deadline) : turn.deadline,
                     [&] { return cancelled || version_ != version; });
  }
  queueOf(turn.lane).erase(turn.place);
  changed();
  lock.unlock();
  if (refused) return std::unexpected(*std::move(refused));
  return std::unexpected(cancel.error(fmt::format("The request to {}", host_)));
}

bool HostGate::isTurnOf(const Turn& turn, core::TimePoint now) const {
  const auto& queue = turn.lane == Lane::Bulk ? bulk_ : interactive_;
  return *queue.begin() == turn.place &&
         pacing_.next({.interactive = !interactive_.empty(), .bulk = !bulk_.empty()}, now) == turn.lane;
}

std::optional<core::Error> HostGate::tooLate(const Turn& turn, core::TimePoint now) const {
  const auto held = pacing_.heldUntil();
  if (held > now && held > turn.deadline) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(held - now).count();
    return core::fail(core::ErrorCode::RateLimited,
                      fmt::format("The host {} gets too many requests and asked to slow down for {} s, longer than "
                                  "this could wait. Try again then.",
                                  host_, seconds))
        .error();
  }
  if (now < turn.deadline) return std::nullopt;
  if (pacing_.offline()) return lastFailure_;
  return core::fail(core::ErrorCode::DeadlineExceeded,
                    fmt::format("The request to {} waited too long behind other requests and was not sent. Try again "
                                "when less is going on.",
                                host_))
      .error();
}

void HostGate::leave(const Pacing::Ticket& ticket, HostSign sign, std::optional<core::Duration> retryAfter,
                     const core::Error* why) {
  bool longer = false;
  {
    std::lock_guard lock(mutex_);
    const auto before = pacing_.heldUntil();
    const auto now = clock_.now();
    pacing_.finish(ticket, sign, retryAfter, !interactive_.empty() || !bulk_.empty(), now, random_());
    if (why != nullptr) {
      lastFailure_ = *why;
      if (ticket.probe) ++failedProbes_;
    }
    longer = pacing_.heldUntil() > std::max(before, now);
    changed();
  }
  if (longer && paused_) paused_();
}

void HostGate::changed() {
  ++version_;
  changed_.notify_all();
}

GateState HostGate::state() const {
  std::lock_guard lock(mutex_);
  GateState state{.window = pacing_.window(),
                  .inFlight = pacing_.inFlight(),
                  .waiting = static_cast<int>(interactive_.size() + bulk_.size()),
                  .offline = pacing_.offline(),
                  .slowedDownUntil = std::nullopt};
  const auto now = clock_.now();
  if (auto held = pacing_.heldUntil(); held > now)
    state.slowedDownUntil = clock_.wallNow() + std::chrono::duration_cast<core::WallTime::duration>(held - now);
  return state;
}

std::shared_ptr<HostGate> GateTable::gateOf(const Origin& host) {
  std::lock_guard lock(mutex_);
  auto& gate = gates_[host.text()];
  if (!gate)
    gate = std::make_shared<HostGate>(host.text(), clock_, systemRandom(), PacingLimits{}, [this, name = host.text()] {
      if (paused_) paused_(name);
    });
  return gate;
}

std::optional<GateState> GateTable::stateOf(const Origin& host) const {
  std::shared_ptr<HostGate> gate;
  {
    std::lock_guard lock(mutex_);
    auto known = gates_.find(host.text());
    if (known != gates_.end()) gate = known->second;
  }
  return gate ? std::optional(gate->state()) : std::nullopt;
}

}  // namespace trowel::http
