// SPDX-License-Identifier: Apache-2.0
#include "trowel/sync/transfer.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "sync/transfer/listing.hpp"
#include "sync/transfer/pair_journal.hpp"
#include "sync/transfer/planner.hpp"
#include "sync/transfer/transfer_run.hpp"

namespace trowel::sync {

namespace {

constexpr std::size_t kListing = 16;  // folders at a time

// The objects that the named children of the root become there.
std::vector<std::string> remoteNamesOf(const FolderPair& pair, const LocalListing& local) {
  std::vector<std::string> names;
  if (pair.names.empty()) return names;
  const auto root = local.folders.find("");
  if (root == local.folders.end()) return names;
  for (const auto& entry : root->second) {
    if (entry.problem.empty()) names.push_back(entry.name.substr(0, entry.name.size() - entry.form.extension.size()));
  }
  return names;
}

core::Error missing(const std::string& path) {
  return core::fail(core::ErrorCode::NotFound, "There is no folder " + shown(path) + ".").error();
}

// Who was named and is not there any more.
template <typename Listed>
void reportGone(const FolderPair& pair, const std::string& root,
                const std::map<std::string, std::vector<Listed>>& folders, TransferPlan& plan) {
  std::set<std::string> there;
  if (const auto found = folders.find(""); found != folders.end()) {
    for (const auto& entry : found->second) there.insert(entry.name);
  }
  for (const auto& name : pair.names) {
    if (!there.contains(name)) plan.leftOut.push_back({shown(joinPath(root, name)), "It is not there any more."});
  }
}

class Looking {
 public:
  Looking(RemoteTree& remote, const TransferRequest& request, TransferPlan& plan, const core::CancelToken& token)
      : remote_(remote), request_(request), plan_(plan), token_(token) {}

  core::Result<void> download(std::size_t index, const KnownPairs& known) {
    const auto& pair = plan_.pairs[index];
    const Scope scope{.names = pair.names};
    const auto remote = TROWEL_TRY(listRemote(remote_, pair.remote, scope, kListing, token_));
    if (!remote.folders.contains("")) return std::unexpected(missing(pair.remote));
    reportGone(pair, pair.remote, remote.folders, plan_);
    const auto local = TROWEL_TRY(listForDownload(pair.local, remote, token_));
    planDownload({index, remote, local, known}, request_.formats, plan_);
    return {};
  }

  core::Result<void> upload(std::size_t index, const KnownPairs& known) {
    const auto& pair = plan_.pairs[index];
    const auto root = TROWEL_TRY(os::Directory::open(pair.local));
    const auto rules = ignoreRulesFor(pair.local, request_.ignoreRules, request_.exclude);
    const Scope here{.names = pair.names};
    const auto local = TROWEL_TRY(listForUpload(root, pair.remote, here, rules, request_.formats, token_));
    reportGone(pair, pair.local, local.folders, plan_);
    Scope there{.names = remoteNamesOf(pair, local)};
    there.enters = [&](const std::string& folder) { return local.folders.contains(folder); };
    RemoteListing remote;
    remote.folders[""] = {};
    // Where nothing that was named can go there, there is nothing to ask for.
    if (pair.names.empty() || !there.names.empty())
      remote = TROWEL_TRY(listRemote(remote_, pair.remote, there, kListing, token_));
    planUpload({index, remote, local, known}, [this](const Form& form) { return remote_.maxBytes(form); }, plan_);
    return {};
  }

 private:
  RemoteTree& remote_;
  const TransferRequest& request_;
  TransferPlan& plan_;
  const core::CancelToken& token_;
};

std::string withoutTrailingSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Transfer::Transfer(RemoteTree& remote, core::Clock& clock, TransferOptions options)
    : remote_(remote), clock_(clock), options_(std::move(options)) {}

Transfer::~Transfer() = default;

PairJournal& Transfer::journal() {
  if (!journal_) journal_ = std::make_unique<PairJournal>(options_.stateDir + "/transfer", options_.identity);
  return *journal_;
}

core::Result<TransferPlan> Transfer::plan(const TransferRequest& request, const core::CancelToken& token) {
  TransferPlan plan;
  plan.direction = request.direction;
  plan.onConflict = request.onConflict;
  plan.formats = request.formats;
  plan.pairs = request.folders;
  Looking looking(remote_, request, plan, token);
  for (std::size_t index = 0; index < plan.pairs.size(); ++index) {
    auto& pair = plan.pairs[index];
    pair.remote = withoutTrailingSlash(std::move(pair.remote));
    pair.local = withoutTrailingSlash(std::move(pair.local));
    if (!pair.remote.starts_with('/') || !pair.local.starts_with('/'))
      return core::fail(core::ErrorCode::InvalidParams, "A transfer is between two folders with absolute paths.");
    pair.local = realFolder(pair.local);
    const auto known = journal().load(pair.remote, pair.local);
    TROWEL_TRY(request.direction == Direction::Down ? looking.download(index, known) : looking.upload(index, known));
  }
  finishPlan(plan);
  return plan;
}

TransferReport Transfer::run(const TransferPlan& plan, TransferObserver& observer, const core::CancelToken& token) {
  TransferRun run(plan, remote_, journal(), clock_, options_, observer, token);
  return run.run();
}

TransferPlan only(const TransferPlan& plan, const std::vector<std::size_t>& copies) {
  TransferPlan part = plan;
  part.folders.clear();
  part.leftOut.clear();
  part.warnings.clear();
  part.parts.clear();
  part.equal = 0;
  part.settled = 0;
  part.copies.clear();
  for (const auto copy : copies) part.copies.push_back(plan.copies[copy]);
  finishPlan(part);
  return part;
}

}  // namespace trowel::sync
