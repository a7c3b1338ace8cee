// SPDX-License-Identifier: Apache-2.0
#include "file_watches.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace trowel::features {

namespace {

bool covers(const FileWatches::Watch& watch, const FileUri& folder) {
  if (!watch.recursive || watch.uri.kind != folder.kind || watch.uri.host != folder.host) return false;
  const auto& root = watch.uri.path;
  return root == "/" || folder.path == root || folder.path.starts_with(root + "/");
}

}  // namespace

void FileWatches::set(std::vector<Watch> watches) {
  std::lock_guard lock(mutex_);
  watches_ = std::move(watches);
  if (watches_.empty()) sights_.clear();
}

void FileWatches::listed(const FileUri& folder, const FolderSight& sight) {
  std::lock_guard lock(mutex_);
  std::erase(listed_, folder);
  listed_.push_front(folder);
  sights_[toString(folder)] = sight;
  if (listed_.size() <= kMaxListed) return;
  sights_.erase(toString(listed_.back()));
  listed_.pop_back();
}

bool FileWatches::empty() const {
  std::lock_guard lock(mutex_);
  return watches_.empty();
}

std::vector<FileUri> FileWatches::targets() const {
  std::lock_guard lock(mutex_);
  std::vector<FileUri> targets;
  std::set<std::string> seen;
  auto add = [&](const FileUri& uri) {
    if (targets.size() < kMaxTargets && seen.insert(toString(uri)).second) targets.push_back(uri);
  };
  for (const auto& watch : watches_)
    if (!watch.recursive) add(watch.uri);
  for (const auto& folder : listed_)
    if (std::ranges::any_of(watches_, [&](const Watch& watch) { return covers(watch, folder); })) add(folder);
  return targets;
}

std::vector<std::pair<FileUri, FileChange::Kind>> FileWatches::saw(const FileUri& target, FolderSight sight) {
  std::lock_guard lock(mutex_);
  std::vector<std::pair<FileUri, FileChange::Kind>> changes;
  const auto [it, isFirst] = sights_.try_emplace(toString(target), sight);
  if (isFirst) return changes;
  for (auto& [name, kind] : changesOf(it->second, sight)) {
    auto uri = target;
    if (!name.empty()) uri.path = childPath(target.path, name);
    changes.emplace_back(std::move(uri), kind);
  }
  it->second = std::move(sight);
  return changes;
}

}  // namespace trowel::features
