// SPDX-License-Identifier: Apache-2.0
// Keys are the tree, a line end, and the path: the paths below a folder lie side by side.
#include "file_cache.hpp"

#include <algorithm>
#include <utility>

#include "file_uri.hpp"

namespace trowel::features {

namespace {

std::string keyOf(const std::string& tree, const std::string& path) { return tree + "\n" + path; }

template <typename Map>
void eraseBelow(Map& map, const std::string& key) {
  map.erase(key);
  const auto prefix = key.ends_with('/') ? key : key + "/";
  auto it = map.lower_bound(prefix);
  while (it != map.end() && it->first.starts_with(prefix)) it = map.erase(it);
}

}  // namespace

std::uint64_t FileCache::ticket() const {
  std::lock_guard lock(mutex_);
  return ticket_;
}

std::optional<std::optional<ShownEntry>> FileCache::entry(const std::string& tree, const std::string& path) const {
  std::lock_guard lock(mutex_);
  const auto now = clock_.now();
  if (const auto it = entries_.find(keyOf(tree, path)); it != entries_.end() && now - it->second.at < limits_.age)
    return it->second.value;
  const auto list = lists_.find(keyOf(tree, folderOf(path)));
  if (list == lists_.end() || now - list->second.at >= limits_.age) return std::nullopt;
  const auto& entries = *list->second.value;
  const auto found = std::ranges::find(entries, nameOf(path), &ShownEntry::name);
  if (found != entries.end()) return std::optional<ShownEntry>(*found);
  return std::optional<ShownEntry>();
}

void FileCache::keep(const std::string& tree, const std::string& path, std::optional<ShownEntry> entry,
                     std::uint64_t ticket) {
  std::lock_guard lock(mutex_);
  if (ticket != ticket_) return;
  if (entries_.size() >= limits_.entries) entries_.clear();
  entries_.insert_or_assign(keyOf(tree, path), Aged<std::optional<ShownEntry>>{std::move(entry), clock_.now()});
}

FileCache::Entries FileCache::list(const std::string& tree, const std::string& folder) const {
  std::lock_guard lock(mutex_);
  const auto it = lists_.find(keyOf(tree, folder));
  if (it == lists_.end() || clock_.now() - it->second.at >= limits_.age) return nullptr;
  return it->second.value;
}

void FileCache::keepList(const std::string& tree, const std::string& folder, Entries entries, std::uint64_t ticket) {
  std::lock_guard lock(mutex_);
  if (ticket != ticket_ || entries->size() > limits_.entries) return;
  const auto now = clock_.now();
  std::erase_if(lists_, [&](const auto& each) { return now - each.second.at >= limits_.age; });
  lists_.insert_or_assign(keyOf(tree, folder), Aged<Entries>{std::move(entries), now});
}

FileCache::Content FileCache::content(const std::string& tree, const std::string& path, const std::string& version) {
  std::lock_guard lock(mutex_);
  const auto key = keyOf(tree, path);
  const auto it = std::ranges::find(contents_, key, &Held::key);
  if (it == contents_.end() || version.empty() || it->version != version) return nullptr;
  contents_.splice(contents_.begin(), contents_, it);
  return it->content;
}

void FileCache::keepContent(const std::string& tree, const std::string& path, const std::string& version,
                            Content content) {
  std::lock_guard lock(mutex_);
  if (version.empty() || content->size() > limits_.oneContent) return;
  const auto key = keyOf(tree, path);
  if (const auto it = std::ranges::find(contents_, key, &Held::key); it != contents_.end()) {
    contentBytes_ -= it->content->size();
    contents_.erase(it);
  }
  contentBytes_ += content->size();
  contents_.push_front({key, version, std::move(content)});
  while (contentBytes_ > limits_.content) {
    contentBytes_ -= contents_.back().content->size();
    contents_.pop_back();
  }
}

std::optional<bool> FileCache::readOnly(const std::string& tree, const std::string& path) const {
  std::lock_guard lock(mutex_);
  const auto it = readOnly_.find(keyOf(tree, path));
  if (it == readOnly_.end() || clock_.now() - it->second.at >= limits_.rightsAge) return std::nullopt;
  return it->second.value;
}

void FileCache::keepReadOnly(const std::string& tree, const std::string& path, bool readOnly) {
  std::lock_guard lock(mutex_);
  if (readOnly_.size() >= limits_.entries) readOnly_.clear();
  readOnly_.insert_or_assign(keyOf(tree, path), Aged<bool>{readOnly, clock_.now()});
}

void FileCache::forget(const std::string& tree, const std::string& path) {
  std::lock_guard lock(mutex_);
  ++ticket_;
  const auto key = keyOf(tree, path);
  eraseBelow(entries_, key);
  eraseBelow(lists_, key);
  lists_.erase(keyOf(tree, folderOf(path)));
  // The folders above may have been made by what happened here.
  for (auto above = folderOf(path); above != "/"; above = folderOf(above)) {
    entries_.erase(keyOf(tree, above));
    lists_.erase(keyOf(tree, folderOf(above)));
  }
}

void FileCache::forgetAll() {
  std::lock_guard lock(mutex_);
  ++ticket_;
  entries_.clear();
  lists_.clear();
  readOnly_.clear();
  contents_.clear();
  contentBytes_ = 0;
}

}  // namespace trowel::features
