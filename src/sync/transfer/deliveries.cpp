// SPDX-License-Identifier: Apache-2.0
#include "sync/transfer/deliveries.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "trowel/core/log.hpp"

namespace trowel::sync {

namespace {

constexpr core::Duration kShowEvery = std::chrono::milliseconds(100);

ItemState stateOf(const ItemOutcome& outcome) {
  switch (outcome.state) {
    case ItemOutcome::State::Copied:
      return ItemState::Copied;
    case ItemOutcome::State::Equal:
      return ItemState::Equal;
    case ItemOutcome::State::Kept:
      return ItemState::Kept;
    case ItemOutcome::State::Failed:
    case ItemOutcome::State::Conflicting:
      break;
  }
  return ItemState::Failed;
}

}  // namespace

Deliveries::Deliveries(PairJournal& journal, TransferObserver& observer, core::Clock& clock, std::size_t itemsTotal,
                       std::uint64_t bytesTotal)
    : journal_(journal), observer_(observer), clock_(clock) {
  progress_.itemsTotal = itemsTotal;
  progress_.bytesTotal = bytesTotal;
}

void Deliveries::add(Delivery delivery) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(delivery));
  }
  deliver();
}

void Deliveries::addKnown(KnownPairs pairs) {
  {
    std::lock_guard lock(mutex_);
    learned_.merge(std::move(pairs));
  }
  deliver();
}

void Deliveries::count(std::int64_t bytes) {
  const auto now = clock_.now();
  {
    std::lock_guard lock(mutex_);
    bytes_ += bytes;
    if (now < showAt_) return;
    showAt_ = now + kShowEvery;
    due_ = true;
  }
  deliver();
}

void Deliveries::finish() {
  {
    std::lock_guard lock(mutex_);
    due_ = true;
  }
  deliver();
}

void Deliveries::deliver() {
  std::unique_lock lock(mutex_);
  if (delivering_) return;
  delivering_ = true;
  while (!waiting_.empty() || !learned_.empty() || due_) {
    const auto batch = std::exchange(waiting_, {});
    auto learned = std::exchange(learned_, {});
    progress_.items += batch.size();
    if (const auto now = clock_.now(); now >= showAt_) {
      showAt_ = now + kShowEvery;
      due_ = true;
    }
    progress_.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(bytes_, 0));
    const bool show = std::exchange(due_, false);
    const auto progress = progress_;
    lock.unlock();
    commit(batch, std::move(learned));
    for (const auto& each : batch)
      observer_.finished(*each.step, stateOf(each.outcome), each.outcome.error ? &*each.outcome.error : nullptr);
    if (show) observer_.progress(progress);
    lock.lock();
  }
  delivering_ = false;
}

void Deliveries::commit(const std::vector<Delivery>& batch, KnownPairs learned) {
  std::map<std::string, bool> synced;  // by folder
  KnownPairs pairs = std::move(learned);
  for (const auto& [step, paths, outcome] : batch) {
    if (outcome.folder && outcome.state == ItemOutcome::State::Copied) {
      const auto [folder, first] = synced.try_emplace(outcome.folder->path(), true);
      if (first) {
        auto done = outcome.folder->sync();
        folder->second = done.has_value();
        if (!done) core::logWarn("sync", core::describe(done.error()));
      }
      if (!folder->second) continue;
    }
    if (outcome.known) pairs.emplace(paths, *outcome.known);
  }
  journal_.put(pairs);
}

}  // namespace trowel::sync
