// SPDX-License-Identifier: Apache-2.0
// Where the calls to one host wait for their turn, and the table of these gates by host.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "trowel/core/clock.hpp"
#include "trowel/http/origin.hpp"
#include "trowel/http/pacing.hpp"
#include "trowel/http/retry.hpp"

namespace trowel::http {

// For whoever shows how a host does.
struct GateState {
  int window = 0;    // calls at once that it gets now
  int inFlight = 0;  // calls that are on their way
  int waiting = 0;   // calls that wait for their turn
  bool offline = false;
  std::optional<core::WallTime> slowedDownUntil;  // the host asked for a pause
};

// Lets calls pass as Pacing says. Any thread.
class HostGate {
 public:
  // `host` as in sentences: "https://adb-1.azuredatabricks.net". `clock` outlives the gate.
  // `paused` is told whenever the host asks for a pause that ends later than before; without a lock, quick.
  HostGate(std::string host, core::Clock& clock, Random random = systemRandom(), const PacingLimits& limits = {},
           std::function<void()> paused = {});

  // One attempt that is on its way. finish() or unreachable() says what came of it; without, it says nothing about the
  // host. The gate outlives it.
  class Slot {
   public:
    Slot(Slot&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), ticket_(other.ticket_) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() { finish(HostSign::None); }

    void finish(HostSign sign, std::optional<core::Duration> retryAfter = std::nullopt);
    void unreachable(const core::Error& error);

   private:
    friend class HostGate;
    Slot(HostGate* gate, const Pacing::Ticket& ticket) : gate_(gate), ticket_(ticket) {}
    HostGate* gate_;
    Pacing::Ticket ticket_;
  };

  // One call with all its attempts.
  struct Turn {
    std::uint64_t place = 0;  // of place(): a later attempt does not stand at the end again
    Lane lane = Lane::Interactive;
    core::TimePoint deadline = core::TimePoint::max();
  };
  std::uint64_t place();

  // Blocks until the call may start. Cancelled within milliseconds; RateLimited at once where the host asked for a
  // pause beyond the deadline; DeadlineExceeded where its turn did not come in time. While the host cannot be reached
  // one call goes out to see, and the others wait for that: they go on with it, or fail with its error.
  core::Result<Slot> enter(const Turn& turn, const core::CancelToken& cancel);

  GateState state() const;

 private:
  // All with the mutex held.
  bool isTurnOf(const Turn& turn, core::TimePoint now) const;
  std::optional<core::Error> tooLate(const Turn& turn, core::TimePoint now) const;
  std::set<std::uint64_t>& queueOf(Lane lane) { return lane == Lane::Bulk ? bulk_ : interactive_; }
  void changed();

  void leave(const Pacing::Ticket& ticket, HostSign sign, std::optional<core::Duration> retryAfter,
             const core::Error* why);

  const std::string host_;
  core::Clock& clock_;
  const Random random_;
  const std::function<void()> paused_;

  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::uint64_t version_ = 0;  // of everything here
  Pacing pacing_;
  std::uint64_t nextPlace_ = 0;
  std::set<std::uint64_t> interactive_;  // places of the calls that wait
  std::set<std::uint64_t> bulk_;
  std::uint64_t failedProbes_ = 0;
  core::Error lastFailure_;  // to reach the host
};

// The gates of all hosts, made when they are first asked for. Any thread.
class GateTable {
 public:
  // `paused` as of HostGate, for every host: "https://…".
  explicit GateTable(core::Clock& clock, std::function<void(const std::string& host)> paused = {})
      : clock_(clock), paused_(std::move(paused)) {}

  std::shared_ptr<HostGate> gateOf(const Origin& host);
  // Nothing where no call went there yet.
  std::optional<GateState> stateOf(const Origin& host) const;

 private:
  core::Clock& clock_;
  const std::function<void(const std::string& host)> paused_;
  mutable std::mutex mutex_;  // guards everything below
  std::map<std::string, std::shared_ptr<HostGate>> gates_;
};

}  // namespace trowel::http
