// SPDX-License-Identifier: Apache-2.0
#include "outbox.hpp"

#include "trowel/core/log.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/rpc/framing.hpp"

namespace trowel::rpc {

namespace {

// So much is worth a write of its own, even while more is coming.
constexpr std::size_t kFlushBytes = 64UL * 1024;

}  // namespace

Outbox::Outbox(std::function<bool(std::string_view)> write, std::size_t backlogBytes, core::Clock& clock)
    : write_(std::move(write)), backlogBytes_(backlogBytes), clock_(clock), writer_([this] { run(); }) {}

Outbox::~Outbox() {
  {
    std::lock_guard lock(mutex_);
    finishing_ = true;
    changed_.notify_all();
  }
  if (writer_.joinable()) writer_.join();
}

void Outbox::push(std::string_view body, Delivery delivery) {
  std::lock_guard lock(mutex_);
  if (finishing_ || broken_) return;
  if (delivery == Delivery::Droppable && pending_.size() + writing_ > backlogBytes_) {
    ++dropped_;
    return;
  }
  appendFrame(pending_, body);
  if (writing_ == 0 && ripe()) changed_.notify_all();
}

bool Outbox::ripe() const { return !pending_.empty() && (corks_ == 0 || pending_.size() >= kFlushBytes); }

Outbox::Cork::Cork(Outbox& outbox) : outbox_(outbox) {
  std::lock_guard lock(outbox_.mutex_);
  ++outbox_.corks_;
}

Outbox::Cork::~Cork() {
  std::lock_guard lock(outbox_.mutex_);
  if (--outbox_.corks_ == 0 && !outbox_.pending_.empty()) outbox_.changed_.notify_all();
}

void Outbox::run() {
  core::nameThread("rpc-write");
  std::string batch;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ripe() || finishing_; });
    if (pending_.empty() || broken_) return;
    batch.clear();
    std::swap(batch, pending_);
    writing_ = batch.size();
    lock.unlock();
    bool written = write_(batch);
    // A large answer must not stay in memory for ever.
    if (batch.capacity() > 1024UL * 1024) std::string().swap(batch);
    lock.lock();
    writing_ = 0;
    if (!written) broken_ = true;
    if (dropped_ > 0)
      core::logDebug("rpc",
                     std::to_string(std::exchange(dropped_, 0)) + " notifications dropped: the editor did not read");
    changed_.notify_all();
  }
}

bool Outbox::finish(core::Duration patience, const std::function<void()>& interrupt) {
  bool written = false;
  {
    std::unique_lock lock(mutex_);
    corks_ = 0;
    changed_.notify_all();
    written = clock_.waitUntil(lock, changed_, clock_.now() + patience,
                               [this] { return broken_ || (pending_.empty() && writing_ == 0); });
    finishing_ = true;
    if (!written) broken_ = true;
    written = written && !broken_;
    changed_.notify_all();
  }
  if (!written) interrupt();
  if (writer_.joinable()) writer_.join();
  return written;
}

}  // namespace trowel::rpc
