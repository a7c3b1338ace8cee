// SPDX-License-Identifier: Apache-2.0
// Tells which paths beneath a folder changed, once whoever wrote them has closed them.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "trowel/core/error.hpp"

namespace trowel::os {

// What has happened since the last step; relative paths, '/'-separated, "" is the root.
struct WatchEvents {
  // Written, created, moved or removed. Look at each: a folder among them stands for everything beneath it.
  std::set<std::string> paths;
  bool overflow = false;                  // events were lost: look at everything
  bool rootGone = false;                  // deleted, moved away or unmounted; nothing more will come
  std::optional<core::Error> incomplete;  // some folders cannot be watched; the message names the remedy

  bool empty() const { return paths.empty() && !overflow && !rootGone && !incomplete; }
};

// One thread. Blocks nowhere: wait until fd() is readable, then step().
class Watcher {
 public:
  // True for a folder (relative path) that need not be watched, with all that is beneath it.
  using Prune = std::function<bool(std::string_view folder)>;

  // Watches are in place on return: whoever scans after it misses nothing. Overloaded where the user has no inotify
  // instance left. `root` may be a symbolic link.
  static core::Result<std::unique_ptr<Watcher>> create(const std::string& root, Prune prune);

  virtual ~Watcher() = default;
  virtual int fd() const = 0;
  virtual WatchEvents step() = 0;
  // Adds watches where `prune` has become more permissive.
  virtual void refresh() = 0;
  virtual std::size_t watchedFolders() const = 0;
};

}  // namespace trowel::os
