// SPDX-License-Identifier: Apache-2.0
#include "transfers.hpp"

#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "features/files/file_tree.hpp"
#include "git_branch.hpp"
#include "sync_folder.hpp"
#include "transfer_words.hpp"
#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/sync/remote_totals.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;
using sync::Direction;
using sync::OnConflict;

constexpr int kWarning = 2;  // as window/showMessage counts

struct Choice {
  std::string_view id;
  std::string_view label;
  std::string_view detail;
  OnConflict choice;
  bool forAll;
};

constexpr std::array kChoices{
    Choice{"theirs", "Take Theirs", "The file of the workspace stays, the local one is given up.",
           OnConflict::TakeTheirs, false},
    Choice{"mine", "Keep Mine", "The local file stays, the one of the workspace is given up or left alone.",
           OnConflict::KeepMine, false},
    Choice{"both", "Keep Both", "The one that comes gets a name of its own.", OnConflict::KeepBoth, false},
    Choice{"allTheirs", "Take Theirs for All", "And do not ask again in this transfer.", OnConflict::TakeTheirs, true},
    Choice{"allMine", "Keep Mine for All", "And do not ask again in this transfer.", OnConflict::KeepMine, true},
    Choice{"allBoth", "Keep Both for All", "And do not ask again in this transfer.", OnConflict::KeepBoth, true},
};

class Observer final : public sync::TransferObserver {
 public:
  Observer(Action& action, const sync::TransferPlan& plan) : action_(action), plan_(plan) {}

  void progress(const sync::TransferProgress& progress) override {
    action_.report(doing(plan_.direction), progressText(progress), percentOf(progress));
  }

  void finished(const sync::CopyStep& step, sync::ItemState, const core::Error* error) override {
    if (error != nullptr) core::logWarn("transfer", plan_.remotePath(step) + ": " + core::describe(*error));
  }

  Result<sync::Resolution> resolve(const sync::CopyStep& step, const core::CancelToken& token) override {
    std::vector<protocol::PickItem> items;
    for (const auto& choice : kChoices)
      items.push_back({.id = std::string(choice.id),
                       .label = std::string(choice.label),
                       .description = {},
                       .detail = std::string(choice.detail),
                       .icon = {},
                       .picked = {}});
    auto answer = TROWEL_TRY(action_.editor().uiPick(
        {.title = nameOf(plan_.remotePath(step)) + " differs on both sides",
         .placeholder = plan_.remotePath(step) + " and " + plan_.localPath(step) + " have been changed. Which stays?",
         .many = {},
         .items = std::move(items)},
        token));
    for (const auto& choice : kChoices)
      if (answer.ids && !answer.ids->empty() && answer.ids->front() == choice.id)
        return sync::Resolution{choice.choice, choice.forAll};
    return core::fail(ErrorCode::Cancelled,
                      "It was stopped at " + plan_.remotePath(step) + ", which has been changed on both sides.");
  }

 private:
  Action& action_;
  const sync::TransferPlan& plan_;
};

}  // namespace

std::string Transfers::identityOf(const connection::Connection& connection, FileSystemKind kind) {
  return connection.host + " " + std::to_string(connection.me.workspaceId) + " " + titleOf(kind);
}

sync::TransferOptions Transfers::optionsFor(const connection::Connection& connection, FileSystemKind kind) const {
  return {.identity = identityOf(connection, kind), .stateDir = parts_.stateFolder};
}

Result<TransferPlace> Transfers::place(const Project& project, const connection::Connection& connection,
                                       FileSystemKind kind) const {
  const auto offer = TROWEL_TRY(chosenOffer(parts_.session, parts_.offers, project));
  TransferPlace place{.kind = kind};
  place.local = TROWEL_TRY(syncFolderOf(offer, titleOf(kind)));
  if (kind != FileSystemKind::Workspace) {
    place.formats = {};  // elsewhere files are files
    return place;
  }
  place.formats = TROWEL_TRY(exportFormatsOf(offer));
  place.remote = TROWEL_TRY(remoteRoot(project, connection));
  return place;
}

Result<std::string> Transfers::remoteRoot(const Project& project, const connection::Connection& connection) const {
  const auto root = parts_.session.workspaceRoot(project);
  const auto branch = root.find("{branch}") == std::string::npos ? std::string() : gitBranchOf(project.path);
  return expandRoot(root, connection.me.userName, branch);
}

Result<std::string> Transfers::localFolder(const Project& project) const {
  const auto offer = TROWEL_TRY(chosenOffer(parts_.session, parts_.offers, project));
  return localSyncFolderOf(offer);
}

Result<std::size_t> Transfers::countBelow(const connection::ConnectionPtr& connection, FileSystemKind kind,
                                          const std::string& folder, const core::CancelToken& cancel) const {
  const auto tree = fileTree(kind, connection);
  return TROWEL_TRY(sync::totalsBelow(*tree.remote, folder, cancel)).files;
}

Result<void> Transfers::ask(Action& action, const sync::TransferPlan& plan) {
  const std::string go = plan.direction == Direction::Down ? "Download" : "Upload";
  const std::string look = "Show Plan";
  auto answer = TROWEL_TRY(action.editor().uiConfirm({.severity = protocol::Severity::Info,
                                                      .message = planQuestion(plan),
                                                      .detail = planDetail(plan),
                                                      .modal = true,
                                                      .actions = {go, look}},
                                                     action.cancel()));
  if (answer.action == look) TROWEL_TRY(action.show("Plan of the " + core::toLower(go), "plaintext", planText(plan)));
  if (answer.action != go) return core::fail(ErrorCode::Cancelled, "Nothing was copied.");
  return {};
}

Result<sync::TransferReport> Transfers::run(Action& action, const connection::ConnectionPtr& connection,
                                            const Order& order) const {
  core::CancelSource either(action.cancel());
  const auto gone = connection->cancel.onCancel([&] { either.cancel(core::CancelReason::Superseded); });
  const auto tree = fileTree(order.kind, connection, http::Lane::Bulk);
  sync::Transfer transfer(*tree.remote, parts_.session.clock(), optionsFor(*connection, order.kind));
  action.report(doing(order.direction), "Looking at both sides");
  // Data often is what git ignores.
  const sync::TransferRequest request{.direction = order.direction,
                                      .folders = order.folders,
                                      .formats = order.formats,
                                      .ignoreRules = order.kind == FileSystemKind::Workspace};
  const auto plan = TROWEL_TRY(transfer.plan(request, either.token()));
  const bool nothing = plan.copies.empty() && plan.folders.empty();
  if (order.confirm && !nothing) TROWEL_TRY(ask(action, plan));
  Observer observer(action, plan);
  auto report = transfer.run(plan, observer, either.token());
  if (!nothing) parts_.changed(order.kind, order.direction);

  for (const auto& each : plan.leftOut) core::logInfo("transfer", "left out: " + each.path + ": " + each.why);
  const auto words = resultOf(plan, report);
  const bool dismissed = report.stopped && report.stopped->code == ErrorCode::Cancelled;
  if (dismissed) {
    // Nobody is shown an error of this kind, but what was done is worth knowing.
    action.editor().lifecycleShowMessage({kWarning, core::redact(words.text)});
    return std::unexpected(*report.stopped);
  }
  if (words.failed) {
    const auto& error = report.stopped ? *report.stopped
                        : report.failures.empty()
                            ? core::fail(ErrorCode::Unavailable, "A folder could not be made.").error()
                            : report.failures.front().error;
    core::Error failure = error;
    failure.message = words.text;
    failure.cause = std::make_shared<const core::Error>(error);
    return std::unexpected(std::move(failure));
  }
  if (words.warns)
    action.editor().lifecycleShowMessage({kWarning, core::redact(words.text)});
  else if (!order.quiet && !words.text.empty())
    action.tell(words.text);
  return report;
}

Result<sync::TransferReport> Transfers::download(Action& action, const connection::ConnectionPtr& connection,
                                                 FileSystemKind kind, const std::vector<std::string>& paths,
                                                 bool confirm) const {
  const auto here = TROWEL_TRY(place(action.project(), *connection, kind));
  auto folders = TROWEL_TRY(pairsOf(here, Direction::Down, paths));
  return run(action, connection,
             {.kind = kind,
              .direction = Direction::Down,
              .folders = std::move(folders),
              .formats = here.formats,
              .confirm = confirm});
}

Result<sync::TransferReport> Transfers::upload(Action& action, const connection::ConnectionPtr& connection,
                                               FileSystemKind kind, const std::vector<std::string>& paths,
                                               bool confirm) const {
  const auto here = TROWEL_TRY(place(action.project(), *connection, kind));
  auto folders = TROWEL_TRY(pairsOf(here, Direction::Up, paths));
  return run(action, connection,
             {.kind = kind,
              .direction = Direction::Up,
              .folders = std::move(folders),
              .formats = here.formats,
              .confirm = confirm});
}

Result<sync::TransferReport> Transfers::uploadInto(Action& action, const connection::ConnectionPtr& connection,
                                                   FileSystemKind kind, const std::string& folder,
                                                   const std::vector<std::string>& paths) const {
  sync::ExportFormats formats;
  if (kind == FileSystemKind::Workspace) formats = TROWEL_TRY(place(action.project(), *connection, kind)).formats;
  std::map<std::string, std::vector<std::string>> names;  // by folder
  for (const auto& path : paths) names[folderOf(path)].push_back(nameOf(path));
  std::vector<sync::FolderPair> folders;
  folders.reserve(names.size());
  for (auto& [local, children] : names)
    folders.push_back({.remote = folder, .local = local, .names = std::move(children)});
  return run(action, connection,
             {.kind = kind, .direction = Direction::Up, .folders = std::move(folders), .formats = std::move(formats)});
}

}  // namespace trowel::features
