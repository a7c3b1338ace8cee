// SPDX-License-Identifier: Apache-2.0
// A large transfer as pieces, several of which are on their way at a time. The first failure stops all others.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "trowel/core/cancel.hpp"

namespace trowel::databricks {

using FetchPiece = std::function<core::Result<std::string>(std::uint64_t number, const core::CancelToken& cancel)>;
using TakePiece = std::function<core::Result<void>(std::string_view bytes)>;

// How far that has come. Kept over a failure, it makes the next attempt go on there.
struct Pieces {
  std::uint64_t taken = 0;                         // have been handed over
  std::map<std::uint64_t, std::string> here = {};  // have been fetched and wait for those before them
};

// Fetches the pieces up to `count` - 1 that `pieces` misses, on up to `width` threads of its own, and hands them over
// on the calling thread, in their order. At most `width` of them are in memory. A piece that `take` has failed on is
// handed over again.
core::Result<void> fetchPieces(Pieces& pieces, std::uint64_t count, std::size_t width, const core::CancelToken& cancel,
                               const FetchPiece& fetch, const TakePiece& take);

// Runs `work` on `width` threads of its own until all have returned; each takes piece after piece until none is left.
core::Result<void> sendPieces(std::size_t width, const core::CancelToken& cancel,
                              const std::function<core::Result<void>(const core::CancelToken& cancel)>& work);

}  // namespace trowel::databricks
