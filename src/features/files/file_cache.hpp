// SPDX-License-Identifier: Apache-2.0
// What was last seen of remote files, for so long as it may be believed: an editor asks for the same thing many times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "file_names.hpp"
#include "trowel/core/clock.hpp"

namespace trowel::features {

struct FileCacheLimits {
  core::Duration age = std::chrono::seconds(2);        // of entries and lists
  core::Duration rightsAge = std::chrono::minutes(1);  // of what the user may write
  std::size_t entries = 20'000;                        // of each kind; beyond it all are dropped
  std::uint64_t content = std::uint64_t{64} << 20;     // bytes, of all contents together
  std::uint64_t oneContent = std::uint64_t{16} << 20;  // bytes, of one
};

// Paths belong to a `tree`: a file system of one connection. Any thread.
class FileCache {
 public:
  using Entries = std::shared_ptr<const std::vector<ShownEntry>>;
  using Content = std::shared_ptr<const std::string>;

  explicit FileCache(core::Clock& clock, FileCacheLimits limits = {}) : clock_(clock), limits_(limits) {}

  // Taken before something is asked for: what was asked for before a forget() is not kept after it.
  std::uint64_t ticket() const;

  // Nothing: not known. An empty entry: known not to be there.
  std::optional<std::optional<ShownEntry>> entry(const std::string& tree, const std::string& path) const;
  void keep(const std::string& tree, const std::string& path, std::optional<ShownEntry> entry, std::uint64_t ticket);

  // Null: not known.
  Entries list(const std::string& tree, const std::string& folder) const;
  void keepList(const std::string& tree, const std::string& folder, Entries entries, std::uint64_t ticket);

  // By the version of an object, so that it needs no age. Null: not known.
  Content content(const std::string& tree, const std::string& path, const std::string& version);
  void keepContent(const std::string& tree, const std::string& path, const std::string& version, Content content);

  std::optional<bool> readOnly(const std::string& tree, const std::string& path) const;
  void keepReadOnly(const std::string& tree, const std::string& path, bool readOnly);

  // The path, all below, and the list that it stands in.
  void forget(const std::string& tree, const std::string& path);
  void forgetAll();

 private:
  template <typename T>
  struct Aged {
    T value;
    core::TimePoint at;
  };
  struct Held {
    std::string key;
    std::string version;
    Content content;
  };

  core::Clock& clock_;
  const FileCacheLimits limits_;
  mutable std::mutex mutex_;  // guards everything below
  std::uint64_t ticket_ = 0;
  std::map<std::string, Aged<std::optional<ShownEntry>>> entries_;
  std::map<std::string, Aged<Entries>> lists_;
  std::map<std::string, Aged<bool>> readOnly_;
  std::list<Held> contents_;  // the last used first
  std::uint64_t contentBytes_ = 0;
};

}  // namespace trowel::features
