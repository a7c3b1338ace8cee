// SPDX-License-Identifier: Apache-2.0
// Carries out one step of a transfer, whichever way it goes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/transfer/pair_journal.hpp"
#include "sync/transfer/questions.hpp"
#include "trowel/os/file_reader.hpp"
#include "trowel/os/part_file.hpp"

namespace trowel::sync {

// One item while it is on its way.
struct Item {
  CopyStep step = {};  // as it is known by now
  std::uint32_t attempt = 1;
  bool inDoubt = false;      // an earlier attempt may have written it after all
  std::int64_t counted = 0;  // bytes of it that the progress has
};

struct ItemOutcome {
  enum class State : std::uint8_t {
    Copied,
    Equal,
    Kept,
    Failed,
    Conflicting,  // something else came up in the target: to be tried again as a conflict
  };
  State state = State::Failed;
  std::optional<core::Error> error = {};             // of Failed
  std::optional<KnownPair> known = {};               // both sides are the same now
  std::shared_ptr<const os::Directory> folder = {};  // has to be synced before that counts
};

// Any thread, many items at a time.
class ItemCopier {
 public:
  using Count = std::function<void(Item& item, std::int64_t bytes)>;

  // `roots`: of the pairs, opened. `count` is told of bytes as they pass.
  ItemCopier(const TransferPlan& plan, const std::vector<os::Directory>& roots, RemoteTree& remote,
             const std::string& identity, Questions& questions, Count count);

  ItemOutcome copy(Item& item, const core::CancelToken& token) const;
  // The name of the part that a download of the item goes to.
  std::string partNameOf(const CopyStep& step) const;

 private:
  core::Result<ItemOutcome> download(Item& item, const core::CancelToken& token) const;
  core::Result<void> fetch(Item& item, os::PartFile& part, const core::CancelToken& token) const;
  core::Result<ItemOutcome> settleDownload(const Item& item, os::PartFile& part, const os::Directory& folder,
                                           const std::string& name, const core::CancelToken& token) const;
  core::Result<void> placeBeside(const CopyStep& step, os::PartFile& part, const std::string& name) const;

  core::Result<ItemOutcome> upload(Item& item, const core::CancelToken& token) const;
  core::Result<ItemOutcome> send(Item& item, const os::Directory& folder, const std::string& remotePath, bool overwrite,
                                 const core::CancelToken& token) const;
  core::Result<ItemOutcome> settleUpload(Item& item, const os::Directory& folder, const core::CancelToken& token) const;
  core::Result<ItemOutcome> sendBeside(Item& item, const os::Directory& folder, const core::CancelToken& token) const;
  // The first number from `number` on that makes a name in the target which no other item of the plan wants.
  unsigned freeNumber(const CopyStep& step, std::string_view extension, unsigned number) const;
  core::Result<void> checkStillFits(const CopyStep& step, const os::FileReader& reader, const os::Directory& folder,
                                    const std::string& name) const;

  const TransferPlan& plan_;
  const std::vector<os::Directory>& roots_;
  RemoteTree& remote_;
  const std::string& identity_;
  Questions& questions_;
  const Count count_;
  std::set<std::pair<std::size_t, std::string>> targets_;  // of all items: pair, path
};

// "" and "a" of "a", "a/b" and "c" of "a/b/c".
std::pair<std::string, std::string> splitPath(const std::string& path);

}  // namespace trowel::sync
