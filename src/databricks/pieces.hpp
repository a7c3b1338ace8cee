// SPDX-License-Identifier: Apache-2.0
// A large transfer as pieces, several of which are on their way at a time. The first failure stops all others.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "trowel/core/cancel.hpp"

namespace trowel::databricks {

using FetchPiece = std::function<core::Result<std::string>(std::uint64_t number, const core::CancelToken& cancel)>;
using TakePiece = std::function<core::Result<void>(std::string_view bytes)>;

// Fetches pieces 0 to `count` - 1 on up to `width` threads of its own and hands them over on the calling thread, in
// their order. At most `width` of them are in memory.
core::Result<void> fetchPieces(std::uint64_t count, std::size_t width, const core::CancelToken& cancel,
                               const FetchPiece& fetch, const TakePiece& take);

// Runs `work` on `width` threads of its own until all have returned; each takes piece after piece until none is left.
core::Result<void> sendPieces(std::size_t width, const core::CancelToken& cancel,
                              const std::function<core::Result<void>(const core::CancelToken& cancel)>& work);

}  // namespace trowel::databricks
