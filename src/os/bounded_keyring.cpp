// SPDX-License-Identifier: Apache-2.0
#include "os/bounded_keyring.hpp"

#include <fmt/format.h>

#include <thread>

#include "trowel/core/worker_pool.hpp"

namespace trowel::os {

namespace {

constexpr core::Duration kForever = core::Duration::max();
constexpr core::Duration kUnavailableTime = std::chrono::seconds(60);

std::unexpected<core::Error> failLate() {
  return core::fail(
      core::ErrorCode::Unavailable,
      fmt::format("The keyring of this desktop did not answer within {} seconds; it may be waiting for its password. "
                  "Answer its question, or unlock it in the program 'Passwords and Keys'.",
                  std::chrono::duration_cast<std::chrono::seconds>(kKeyringTimeout).count()));
}

// Of one call: written by its thread, read by its caller, who may have gone.
template <typename T>
struct Answer {
  std::optional<core::Result<T>> result;
};

}  // namespace

core::Duration rememberedFor(core::ErrorCode code) {
  if (code == core::ErrorCode::Unsupported) return kForever;
  return code == core::ErrorCode::Unavailable ? kUnavailableTime : core::Duration::zero();
}

struct BoundedKeyring::Shared {
  std::mutex mutex;  // guards everything below
  std::condition_variable changed;
  bool running = false;  // a call is on its way
  core::TimePoint late;  // from when on it counts as one that hangs
  std::optional<core::Error> failure;
  core::TimePoint failureEnds;

  void remember(const core::Error& error, core::TimePoint now) {
    const auto time = rememberedFor(error.code);
    if (time == core::Duration::zero()) return;
    failure = error;
    failureEnds = time == kForever ? core::TimePoint::max() : now + time;
  }
};

BoundedKeyring::BoundedKeyring(std::shared_ptr<Keyring> blocking, core::Clock& clock)
    : blocking_(std::move(blocking)), clock_(clock), shared_(std::make_shared<Shared>()) {}

BoundedKeyring::~BoundedKeyring() = default;

template <typename T>
core::Result<T> BoundedKeyring::run(Access access, const core::CancelToken& cancel,
                                    std::move_only_function<core::Result<T>(Keyring&, const core::CancelToken&)> call) {
  const auto deadline = clock_.now() + kKeyringTimeout;
  // Before the lock: where the token is cancelled already, the call-back runs here and now.
  const auto wake = cancel.onCancel([shared = shared_] {
    std::lock_guard lock(shared->mutex);
    shared->changed.notify_all();
  });
  const core::CancelSource stop(cancel);
  std::unique_lock lock(shared_->mutex);
  clock_.waitUntil(lock, shared_->changed, deadline,
                   [&] { return !shared_->running || clock_.now() >= shared_->late || cancel.cancelled(); });
  if (cancel.cancelled()) return std::unexpected(cancel.error("Using the keyring"));
  if (shared_->running) return failLate();
  if (shared_->failure && clock_.now() < shared_->failureEnds &&
      (access == Access::Read || shared_->failure->code == core::ErrorCode::Unsupported))
    return std::unexpected(*shared_->failure);

  shared_->running = true;
  shared_->late = clock_.now() + kKeyringTimeout;
  auto answer = std::make_shared<Answer<T>>();
  std::thread([shared = shared_, blocking = blocking_, answer, token = stop.token(), call = std::move(call)]() mutable {
    core::nameThread("keyring");
    auto result = call(*blocking, token);
    std::lock_guard guard(shared->mutex);
    answer->result = std::move(result);
    shared->running = false;
    shared->changed.notify_all();
  }).detach();

  const bool back = clock_.waitUntil(lock, shared_->changed, deadline,
                                     [&] { return answer->result.has_value() || cancel.cancelled(); });
  if (answer->result) {
    auto result = std::move(*answer->result);
    if (result) {
      shared_->failure.reset();
    } else {
      shared_->remember(result.error(), clock_.now());
    }
    return result;
  }
  lock.unlock();
  stop.cancel(back ? cancel.reason() : core::CancelReason::Deadline);
  if (back) return std::unexpected(cancel.error("Using the keyring"));
  return failLate();
}

core::Result<std::optional<core::SecretString>> BoundedKeyring::get(const std::string& service,
                                                                    const std::string& account,
                                                                    const core::CancelToken& cancel) {
  return run<std::optional<core::SecretString>>(Access::Read, cancel,
                                                [service, account](Keyring& keyring, const core::CancelToken& token) {
                                                  return keyring.get(service, account, token);
                                                });
}

core::Result<void> BoundedKeyring::set(const std::string& service, const std::string& account,
                                       const core::SecretString& secret, const core::CancelToken& cancel) {
  return run<void>(Access::Write, cancel, [service, account, secret](Keyring& keyring, const core::CancelToken& token) {
    return keyring.set(service, account, secret, token);
  });
}

core::Result<void> BoundedKeyring::remove(const std::string& service, const std::string& account,
                                          const core::CancelToken& cancel) {
  return run<void>(Access::Write, cancel, [service, account](Keyring& keyring, const core::CancelToken& token) {
    return keyring.remove(service, account, token);
  });
}

}  // namespace trowel::os
