// SPDX-License-Identifier: Apache-2.0
// Copies files, folders and selections between this machine and a remote tree: side by side, with progress, to be
// stopped and resumed at any point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/sync/remote_tree.hpp"
#include "trowel/sync/transfer_plan.hpp"

namespace trowel::sync {

struct TransferOptions {
  std::string identity;           // what is at the other end: host, workspace id, and which of its trees
  std::string stateDir;           // os::stateDir(); the journal goes to its folder "transfer"
  std::size_t parallel = 48;      // items at a time; how many calls a host gets is decided further down
  std::size_t parallelLarge = 2;  // of those, large ones
  std::uint64_t large = std::uint64_t{16} << 20;  // bytes; pieces of such an item are in memory
  std::uint32_t attempts = 3;                     // of an item that fails in a way that may pass
};

enum class ItemState : std::uint8_t {
  Copied,
  Equal,  // the target turned out to have the same bytes
  Kept,   // a conflict was decided for what the target has
  Failed,
};

struct TransferProgress {
  std::size_t items = 0;  // that are through, in whatever state
  std::size_t itemsTotal = 0;
  std::uint64_t bytes = 0;       // may go back where an item begins anew
  std::uint64_t bytesTotal = 0;  // as far as sizes are known
};

struct Resolution {
  OnConflict choice = OnConflict::KeepMine;  // not Ask
  bool forAll = false;                       // for all further conflicts of this run, too
};

// On threads of the transfer: one call of progress() or finished() at a time, one of resolve() beside it.
class TransferObserver {
 public:
  virtual ~TransferObserver() = default;

  // At most every 100 ms, and at the end.
  virtual void progress(const TransferProgress&) {}
  // An item is through. `error` with Failed only.
  virtual void finished(const CopyStep&, ItemState, const core::Error* /*error*/) {}
  // May take as long as the user does, while everything else goes on. An Error stops the transfer.
  virtual core::Result<Resolution> resolve(const CopyStep& step, const core::CancelToken& token) = 0;
};

struct ItemFailure {
  std::size_t copy = 0;  // index into TransferPlan::copies
  core::Error error;
  bool transient = false;  // may pass by itself
};

struct TransferReport {
  std::size_t copied = 0;
  std::size_t equal = 0;
  std::size_t kept = 0;
  std::vector<ItemFailure> failures;   // by index
  std::vector<LeftOut> folders;        // that could not be made
  std::size_t untried = 0;             // items that the transfer did not come to
  std::optional<core::Error> stopped;  // why: cancelled, the host away, no credential, the disk full
  std::string trouble;                 // with the journal; empty where there is none
};

// One call at a time.
class Transfer {
 public:
  // `remote` and `clock` outlive the transfer.
  Transfer(RemoteTree& remote, core::Clock& clock, TransferOptions options);
  ~Transfer();

  // Looks at both sides and changes nothing. What was done before is not planned again, so that to resume is to plan
  // and run once more. NotFound where a source is not there; the remote's own error where it cannot be used.
  core::Result<TransferPlan> plan(const TransferRequest& request, const core::CancelToken& token);

  // Does it. What failed or was not tried is found by the next plan().
  TransferReport run(const TransferPlan& plan, TransferObserver& observer, const core::CancelToken& token);

 private:
  class PairJournal& journal();

  RemoteTree& remote_;
  core::Clock& clock_;
  const TransferOptions options_;
  std::unique_ptr<class PairJournal> journal_;
};

// The plan for single items of another one, as what failed in a run of it.
TransferPlan only(const TransferPlan& plan, const std::vector<std::size_t>& copies);

}  // namespace trowel::sync
