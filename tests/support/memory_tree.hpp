// SPDX-License-Identifier: Apache-2.0
// A remote tree in memory with the rules of a workspace, and faults where a test wants them.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trowel/sync/remote_tree.hpp"

namespace trowel::test {

class MemoryTree final : public sync::RemoteTree {
 public:
  struct Object {
    sync::EntryKind kind = sync::EntryKind::File;
    std::string type;  // of notebooks the language
    std::string bytes;
    std::uint64_t version = 0;
  };
  struct Call {
    std::string verb;  // "list", "stat", "read", "put", "mkdir", "remove"
    std::string path;
    std::uint64_t bytes = 0;  // that have passed: read and put are asked once more after each chunk
  };
  // Asked before each call and within it, without the lock held; an Error is what the caller gets.
  using Fault = std::function<std::optional<core::Error>(const Call&)>;

  // Set before the calls begin, or while none runs.
  Fault before;
  Fault after;  // the call has happened: its answer is lost
  std::size_t chunk = std::size_t{64} << 10;
  bool ranges = true;
  bool sizes = true;  // are told, of files
  std::uint64_t maxFile = std::uint64_t{1} << 30;
  std::uint64_t maxNotebook = std::uint64_t{10} << 20;

  core::Result<void> list(const std::string& folder, const TakeEntry& take, const core::CancelToken& token) override {
    TROWEL_TRY(enter(before, {"list", folder}, token));
    std::vector<sync::Entry> entries;
    {
      std::lock_guard lock(mutex_);
      const auto* found = find(folder);
      if (found == nullptr || found->kind != sync::EntryKind::Folder) return gone(folder);
      for (const auto& [path, object] : objects_) {
        if (auto name = childOf(folder, path)) entries.push_back(entryOf(*name, object));
      }
      if (const auto odd = odd_.find(folder); odd != odd_.end())
        entries.insert(entries.end(), odd->second.begin(), odd->second.end());
    }
    for (auto& entry : entries) TROWEL_TRY(take(std::move(entry)));
    return enter(after, {"list", folder}, token);
  }

  core::Result<sync::Entry> stat(const std::string& path, const core::CancelToken& token) override {
    TROWEL_TRY(enter(before, {"stat", path}, token));
    std::lock_guard lock(mutex_);
    const auto* found = find(path);
    if (found == nullptr) return gone(path);
    return entryOf(path.substr(path.rfind('/') + 1), *found);
  }

  core::Result<void> read(const std::string& path, const sync::Form& form, std::uint64_t offset,
                          const sync::ByteSink& sink, const core::CancelToken& token) override {
    if (offset > 0 && !ranges) return core::fail(core::ErrorCode::Unsupported, "Only as a whole.");
    TROWEL_TRY(enter(before, {"read", path, offset}, token));
    std::string bytes;
    {
      std::lock_guard lock(mutex_);
      const auto* found = find(path);
      if (found == nullptr || found->kind == sync::EntryKind::Folder) return gone(path);
      bytes = (form.format == sync::Format::Jupyter ? "{}" : "") + found->bytes;
    }
    for (std::uint64_t at = offset; at < bytes.size();) {
      const auto piece = std::string_view(bytes).substr(at, chunk);
      TROWEL_TRY(sink(piece));
      at += piece.size();
      if (at < bytes.size()) TROWEL_TRY(enter(before, {"read", path, at}, token));
    }
    return enter(after, {"read", path, bytes.size()}, token);
  }

  std::uint64_t maxBytes(const sync::Form& form) const override {
    return form.kind == sync::ObjectKind::Notebook ? maxNotebook : maxFile;
  }

  core::Result<sync::FolderOutcome> makeFolder(const std::string& path, const core::CancelToken& token) override {
    TROWEL_TRY(enter(before, {"mkdir", path}, token));
    auto outcome = sync::FolderOutcome::Existed;
    {
      std::lock_guard lock(mutex_);
      for (auto folder = path; !folder.empty(); folder.resize(folder.rfind('/'))) {
        const auto* found = find(folder);
        if (found != nullptr && found->kind != sync::EntryKind::Folder)
          return core::fail(core::ErrorCode::AlreadyExists, folder + " is no folder.");
      }
      if (find(path) == nullptr) outcome = sync::FolderOutcome::Made;
      addFolders(path);
    }
    TROWEL_TRY(enter(after, {"mkdir", path}, token));
    return outcome;
  }

  core::Result<void> put(const std::string& path, const sync::Form& form, sync::ByteSource& source, bool overwrite,
                         const core::CancelToken& token) override {
    TROWEL_TRY(enter(before, {"put", path}, token));
    std::string bytes;
    std::string buffer(chunk, '\0');
    while (bytes.size() < source.size()) {
      const auto got = TROWEL_TRY(source.read(buffer));
      bytes.append(buffer, 0, got);
      if (bytes.size() < source.size()) TROWEL_TRY(enter(before, {"put", path, bytes.size()}, token));
    }
    const auto kind = form.kind == sync::ObjectKind::Notebook ? sync::EntryKind::Notebook : sync::EntryKind::File;
    {
      std::lock_guard lock(mutex_);
      if (const auto* parent = find(path.substr(0, path.rfind('/'))); parent == nullptr)
        return gone("The parent folder");
      const auto* found = find(path);
      if (found != nullptr && found->kind != kind)
        return core::fail(core::ErrorCode::InvalidParams, "Cannot overwrite " + path + " due to type mismatch.");
      if (found != nullptr && !overwrite) return core::fail(core::ErrorCode::AlreadyExists, path + " already exists.");
      objects_[path] = {kind, kind == sync::EntryKind::Notebook ? "PYTHON" : "", bytes, ++version_};
    }
    return enter(after, {"put", path, bytes.size()}, token);
  }

  core::Result<void> remove(const std::string& path, const core::CancelToken& token) override {
    TROWEL_TRY(enter(before, {"remove", path}, token));
    std::lock_guard lock(mutex_);
    if (objects_.erase(path) == 0) return gone(path);
    return {};
  }

  // What somebody else does there.
  void plant(const std::string& path, std::string bytes, sync::EntryKind kind = sync::EntryKind::File,
             std::string type = {}) {
    std::lock_guard lock(mutex_);
    addFolders(path.substr(0, path.rfind('/')));
    objects_[path] = {kind, std::move(type), std::move(bytes), ++version_};
  }
  void plantFolder(const std::string& path) {
    std::lock_guard lock(mutex_);
    addFolders(path);
  }
  // A name as it comes, which is no part of any path.
  void plantName(const std::string& folder, const std::string& name, sync::EntryKind kind = sync::EntryKind::File) {
    std::lock_guard lock(mutex_);
    addFolders(folder);
    odd_[folder].push_back({.name = name, .kind = kind, .size = 1, .modifiedAt = 1, .version = "1"});
  }
  void removeTree(const std::string& path) {
    std::lock_guard lock(mutex_);
    std::erase_if(objects_,
                  [&](const auto& entry) { return entry.first == path || entry.first.starts_with(path + "/"); });
  }

  // Path to bytes, of all that is no folder.
  std::map<std::string, std::string> contents() const {
    std::lock_guard lock(mutex_);
    std::map<std::string, std::string> result;
    for (const auto& [path, object] : objects_) {
      if (object.kind != sync::EntryKind::Folder) result[path] = object.bytes;
    }
    return result;
  }
  bool has(const std::string& path) const {
    std::lock_guard lock(mutex_);
    return find(path) != nullptr;
  }
  std::vector<Call> calls() const {
    std::lock_guard lock(mutex_);
    return calls_;
  }
  std::size_t count(std::string_view verb) const {
    std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(calls_, verb, &Call::verb));
  }
  void forgetCalls() {
    std::lock_guard lock(mutex_);
    calls_.clear();
  }
  // Calls that ran at the same time, at most.
  int widest() const { return widest_; }

 private:
  // Counts who is in a call; kept short by what the callers do.
  core::Result<void> enter(const Fault& fault, const Call& call, const core::CancelToken& token) {
    if (&fault == &before && (call.bytes == 0 || call.verb == "list")) {
      std::lock_guard lock(mutex_);
      calls_.push_back(call);
    }
    if (fault) {
      const int now = ++running_;
      for (int seen = widest_; seen < now && !widest_.compare_exchange_weak(seen, now);) {
      }
      auto error = fault(call);
      --running_;
      if (error) return std::unexpected(*std::move(error));
    }
    if (token.cancelled()) return std::unexpected(token.error(call.verb));
    return {};
  }

  static std::unexpected<core::Error> gone(const std::string& path) {
    return core::fail(core::ErrorCode::NotFound, path + " does not exist.");
  }
  // With the mutex held, as all below.
  const Object* find(const std::string& path) const {
    static const Object kRoot{.kind = sync::EntryKind::Folder, .type = {}, .bytes = {}};
    if (path.empty() || path == "/") return &kRoot;
    const auto found = objects_.find(path);
    return found == objects_.end() ? nullptr : &found->second;
  }
  void addFolders(std::string path) {
    for (; !path.empty(); path.resize(path.rfind('/')))
      objects_.try_emplace(path, Object{.kind = sync::EntryKind::Folder, .type = {}, .bytes = {}});
  }
  static std::optional<std::string> childOf(const std::string& folder, const std::string& path) {
    const auto prefix = folder == "/" ? folder : folder + "/";
    if (!path.starts_with(prefix) || path.find('/', prefix.size()) != std::string::npos) return std::nullopt;
    return path.substr(prefix.size());
  }
  sync::Entry entryOf(const std::string& name, const Object& object) const {
    sync::Entry entry{.name = name, .kind = object.kind, .type = object.type};
    if (object.kind == sync::EntryKind::Folder) return entry;
    if (sizes && object.kind == sync::EntryKind::File) entry.size = object.bytes.size();
    entry.modifiedAt = 1'700'000'000'000 + static_cast<std::int64_t>(object.version);
    entry.version = std::to_string(object.version);
    return entry;
  }

  std::atomic<int> running_ = 0;
  std::atomic<int> widest_ = 0;
  mutable std::mutex mutex_;  // guards everything below
  std::map<std::string, Object> objects_;
  std::map<std::string, std::vector<sync::Entry>> odd_;  // by folder
  std::uint64_t version_ = 0;
  std::vector<Call> calls_;
};

}  // namespace trowel::test
