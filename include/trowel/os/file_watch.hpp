// SPDX-License-Identifier: Apache-2.0
// Tells when one of a few files changes, appears or goes, whichever way it is written.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "trowel/core/error.hpp"

namespace trowel::os {

// Watches the folders around the files (inotify), so that a file may be replaced, be a symbolic link, or not exist yet.
// One thread named "files". Any thread.
class FileWatch {
 public:
  // `changed` runs on the thread of the watch, at most once for what comes in one go; it must not block. Overloaded
  // where the user has no inotify instance left.
  static core::Result<std::unique_ptr<FileWatch>> create(std::function<void()> changed);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // Replaces what is watched. Absolute paths, whose last part may be a pattern as the shell's (`*`, `?`, `[a-z]`): then
  // everything of such a name counts. What cannot be watched (no right to read the folder) is left out.
  void follow(std::set<std::string> files);

 private:
  struct State;
  explicit FileWatch(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace trowel::os
