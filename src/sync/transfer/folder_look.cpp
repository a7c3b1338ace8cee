// SPDX-License-Identifier: Apache-2.0
#include "trowel/sync/folder_look.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "sync/transfer/listing.hpp"
#include "sync/transfer/pair_journal.hpp"
#include "sync/transfer/planner.hpp"
#include "sync/transfer/same_content.hpp"

namespace trowel::sync {

namespace {

std::string nameThere(const LocalEntry& entry) {
  return entry.name.substr(0, entry.name.size() - entry.form.extension.size());
}

// Of a file on both sides.
void judgeFile(SidedObject& object, const KnownPair* known) {
  const auto& remote = *object.remote;
  const auto verdict = judge(Direction::Up, {.local = object.stamp, .remote = &remote, .known = known});
  object.state = SideState::Same;
  // What went up, and was not looked at since, is the same for an upload; somebody else may have changed it.
  const bool seen = known == nullptr || !known->version.empty();
  if (verdict == Verdict::Equal && seen) return;
  const bool localSame = known != nullptr && !known->settled && known->stamp == *object.stamp;
  object.state = verdict == Verdict::Changed ? SideState::LocalChanged
                 : localSame                 ? SideState::RemoteChanged
                                             : SideState::BothChanged;
  object.doubtful = !remote.size || *remote.size == object.stamp->size;
}

void setHere(SidedObject& object, const LocalEntry& entry) {
  if (!object.local.empty()) {
    object.state = SideState::Clash;
    object.problem =
        shown(object.local) + " and " + shown(entry.name) + " would get the same name. Rename one of them.";
    return;
  }
  object.local = entry.name;
  object.form = entry.form;
  object.problem = entry.problem;
  if (entry.type != os::FileType::Directory) object.stamp = entry.stamp;
  object.state = SideState::OnlyHere;
  if (!object.remote) return;
  const bool folder = entry.type == os::FileType::Directory;
  const auto kind = folder                                    ? EntryKind::Folder
                    : entry.form.kind == ObjectKind::Notebook ? EntryKind::Notebook
                                                              : EntryKind::File;
  object.state = folder ? SideState::Folder : SideState::Same;
  if (object.remote->kind == kind) return;
  object.state = SideState::Clash;
  if (object.problem.empty())
    object.problem = shown(entry.name) + " is something else here than there. Rename one of them.";
}

}  // namespace

FolderLook::FolderLook(const TransferOptions& options)
    : journal_(std::make_unique<PairJournal>(options.stateDir + "/transfer", options.identity)) {}

FolderLook::~FolderLook() = default;

core::Result<std::vector<SidedObject>> FolderLook::look(const FolderPair& roots, const std::string& folder,
                                                        std::vector<Entry> there, const ExportFormats& formats,
                                                        const core::CancelToken& token) {
  std::map<std::string, SidedObject> objects;  // by name
  for (auto& entry : there) {
    auto& object = objects[entry.name];
    object.name = entry.name;
    object.remote = std::move(entry);
  }
  const auto local = realFolder(roots.local);
  LocalListing here;
  if (auto root = os::Directory::open(local)) {
    here = TROWEL_TRY(listLevel(*root, folder, roots.remote, ignoreRulesFor(local, true, {}), formats, token));
  } else if (root.error().code != core::ErrorCode::NotFound) {
    return std::unexpected(std::move(root).error());
  }
  for (const auto& entry : here.folders[folder]) {
    auto& object = objects[nameThere(entry)];
    object.name = nameThere(entry);
    setHere(object, entry);
  }
  const auto remoteFolder = joinPath(roots.remote, folder);
  const auto localFolder = joinPath(local, folder);
  const auto known = journal_->load(remoteFolder, localFolder);
  std::vector<SidedObject> sided;
  sided.reserve(objects.size());
  for (auto& [name, object] : objects) {
    if (object.remote && object.stamp && object.state == SideState::Same) {
      const auto pair = known.find({joinPath(remoteFolder, name), joinPath(localFolder, object.local)});
      judgeFile(object, pair == known.end() ? nullptr : &pair->second);
    }
    sided.push_back(std::move(object));
  }
  return sided;
}

core::Result<bool> FolderLook::compare(RemoteTree& remote, const FolderPair& roots, const std::string& folder,
                                       const SidedObject& object, const core::CancelToken& token) {
  const auto local = realFolder(roots.local);
  const auto remotePath = joinPath(joinPath(roots.remote, folder), object.name);
  const auto root = TROWEL_TRY(os::Directory::open(local));
  const auto here = TROWEL_TRY(root.child(folder));
  if (!TROWEL_TRY(sameContent(remote, remotePath, object.form, here, object.local, token))) return false;
  // Only what was looked at is known to be the same.
  if (object.stamp && object.remote && !object.remote->version.empty()) {
    const PathPair paths(remotePath, joinPath(joinPath(local, folder), object.local));
    journal_->put({{paths, KnownPair{*object.stamp, object.remote->version}}});
  }
  return true;
}

}  // namespace trowel::sync
