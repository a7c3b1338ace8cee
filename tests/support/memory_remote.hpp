// SPDX-License-Identifier: Apache-2.0
// A workspace in memory with the rules of the real one, and faults where a test wants them.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trowel/sync/remote_store.hpp"

namespace trowel::test {

class MemoryRemote final : public sync::RemoteStore {
 public:
  struct Object {
    sync::ObjectKind kind = sync::ObjectKind::File;
    std::string bytes;
    bool operator==(const Object&) const = default;
  };
  struct Call {
    std::string verb;  // "mkdir", "put", "remove"
    std::string path;
    std::string bytes;
  };
  // Asked before each call without the lock held; an Error is what the caller gets, and nothing happens.
  using Fault = std::function<std::optional<core::Error>(const Call&)>;

  // Set before the calls begin, or while none runs.
  Fault before;
  Fault after;  // the same, but the call has happened: its answer is lost

  core::Result<sync::FolderOutcome> makeFolder(const std::string& path, const core::CancelToken& token) override {
    const Call call{"mkdir", path, {}};
    if (auto error = enter(before, call, token)) return std::unexpected(*error);
    auto done = [&]() -> core::Result<sync::FolderOutcome> {
      std::lock_guard lock(mutex_);
      if (folders_.contains(path)) return sync::FolderOutcome::Existed;
      for (std::string folder = path; !folder.empty(); folder.resize(folder.rfind('/'))) {
        if (objects_.contains(folder)) return core::fail(core::ErrorCode::AlreadyExists, folder + " is no folder.");
      }
      for (std::string folder = path; !folder.empty(); folder.resize(folder.rfind('/'))) folders_.insert(folder);
      return sync::FolderOutcome::Made;
    }();
    if (auto error = enter(after, call, token)) return std::unexpected(*error);
    return done;
  }

  core::Result<void> put(const std::string& path, const sync::Form& form, sync::ByteSource& source, bool overwrite,
                         const core::CancelToken& token) override {
    std::string bytes(source.size(), '\0');
    TROWEL_TRY(source.read(bytes));
    const Call call{"put", path + form.extension, bytes};
    if (auto error = enter(before, call, token)) return std::unexpected(*error);
    auto done = [&]() -> core::Result<void> {
      std::lock_guard lock(mutex_);
      const std::string parent = path.substr(0, path.rfind('/'));
      if (!folders_.contains(parent)) return core::fail(core::ErrorCode::NotFound, "The parent folder does not exist.");
      if (folders_.contains(path)) return core::fail(core::ErrorCode::InvalidParams, path + " is a folder.");
      auto known = objects_.find(path);
      if (known != objects_.end() && !overwrite)
        return core::fail(core::ErrorCode::AlreadyExists, path + " exists already.");
      if (known != objects_.end() && known->second.kind != form.kind)
        return core::fail(core::ErrorCode::InvalidParams, "Cannot overwrite " + path + " due to type mismatch.");
      objects_[path] = {form.kind, bytes};
      ++puts_;
      return {};
    }();
    if (auto error = enter(after, call, token)) return std::unexpected(*error);
    return done;
  }

  core::Result<void> remove(const std::string& path, const core::CancelToken& token) override {
    const Call call{"remove", path, {}};
    if (auto error = enter(before, call, token)) return std::unexpected(*error);
    auto done = [&]() -> core::Result<void> {
      std::lock_guard lock(mutex_);
      if (objects_.erase(path) > 0) return {};
      if (!folders_.contains(path)) return core::fail(core::ErrorCode::NotFound, path + " does not exist.");
      if (!isEmpty(path)) return core::fail(core::ErrorCode::Conflict, "Folder " + path + " is not empty.");
      folders_.erase(path);
      return {};
    }();
    if (auto error = enter(after, call, token)) return std::unexpected(*error);
    return done;
  }

  std::map<std::string, Object> objects() const {
    std::lock_guard lock(mutex_);
    return objects_;
  }
  std::set<std::string> folders() const {
    std::lock_guard lock(mutex_);
    return folders_;
  }
  std::size_t puts() const {
    std::lock_guard lock(mutex_);
    return puts_;
  }

  // What somebody else does in the workspace.
  void plant(const std::string& path, Object object) {
    std::lock_guard lock(mutex_);
    for (std::string folder = path.substr(0, path.rfind('/')); !folder.empty(); folder.resize(folder.rfind('/')))
      folders_.insert(folder);
    objects_[path] = std::move(object);
  }
  void plantFolder(std::string path) {
    std::lock_guard lock(mutex_);
    for (; !path.empty(); path.resize(path.rfind('/'))) folders_.insert(path);
  }
  void removeTree(const std::string& path) {
    std::lock_guard lock(mutex_);
    auto beneath = [&](const std::string& other) { return other == path || other.starts_with(path + "/"); };
    std::erase_if(objects_, [&](const auto& entry) { return beneath(entry.first); });
    std::erase_if(folders_, beneath);
  }

 private:
  static std::optional<core::Error> enter(const Fault& fault, const Call& call, const core::CancelToken& token) {
    if (token.cancelled()) return token.error(call.verb);
    return fault ? fault(call) : std::nullopt;
  }

  bool isEmpty(const std::string& folder) const {
    const std::string prefix = folder + "/";
    auto object = objects_.lower_bound(prefix);
    if (object != objects_.end() && object->first.starts_with(prefix)) return false;
    auto child = folders_.lower_bound(prefix);
    return child == folders_.end() || !child->starts_with(prefix);
  }

  mutable std::mutex mutex_;  // guards everything below
  std::map<std::string, Object> objects_;
  std::set<std::string> folders_;
  std::size_t puts_ = 0;
};

// An Error for a fault to return.
inline core::Error errorOf(core::ErrorCode code, std::string message) {
  return core::fail(code, std::move(message)).error();
}

}  // namespace trowel::test
