// SPDX-License-Identifier: Apache-2.0
// Side by side, as the same kind of text: a file and a SOURCE notebook as they are; of a notebook document the cells,
// for its outputs and metadata differ with every run.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "features/files/contents.hpp"
#include "notebook_text.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "workspace.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Json;
using core::Result;
using Wanted = WorkspaceChoice::Wanted;

}  // namespace

Result<std::string> Workspace::scratchFolder() {
  std::lock_guard lock(mutex_);
  if (scratch_.empty()) {
    TROWEL_TRY(os::makePrivateDirs(contentsFolder()));
    scratch_ = TROWEL_TRY(os::makeTempDir(contentsFolder(), "compare-"));
  }
  auto folder = scratch_ + "/" + std::to_string(++scratches_);
  TROWEL_TRY(os::makePrivateDirs(folder));
  return folder;
}

Result<Json> Workspace::compare(protocol::CommandCall& call) {
  auto task = TROWEL_TRY(begin(call));
  const auto& cancel = task.action.cancel();
  const auto place = TROWEL_TRY(placeOf(task));
  const auto path =
      TROWEL_TRY(choice_.object(task.action, *task.connection, "Compare with Local File", Wanted::Object));
  const auto object = TROWEL_TRY(parts_.states.objectAt(task.connection, place, path, cancel));
  if (object.isFolder())
    return core::fail(ErrorCode::InvalidParams, path + " is a folder. Choose a notebook or a file to compare.");
  if (object.state == sync::SideState::Clash) return core::fail(ErrorCode::Conflict, object.problem);
  if (!object.remote)
    return core::fail(ErrorCode::NotFound, path + " is only here, so there is nothing to compare it with. Upload it.");
  const auto files = TROWEL_TRY(parts_.states.localFilesOf(*task.connection, place, {path}, cancel));
  const auto& local = files.front();
  auto left = TROWEL_TRY(addressOf(task, path));
  auto right = core::pathToUri(local);
  if (core::toLower(local).ends_with(".ipynb") && object.remote->kind == sync::EntryKind::Notebook) {
    const auto here = TROWEL_TRY(os::readFile(local, databricks::Workspace::kMaxImport));
    const auto there = TROWEL_TRY(task.service().exportObject(path, "JUPYTER", task.options()));
    const auto extension = notebookExtension(there.content);
    const auto textThere = TROWEL_TRY(sourceTextOf(there.content, extension));
    auto textHere = sourceTextOf(here, extension);
    if (!textHere)
      return core::failBecause(textHere.error(), local + " cannot be compared. " + textHere.error().message);
    const auto folder = TROWEL_TRY(scratchFolder());
    const auto base = folder + "/" + object.name;
    TROWEL_TRY(os::replaceFile(base + " (workspace)." + extension, textThere));
    TROWEL_TRY(os::replaceFile(base + " (here)." + extension, *textHere));
    left = core::pathToUri(base + " (workspace)." + extension);
    right = core::pathToUri(base + " (here)." + extension);
  }
  TROWEL_TRY(
      task.action.editor().uiDiff({.left = left, .right = right, .title = object.name + ": workspace ↔ here"}, cancel));
  return Json();
}

}  // namespace trowel::features
