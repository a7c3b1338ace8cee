// SPDX-License-Identifier: Apache-2.0
// The state of a file costs nothing while neither side has moved since it was known to be the same. Where one has,
// contents are compared once for these two versions. A folder is walked through only as far as both sides have it, so
// that a workspace of which nothing lies here costs no call at all.
#include "workspace_states.hpp"

#include <algorithm>
#include <utility>

#include "features/files/file_tree.hpp"
#include "features/files/remote_workspace.hpp"
#include "trowel/core/log.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;
using sync::SidedObject;
using sync::SideState;

constexpr auto kFresh = std::chrono::seconds(30);                // what is known of a folder
constexpr std::uint64_t kMaxCompared = std::uint64_t{16} << 20;  // bytes of one file
constexpr std::size_t kMaxDifferent = 20'000;
constexpr std::size_t kMaxTasks = 2'000;
constexpr std::size_t kMaxFolders = 300;   // of one walk
constexpr std::size_t kMaxContents = 300;  // compared in one walk
constexpr std::size_t kMaxDepth = 50;

sync::FolderPair rootsOf(const TransferPlace& place) { return {.remote = place.remote, .local = place.local}; }

// The path below the root: "" for it.
std::string relativeOf(const TransferPlace& place, const std::string& folder) {
  if (folder == place.remote) return {};
  return folder.substr(place.remote == "/" ? 1 : place.remote.size() + 1);
}

Result<std::vector<sync::Entry>> entriesOf(sync::RemoteTree& remote, const std::string& folder,
                                           const core::CancelToken& token) {
  std::vector<sync::Entry> entries;
  TROWEL_TRY(remote.list(
      folder,
      [&](sync::Entry entry) -> Result<void> {
        entries.push_back(std::move(entry));
        return {};
      },
      token));
  return entries;
}

bool isComparable(const SidedObject& object) {
  return object.doubtful && object.stamp && object.stamp->size <= kMaxCompared;
}

}  // namespace

void FolderCounts::add(const FolderCounts& other) {
  same += other.same;
  up += other.up;
  down += other.down;
  conflict += other.conflict;
  complete = complete && other.complete;
}

FolderCounts countsOf(const SidedObject& object) {
  FolderCounts counts;
  switch (object.state) {
    case SideState::Folder:
      break;
    case SideState::Same:
      counts.same = 1;
      break;
    case SideState::OnlyHere:
    case SideState::LocalChanged:
      // What cannot go there is not waiting for it.
      counts.up = object.problem.empty() ? 1 : 0;
      break;
    case SideState::OnlyThere:
      counts.down = object.remote && object.remote->kind == sync::EntryKind::Other ? 0 : 1;
      break;
    case SideState::RemoteChanged:
      counts.down = 1;
      break;
    case SideState::BothChanged:
    case SideState::Clash:
      counts.conflict = 1;
      break;
  }
  return counts;
}

std::shared_ptr<sync::FolderLook> WorkspaceStates::lookerOf(const connection::Connection& connection) {
  const auto options = parts_.transfers.optionsFor(connection, FileSystemKind::Workspace);
  std::lock_guard lock(mutex_);
  auto& looker = lookers_[options.identity];
  if (!looker) looker = std::make_shared<sync::FolderLook>(options);
  return looker;
}

WorkspaceStates::Key WorkspaceStates::keyOf(const std::string& identity, const std::string& path,
                                            const SidedObject& object) {
  return {identity, path + " " + object.local, object.stamp->mtime, object.stamp->size, object.remote->version};
}

bool WorkspaceStates::isDecided(const Key& key) const { return different_.contains(key) || unknown_.contains(key); }

Result<WorkspaceStates::Look> WorkspaceStates::look(const Project& project, const connection::ConnectionPtr& connection,
                                                    const TransferPlace& place, const std::string& folder,
                                                    std::vector<sync::Entry> there, const core::CancelToken& token) {
  const auto identity = Transfers::identityOf(*connection, FileSystemKind::Workspace);
  Look look;
  look.objects = TROWEL_TRY(
      lookerOf(*connection)->look(rootsOf(place), relativeOf(place, folder), std::move(there), place.formats, token));
  const Task task{.project = project, .connection = connection, .place = place, .folder = folder};
  const auto now = parts_.session.clock().now();
  for (auto& object : look.objects) {
    const auto path = childPath(folder, object.name);
    if (object.state == SideState::Folder) {
      bool fresh = false;
      {
        std::lock_guard lock(mutex_);
        if (auto known = folders_.find({identity, path}); known != folders_.end()) {
          look.folders[object.name] = known->second.counts;
          fresh = !known->second.outdated && now - known->second.at < kFresh;
        }
      }
      if (fresh) continue;
      auto walk = task;
      walk.child = object.name;
      add(std::move(walk), identity + " walk " + path);
    } else if (isComparable(object)) {
      {
        std::lock_guard lock(mutex_);
        if (isDecided(keyOf(identity, path, object))) continue;
      }
      look.pending.insert(object.name);
      auto compare = task;
      compare.object = object;
      add(std::move(compare), identity + " compare " + path);
    }
  }
  return look;
}

void WorkspaceStates::add(Task task, std::string name) {
  {
    std::lock_guard lock(mutex_);
    if (tasks_.size() >= kMaxTasks || !waiting_.insert(name).second) return;
    tasks_.emplace_back(std::move(name), std::move(task));
    if (std::exchange(draining_, true)) return;
  }
  if (parts_.session.background([this](const core::CancelToken& shutdown) { drain(shutdown); })) return;
  std::lock_guard lock(mutex_);
  draining_ = false;
}

// One folder after the other, so that its rows are drawn anew once for all that was found out about them.
void WorkspaceStates::drain(const core::CancelToken& shutdown) {
  std::optional<Task> last;
  bool found = false;
  while (true) {
    std::optional<Task> task;
    std::string name;
    {
      std::lock_guard lock(mutex_);
      if (!tasks_.empty() && !shutdown.cancelled()) {
        name = tasks_.front().first;
        task = std::move(tasks_.front().second);
        tasks_.pop_front();
        // Whoever asks from now on wants to know what is there then.
        if (!task->object) waiting_.erase(name);
      }
    }
    const bool sameFolder = task && last && task->folder == last->folder && task->project == last->project;
    if (last && !sameFolder && std::exchange(found, false))
      parts_.changed(last->folder == last->place.remote ? std::nullopt : std::optional(last->folder));
    if (task) {
      found = run(*task, shutdown) || found;
      last = std::move(task);
    }
    std::lock_guard lock(mutex_);
    if (last && last->object) waiting_.erase(name);
    if (!name.empty()) continue;
    if (!tasks_.empty() && !shutdown.cancelled()) continue;
    draining_ = false;
    return;
  }
}

std::optional<bool> WorkspaceStates::compare(const Task& task, const std::string& folder, const SidedObject& object,
                                             const core::CancelToken& token) {
  const auto tree = fileTree(FileSystemKind::Workspace, task.connection, http::Lane::Bulk);
  auto same = lookerOf(*task.connection)
                  ->compare(*tree.remote, rootsOf(task.place), relativeOf(task.place, folder), object, token);
  if (!same) core::logDebug("features", "not compared: " + core::describe(same.error()));
  if (!same || !*same) {
    const auto identity = Transfers::identityOf(*task.connection, FileSystemKind::Workspace);
    std::lock_guard lock(mutex_);
    auto& keys = same ? different_ : unknown_;
    if (keys.size() >= kMaxDifferent) keys.clear();
    keys.insert(keyOf(identity, childPath(folder, object.name), object));
  }
  if (!same) return std::nullopt;
  return *same;
}

// One walk through a folder that both sides have.
class WorkspaceStates::Walk {
 public:
  Walk(WorkspaceStates& states, const Task& task, std::uint64_t epoch, const core::CancelToken& token)
      : states_(states),
        task_(task),
        epoch_(epoch),
        token_(token),
        identity_(Transfers::identityOf(*task.connection, FileSystemKind::Workspace)),
        looker_(states.lookerOf(*task.connection)),
        tree_(fileTree(FileSystemKind::Workspace, task.connection, http::Lane::Bulk)) {}

  Result<FolderCounts> folder(const std::string& path, std::size_t depth) {
    FolderCounts counts;
    if (depth > kMaxDepth || ++folders_ > kMaxFolders) {
      counts.complete = false;
      return counts;
    }
    auto there = TROWEL_TRY(entriesOf(*tree_.remote, path, token_));
    const auto objects = TROWEL_TRY(looker_->look(rootsOf(task_.place), relativeOf(task_.place, path), std::move(there),
                                                  task_.place.formats, token_));
    for (const auto& object : objects) {
      if (object.state == SideState::Folder) {
        const auto inside = TROWEL_TRY(folder(childPath(path, object.name), depth + 1));
        counts.add(inside);
      } else {
        counts.add(isSame(path, object) ? FolderCounts{.same = 1} : countsOf(object));
      }
    }
    if (depth > 0 && counts.complete) states_.remember(identity_, path, counts, epoch_);
    return counts;
  }

 private:
  bool isSame(const std::string& path, const SidedObject& object) {
    if (!isComparable(object)) return false;
    {
      std::lock_guard lock(states_.mutex_);
      if (states_.isDecided(keyOf(identity_, childPath(path, object.name), object))) return false;
    }
    if (++contents_ > kMaxContents) return false;
    return states_.compare(task_, path, object, token_).value_or(false);
  }

  WorkspaceStates& states_;
  const Task& task_;
  const std::uint64_t epoch_;
  const core::CancelToken& token_;
  const std::string identity_;
  const std::shared_ptr<sync::FolderLook> looker_;
  const FileTree tree_;
  std::size_t folders_ = 0;
  std::size_t contents_ = 0;
};

bool WorkspaceStates::remember(const std::string& identity, const std::string& path, const FolderCounts& counts,
                               std::uint64_t epoch) {
  std::lock_guard lock(mutex_);
  auto& known = folders_[{identity, path}];
  const bool news = known.at == core::TimePoint() || known.counts != counts;
  known = {.counts = counts, .at = parts_.session.clock().now(), .outdated = epoch != epoch_};
  return news;
}

bool WorkspaceStates::run(const Task& task, const core::CancelToken& shutdown) {
  core::CancelSource either(shutdown);
  const auto gone = task.connection->cancel.onCancel([&] { either.cancel(core::CancelReason::Superseded); });
  // Rows of something that is being compared say so: whatever came of it, they are drawn anew.
  if (task.object) {
    static_cast<void>(compare(task, task.folder, *task.object, either.token()));
    return true;
  }
  const auto path = childPath(task.folder, task.child);
  const auto identity = Transfers::identityOf(*task.connection, FileSystemKind::Workspace);
  std::uint64_t epoch = 0;
  {
    std::lock_guard lock(mutex_);
    epoch = epoch_;
  }
  auto counts = Walk(*this, task, epoch, either.token()).folder(path, 0);
  if (!counts) {
    core::logDebug("features", "not walked through: " + core::describe(counts.error()));
    return false;
  }
  return remember(identity, path, *counts, epoch);
}

void WorkspaceStates::outdate() {
  std::lock_guard lock(mutex_);
  ++epoch_;
  for (auto& [place, known] : folders_) known.outdated = true;
  unknown_.clear();
}

Result<std::vector<std::string>> WorkspaceStates::localFilesOf(const connection::Connection& connection,
                                                               const TransferPlace& place,
                                                               const std::vector<std::string>& paths,
                                                               const core::CancelToken& token) {
  std::map<std::string, std::vector<SidedObject>> folders;
  std::vector<std::string> files;
  for (const auto& path : paths) {
    if (!place.localOf(path))
      return core::fail(ErrorCode::InvalidParams, path + " is outside of " + place.remote +
                                                      ", which the local sync folder has. Change the "
                                                      "setting trowel.workspace.root.");
    if (path == place.remote) {
      files.push_back(place.local);
      continue;
    }
    const auto folder = folderOf(path);
    if (!folders.contains(folder)) {
      auto here =
          TROWEL_TRY(lookerOf(connection)->look(rootsOf(place), relativeOf(place, folder), {}, place.formats, token));
      folders[folder] = std::move(here);
    }
    const auto& here = folders[folder];
    const auto object = std::ranges::find(here, nameOf(path), &SidedObject::name);
    if (object == here.end())
      return core::fail(ErrorCode::NotFound, path + " is not in the local sync folder. Download it first.");
    if (object->state == SideState::Clash)
      return core::fail(ErrorCode::Conflict, "Nobody can tell which file " + path + " is. " + object->problem);
    files.push_back(childPath(*place.localOf(folder), object->local));
  }
  return files;
}

Result<std::string> WorkspaceStates::localFileOf(const connection::Connection& connection, const TransferPlace& place,
                                                 const std::string& path,
                                                 const std::optional<databricks::WorkspaceObject>& there,
                                                 const core::CancelToken& token) {
  const auto folder = folderOf(path);
  const auto local = place.localOf(folder);
  if (!local || path == place.remote) return std::string();
  std::vector<sync::Entry> entries;
  if (there) {
    entries.push_back(entryOf(*there));
    entries.front().name = nameOf(path);
  }
  const auto objects = TROWEL_TRY(
      lookerOf(connection)->look(rootsOf(place), relativeOf(place, folder), std::move(entries), place.formats, token));
  const auto object = std::ranges::find(objects, nameOf(path), &SidedObject::name);
  if (object == objects.end() || object->local.empty() || object->state == SideState::Clash) return std::string();
  return childPath(*local, object->local);
}

Result<SidedObject> WorkspaceStates::objectAt(const connection::ConnectionPtr& connection, const TransferPlace& place,
                                              const std::string& path, const core::CancelToken& token) {
  const auto tree = fileTree(FileSystemKind::Workspace, connection);
  auto entry = tree.remote->stat(path, token);
  if (!entry && entry.error().code != ErrorCode::NotFound) return std::unexpected(std::move(entry).error());
  std::vector<sync::Entry> there;
  if (entry) {
    entry->name = nameOf(path);
    there.push_back(*entry);
  }
  if (place.localOf(path) && path != place.remote) {
    const auto objects = TROWEL_TRY(
        lookerOf(*connection)->look(rootsOf(place), relativeOf(place, folderOf(path)), there, place.formats, token));
    const auto object = std::ranges::find(objects, nameOf(path), &SidedObject::name);
    if (object != objects.end()) return *object;
  }
  if (!entry) return std::unexpected(std::move(entry).error());
  return SidedObject{.name = nameOf(path), .remote = *std::move(entry)};
}

}  // namespace trowel::features
