// SPDX-License-Identifier: Apache-2.0
// From what is on both sides to what has to be done. Pure: the same sides always give the same plan.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sync/transfer/listing.hpp"
#include "sync/transfer/pair_journal.hpp"
#include "trowel/sync/transfer_plan.hpp"

namespace trowel::sync {

// What one file is on both sides.
struct TwoSides {
  std::optional<os::FileStamp> local;  // nothing where it is not there
  const Entry* remote = nullptr;       // the same
  const KnownPair* known = nullptr;    // when they were last the same
};

enum class Verdict : std::uint8_t { Equal, Settled, New, Changed, Conflict };

// The source is there.
Verdict judge(Direction direction, const TwoSides& sides);

// Both sides of TransferPlan::pairs[pair].
struct PairSides {
  std::size_t pair = 0;
  const RemoteListing& remote;
  const LocalListing& local;
  const KnownPairs& known;
};

void planDownload(const PairSides& sides, const ExportFormats& formats, TransferPlan& plan);

using MaxBytes = std::function<std::uint64_t(const Form&)>;
void planUpload(const PairSides& sides, const MaxBytes& maxBytes, TransferPlan& plan);

// Sorts and counts, once all pairs are in it.
void finishPlan(TransferPlan& plan);

}  // namespace trowel::sync
