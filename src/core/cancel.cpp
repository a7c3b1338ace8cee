// SPDX-License-Identifier: Apache-2.0
// A call-back runs outside the state's lock, so that it may take locks of its own. A Registration that ends while its
// call-back runs on another thread waits for it: after the destructor nothing of the owner is touched any more.
#include "trowel/core/cancel.hpp"

#include <map>
#include <thread>

namespace trowel::core {

namespace internal {

struct CancelState {
  std::mutex mutex;  // guards everything below
  std::condition_variable changed;
  CancelReason reason = CancelReason::None;
  std::uint64_t nextId = 1;
  std::map<std::uint64_t, std::function<void()>> callbacks;
  std::uint64_t running = 0;
  std::thread::id runner;
};

}  // namespace internal

std::string_view toString(CancelReason reason) {
  switch (reason) {
    case CancelReason::None:
      return "not cancelled";
    case CancelReason::Client:
      return "cancelled by the user";
    case CancelReason::Deadline:
      return "took too long";
    case CancelReason::Stalled:
      return "nothing came or went for too long";
    case CancelReason::Disconnected:
      return "the connection was closed";
    case CancelReason::Superseded:
      return "replaced by a newer request";
    case CancelReason::Shutdown:
      return "Trowel is shutting down";
  }
  return "cancelled";
}

CancelReason CancelToken::reason() const {
  if (!state_) return CancelReason::None;
  std::lock_guard lock(state_->mutex);
  return state_->reason;
}

Error CancelToken::error(std::string_view what) const {
  auto why = reason();
  Error error;
  error.code = why == CancelReason::Deadline || why == CancelReason::Stalled ? ErrorCode::DeadlineExceeded
                                                                             : ErrorCode::Cancelled;
  error.message = std::string(what) + " stopped: " + std::string(toString(why)) + ".";
  return error;
}

bool CancelToken::waitFor(Clock& clock, Duration duration) const {
  auto deadline = clock.now() + duration;
  if (!state_) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    clock.waitUntil(lock, never, deadline, [] { return false; });
    return true;
  }
  std::unique_lock lock(state_->mutex);
  return !clock.waitUntil(lock, state_->changed, deadline, [this] { return state_->reason != CancelReason::None; });
}

CancelToken::Registration CancelToken::onCancel(std::function<void()> callback) const {
  Registration registration;
  if (!state_) return registration;
  {
    std::lock_guard lock(state_->mutex);
    if (state_->reason == CancelReason::None) {
      registration.state_ = state_;
      registration.id_ = state_->nextId++;
      state_->callbacks.emplace(registration.id_, std::move(callback));
      return registration;
    }
  }
  callback();
  return registration;
}

CancelToken::Registration& CancelToken::Registration::operator=(Registration&& other) noexcept {
  if (this != &other) {
    Registration ending(std::move(*this));
    state_ = std::move(other.state_);
    id_ = std::exchange(other.id_, 0);
  }
  return *this;
}

CancelToken::Registration::~Registration() {
  if (!state_) return;
  std::unique_lock lock(state_->mutex);
  if (state_->callbacks.erase(id_) > 0) return;
  if (state_->running == id_ && state_->runner == std::this_thread::get_id()) return;
  state_->changed.wait(lock, [this] { return state_->running != id_; });
}

CancelSource::CancelSource() : state_(std::make_shared<internal::CancelState>()) {}

CancelSource::CancelSource(const CancelToken& parent) : CancelSource() {
  // The child must not keep itself alive through its parent's list.
  std::weak_ptr<internal::CancelState> weak = state_;
  auto link = parent.onCancel([weak, parent] {
    if (auto child = weak.lock()) CancelSource(std::move(child)).cancel(parent.reason());
  });
  parent_ = std::make_shared<CancelToken::Registration>(std::move(link));
}

bool CancelSource::cancel(CancelReason reason) const {
  auto state = state_;  // a call-back may drop the last other owner
  std::unique_lock lock(state->mutex);
  if (state->reason != CancelReason::None || reason == CancelReason::None) return false;
  state->reason = reason;
  state->runner = std::this_thread::get_id();
  state->changed.notify_all();
  while (!state->callbacks.empty()) {
    auto node = state->callbacks.extract(state->callbacks.begin());
    state->running = node.key();
    lock.unlock();
    node.mapped()();
    node.mapped() = nullptr;
    lock.lock();
    state->running = 0;
    state->changed.notify_all();
  }
  return true;
}

}  // namespace trowel::core
