// SPDX-License-Identifier: Apache-2.0
// A stamp proves that a file is unchanged only if the clock of the file system has moved on since: two writes within
// one tick look alike. So a file that is younger than two seconds (FAT's tick, the coarsest) when it is read gets no
// stamp and is read again when it is next looked at.
#include "sync/scanner.hpp"

#include <chrono>
#include <utility>

#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"
#include "trowel/sync/classify.hpp"

namespace trowel::sync {

namespace {

constexpr std::chrono::seconds kCoarsestTick{2};

std::string join(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

// Moves what is at `path` and beneath it from one map to the other.
template <typename Value>
void moveTree(std::map<std::string, Value>& from, std::map<std::string, Value>& to, const std::string& path) {
  if (path.empty()) {
    to.merge(from);
    from.clear();
    return;
  }
  if (auto node = from.extract(path)) to.insert(std::move(node));
  for (auto it = from.lower_bound(path + "/"); it != from.end() && isBeneath(it->first, path);)
    to.insert(from.extract(it++));
}

std::string megabytes(std::size_t bytes) { return std::to_string(bytes >> 20) + " MB"; }

}  // namespace

struct Scanner::Pass {
  LocalTree& tree;
  std::map<std::string, LocalFile> before;
  std::set<std::string> unsettled;
  const core::CancelToken& token;
};

os::FileStamp Scanner::trusted(const os::FileStamp& stamp) const {
  const auto now = clock_.wallNow().time_since_epoch();
  const auto changed = std::chrono::nanoseconds(std::max(stamp.mtime, stamp.ctime));
  return now - changed > kCoarsestTick ? stamp : os::FileStamp{};
}

core::Result<std::set<std::string>> Scanner::refresh(const os::Directory& root, LocalTree& tree,
                                                     const std::set<std::string>& paths,
                                                     const core::CancelToken& token) {
  Pass pass{tree, {}, {}, token};
  for (const auto& path : paths) {
    moveTree(tree.files, pass.before, path);
    std::map<std::string, std::string> settledProblems;
    moveTree(tree.problems, settledProblems, path);
    if (auto done = look(pass, root, path); !done) {
      tree.files.merge(pass.before);
      return std::unexpected(std::move(done).error());
    }
  }
  return std::move(pass.unsettled);
}

core::Result<void> Scanner::look(Pass& pass, const os::Directory& root, const std::string& path) {
  if (path.empty()) return walk(pass, root, path);
  auto info = root.info(path);
  if (!info) {
    if (info.error().code != core::ErrorCode::NotFound) pass.tree.problems[path] = info.error().message;
    return {};
  }
  const bool isFolder = info->type == os::FileType::Directory;
  if (rules_.ignored(path, isFolder)) return {};
  if (info->type == os::FileType::Regular) examine(pass, root, path, path);
  return isFolder ? enter(pass, root, path, path) : core::Result<void>();
}

core::Result<void> Scanner::enter(Pass& pass, const os::Directory& parent, const std::string& name,
                                  const std::string& path) {
  auto folder = parent.child(name);
  if (folder) return walk(pass, *folder, path);
  if (folder.error().code != core::ErrorCode::NotFound) pass.tree.problems[path] = folder.error().message;
  return {};
}

core::Result<void> Scanner::walk(Pass& pass, const os::Directory& folder, const std::string& path) {
  if (pass.token.cancelled()) return std::unexpected(pass.token.error("Looking at the project"));
  auto entries = folder.entries();
  if (!entries) {
    if (path.empty()) return std::unexpected(std::move(entries).error());
    pass.tree.problems[path] = entries.error().message;
    return {};
  }
  for (const auto& entry : *entries) {
    const std::string child = join(path, entry.name);
    const bool isFolder = entry.type == os::FileType::Directory;
    if (!isFolder && entry.type != os::FileType::Regular) continue;  // links, pipes, devices
    if (rules_.ignoredInKeptFolder(child, isFolder)) continue;
    if (!isFolder) {
      examine(pass, folder, entry.name, child);
      continue;
    }
    TROWEL_TRY(enter(pass, folder, entry.name, child));
  }
  return {};
}

void Scanner::examine(Pass& pass, const os::Directory& folder, const std::string& name, const std::string& path) {
  auto problem = [&](std::string message) { pass.tree.problems[path] = std::move(message); };
  if (!core::isUtf8(name)) return problem("The name is not UTF-8, which the workspace cannot store. Rename the file.");
  auto info = folder.info(name);
  if (!info) {
    if (info.error().code != core::ErrorCode::NotFound) problem(info.error().message);
    return;
  }
  const auto known = pass.before.find(path);
  if (known != pass.before.end() && known->second.stamp == info->stamp) {
    pass.tree.files.insert(*known);
    return;
  }
  if (info->stamp.size > kMaxFileBytes)
    return problem("Larger than " + megabytes(kMaxFileBytes) + ", the limit of the workspace for a file.");
  auto content = folder.read(name, kMaxFileBytes);
  if (!content && content.error().code == core::ErrorCode::Conflict) {
    // Somebody is writing: what we know stays until it is quiet.
    pass.unsettled.insert(path);
    if (known != pass.before.end()) pass.tree.files.insert(*known);
    return;
  }
  if (!content) {
    if (content.error().code != core::ErrorCode::NotFound) problem(content.error().message);
    return;
  }
  auto classified = classify(name, content->bytes);
  if (!classified) return problem(classified.error().message);
  if (classified->kind == ObjectKind::Notebook && content->bytes.size() > kMaxNotebookBytes)
    return problem("Larger than " + megabytes(kMaxNotebookBytes) + ", the limit of the workspace for a notebook.");
  pass.tree.files[path] = {trusted(content->stamp), core::sha256(content->bytes), classified->kind,
                           std::move(classified->extension)};
}

}  // namespace trowel::sync
