// SPDX-License-Identifier: Apache-2.0
// Makes what was copied count: folders synced, journal written, observer told, in this order and for many items at
// once.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "sync/transfer/item_copier.hpp"

namespace trowel::sync {

// What came of an item.
struct Delivery {
  const CopyStep* step = nullptr;
  PathPair paths;
  ItemOutcome outcome;
};

// Any thread. Whoever comes while nobody delivers does it for all who come meanwhile; the others go on with their work.
class Deliveries {
 public:
  Deliveries(PairJournal& journal, TransferObserver& observer, core::Clock& clock, std::size_t itemsTotal,
             std::uint64_t bytesTotal);

  void add(Delivery delivery);
  // What has been found out about pairs that were added before.
  void addKnown(KnownPairs pairs);
  // `bytes` more or less are through.
  void count(std::int64_t bytes);
  // The last word on the progress, when nobody adds any more.
  void finish();

 private:
  void deliver();
  void commit(const std::vector<Delivery>& batch, KnownPairs learned);

  PairJournal& journal_;
  TransferObserver& observer_;
  core::Clock& clock_;
  std::mutex mutex_;  // guards everything below
  std::vector<Delivery> waiting_;
  KnownPairs learned_;
  bool delivering_ = false;
  TransferProgress progress_;
  std::int64_t bytes_ = 0;
  core::TimePoint showAt_ = core::TimePoint::min();  // the progress, not before
  bool due_ = false;                                 // the progress is to be shown
};

}  // namespace trowel::sync
