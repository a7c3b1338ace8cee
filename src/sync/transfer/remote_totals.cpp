// SPDX-License-Identifier: Apache-2.0
#include "trowel/sync/remote_totals.hpp"

#include <atomic>

#include "sync/transfer/listing.hpp"

namespace trowel::sync {

namespace {

constexpr std::size_t kParallel = 16;
constexpr std::size_t kMaxFolders = 10'000;

}  // namespace

core::Result<RemoteTotals> totalsBelow(RemoteTree& remote, const std::string& folder, const core::CancelToken& token) {
  std::atomic<std::size_t> entered = 0;
  const Scope scope{.names = {}, .enters = [&](const std::string&) { return ++entered <= kMaxFolders; }};
  const auto listing = TROWEL_TRY(listRemote(remote, folder, scope, kParallel, token));
  if (listing.folders.empty()) return core::fail(core::ErrorCode::NotFound, folder + " does not exist any more.");
  RemoteTotals totals{.complete = listing.problems.empty() && entered <= kMaxFolders};
  for (const auto& [path, entries] : listing.folders) {
    for (const auto& entry : entries) {
      if (entry.kind == EntryKind::Folder) {
        ++totals.folders;
      } else {
        ++totals.files;
        totals.bytes += entry.size.value_or(0);
      }
    }
  }
  return totals;
}

}  // namespace trowel::sync
