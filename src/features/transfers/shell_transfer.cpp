// SPDX-License-Identifier: Apache-2.0
#include "shell_transfer.hpp"

#include <utility>

#include "features/files/file_tree.hpp"
#include "transfer_words.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/directory.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;
using protocol::TransferConflict;
using sync::Direction;
using sync::OnConflict;

class Observer final : public sync::TransferObserver {
 public:
  Observer(const sync::TransferPlan& plan, TransferConflict choice, rpc::CallContext& call)
      : plan_(plan), choice_(choice), call_(call) {}

  void progress(const sync::TransferProgress& progress) override {
    call_.progress.report(doing(plan_.direction), progressText(progress), percentOf(progress));
  }

  Result<sync::Resolution> resolve(const sync::CopyStep& step, const core::CancelToken&) override {
    if (choice_ == TransferConflict::Both) return sync::Resolution{OnConflict::KeepBoth, true};
    const bool replace = choice_ == TransferConflict::Replace;
    if (!replace)
      left.push_back({plan_.direction == Direction::Down ? plan_.remotePath(step) : plan_.localPath(step),
                      "It differs on both sides, and the target was left as it is. Say --on-conflict "
                      "replace or both."});
    // Mine is the local one, which is the source of an upload and the target of a download.
    const bool mine = (plan_.direction == Direction::Up) == replace;
    return sync::Resolution{mine ? OnConflict::KeepMine : OnConflict::TakeTheirs, false};
  }

  std::vector<protocol::TransferProblem> left;

 private:
  const sync::TransferPlan& plan_;
  const TransferConflict choice_;
  rpc::CallContext& call_;
};

bool isFolderHere(const std::string& path) { return os::Directory::open(path).has_value(); }

std::string sourceOf(const sync::TransferPlan& plan, const sync::CopyStep& step) {
  return plan.direction == Direction::Down ? plan.remotePath(step) : plan.localPath(step);
}

}  // namespace

Result<ShellTransfer::Ends> ShellTransfer::endsOf(const protocol::TransferRunParams& params) {
  const bool fromHere = params.from.starts_with('/');
  const bool toHere = params.to.starts_with('/');
  if (fromHere == toHere)
    return core::fail(ErrorCode::InvalidParams,
                      "One of the two must be a path of this machine, the other one an address as wsfs:/Users/me/etl, "
                      "dbfs:/tmp/data or volumes:/main/default/raw.");
  Ends ends{.direction = fromHere ? Direction::Up : Direction::Down,
            .remote = TROWEL_TRY(parseFileUri(fromHere ? params.to : params.from)),
            .local = fromHere ? params.from : params.to};
  while (ends.local.size() > 1 && ends.local.ends_with('/')) ends.local.pop_back();
  return ends;
}

// A folder stands for what is in it; a file for itself, in a folder that is there, or under the very same name.
Result<sync::FolderPair> ShellTransfer::pairOf(const Ends& ends, sync::RemoteTree& remote,
                                               const core::CancelToken& cancel) {
  const auto& there = ends.remote.path;
  if (ends.direction == Direction::Up) {
    if (isFolderHere(ends.local)) return sync::FolderPair{.remote = there, .local = ends.local};
    return sync::FolderPair{.remote = there, .local = folderOf(ends.local), .names = {nameOf(ends.local)}};
  }
  const auto entry =
      there == "/" ? sync::Entry{.name = {}, .kind = sync::EntryKind::Folder} : TROWEL_TRY(remote.stat(there, cancel));
  if (entry.kind == sync::EntryKind::Folder) return sync::FolderPair{.remote = there, .local = ends.local};
  return sync::FolderPair{.remote = folderOf(there), .local = ends.local, .names = {nameOf(there)}};
}

Result<protocol::TransferRunResult> ShellTransfer::run(const protocol::TransferRunParams& params,
                                                       rpc::CallContext& call) {
  const auto ends = TROWEL_TRY(endsOf(params));
  const auto project = TROWEL_TRY(session_.project(params.folder));
  const auto connection = TROWEL_TRY(session_.connection(project, call.cancel));
  core::CancelSource either(call.cancel);
  const auto gone = connection->cancel.onCancel([&] { either.cancel(core::CancelReason::Superseded); });
  const auto tree = fileTree(ends.remote.kind, connection, http::Lane::Bulk);
  sync::TransferRequest request{
      .direction = ends.direction, .folders = {}, .ignoreRules = ends.remote.kind == FileSystemKind::Workspace};
  request.folders.push_back(TROWEL_TRY(pairOf(ends, *tree.remote, either.token())));
  if (ends.remote.kind != FileSystemKind::Workspace) request.formats = {};
  sync::Transfer transfer(*tree.remote, session_.clock(), transfers_.optionsFor(*connection, ends.remote.kind));
  const auto plan = TROWEL_TRY(transfer.plan(request, either.token()));
  protocol::TransferRunResult result;
  for (const auto& each : plan.leftOut) result.problems.push_back({each.path, each.why});
  result.same = static_cast<std::int64_t>(plan.equal);
  if (params.dryRun.value_or(false)) {
    result.text = planText(plan);
    return result;
  }
  Observer observer(plan, params.onConflict.value_or(TransferConflict::Leave), call);
  const auto report = transfer.run(plan, observer, either.token());
  transfers_.copied(ends.remote.kind, ends.direction);
  if (report.stopped && report.stopped->code == ErrorCode::Cancelled) return std::unexpected(*report.stopped);
  result.copied = static_cast<std::int64_t>(report.copied);
  result.same += static_cast<std::int64_t>(report.equal);
  result.text = resultOf(plan, report).text;
  for (const auto& each : report.failures)
    result.problems.push_back({sourceOf(plan, plan.copies[each.copy]), core::redact(each.error.message)});
  for (const auto& each : report.folders) result.problems.push_back({each.path, each.why});
  for (auto& each : observer.left) result.problems.push_back(std::move(each));
  if (report.stopped) result.problems.push_back({"", core::redact(report.stopped->message)});
  return result;
}

}  // namespace trowel::features
