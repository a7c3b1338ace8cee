// SPDX-License-Identifier: Apache-2.0
// How much there is in remote folders: what a question says before they are gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "trowel/sync/remote_tree.hpp"

namespace trowel::sync {

struct RemoteTotals {
  std::size_t files = 0;    // everything that is no folder
  std::size_t folders = 0;  // the one that was asked about is not counted
  std::uint64_t bytes = 0;  // of those whose size is told
  bool complete = true;     // false: there is more, in folders that may not be listed or are too many
};

// Of all that lies below a folder, however deep; its folders are listed side by side, and no more than a limit of
// 10,000. NotFound where there is no such folder, the remote's own error where it cannot be listed. Any thread; blocks.
core::Result<RemoteTotals> totalsBelow(RemoteTree& remote, const std::string& folder, const core::CancelToken& token);

}  // namespace trowel::sync
