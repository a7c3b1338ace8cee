// SPDX-License-Identifier: Apache-2.0
// What the editor watches of remote files, and what was seen there last. No I/O, no clock.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "file_changes.hpp"
#include "file_uri.hpp"

namespace trowel::features {

// A service tells nobody of changes, so somebody has to look: at what is watched itself, and, where all below is
// watched, at the folders that the editor has listed. Any thread.
class FileWatches {
 public:
  static constexpr std::size_t kMaxListed = 64;   // folders that are remembered, the last ones
  static constexpr std::size_t kMaxTargets = 64;  // of one look

  struct Watch {
    FileUri uri;
    bool recursive = false;
  };

  // In place of all before.
  void set(std::vector<Watch> watches);
  // The editor shows this folder.
  void listed(const FileUri& folder, const FolderSight& sight);

  bool empty() const;
  // Where to look, each once.
  std::vector<FileUri> targets() const;
  // What has changed since the last look there; nothing at the first. A file is the only name "" of its own sight.
  std::vector<std::pair<FileUri, FileChange::Kind>> saw(const FileUri& target, FolderSight sight);

 private:
  mutable std::mutex mutex_;  // guards everything below
  std::vector<Watch> watches_;
  std::deque<FileUri> listed_;  // the last one first
  std::map<std::string, FolderSight> sights_;
};

}  // namespace trowel::features
