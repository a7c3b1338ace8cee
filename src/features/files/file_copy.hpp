// SPDX-License-Identifier: Apache-2.0
// Copies a file or a folder within a remote tree or to another of its kind, proves the copy, and removes the original
// of one that was moved.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trowel/core/cancel.hpp"
#include "trowel/sync/export_formats.hpp"
#include "trowel/sync/remote_tree.hpp"

namespace trowel::features {

// Three steps, each of which may fail and leaves both sides whole: plan() changes nothing, copy() adds to the target
// only, removeSource() removes only what it has seen unchanged and proven to be in the target. One thread.
class FileCopy {
 public:
  // The most that one file may have, in bytes: it is in memory twice for a moment.
  static constexpr std::uint64_t kMaxFile = std::uint64_t{256} << 20;

  struct End {
    sync::RemoteTree& tree;
    std::string path;  // as the service calls the object
  };
  // Both trees and `formats` outlive it; the two trees may be one.
  FileCopy(End from, End to, const sync::ExportFormats& formats)
      : source_(from.tree), target_(to.tree), formats_(formats), from_(std::move(from.path)), to_(std::move(to.path)) {}

  // Unsupported, with a sentence, where something cannot be copied: then nothing is.
  core::Result<void> plan(const core::CancelToken& token);
  // AlreadyExists where the target is there; a file may be replaced with `overwrite`. DataLoss where what arrived is
  // not what was sent.
  core::Result<void> copy(bool overwrite, const core::CancelToken& token);
  // Conflict where the original is another one by now.
  core::Result<void> removeSource(const core::CancelToken& token);

  std::size_t files() const { return files_.size(); }

 private:
  struct File {
    std::string path;  // below the root, with a slash in front; empty: the root
    sync::Entry entry;
    sync::Form form;   // to be read with
    std::string hash;  // of what was copied
  };

  core::Result<void> add(const std::string& path, sync::Entry entry, const core::CancelToken& token);
  core::Result<void> copyOne(File& file, bool overwrite, const core::CancelToken& token);
  core::Result<void> checkUnchanged(const File& file, const core::CancelToken& token);

  sync::RemoteTree& source_;
  sync::RemoteTree& target_;
  const sync::ExportFormats& formats_;
  const std::string from_;
  const std::string to_;
  std::vector<std::string> folders_;  // parents first
  std::vector<File> files_;
};

}  // namespace trowel::features
