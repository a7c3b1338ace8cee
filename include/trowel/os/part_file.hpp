// SPDX-License-Identifier: Apache-2.0
// A file that comes bit by bit under a name of its own and takes its place at once when it is complete; what has come
// outlives the process, so that another one can go on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trowel/core/cancel.hpp"
#include "trowel/os/directory.hpp"

namespace trowel::os {

// Whether the name is one of partName(), of whatever file.
bool isPartName(std::string_view name);
// The name of the part for what `key` stands for. Other after a restart of the machine: what a power loss leaves of a
// file that was not synced may have the right length and the wrong bytes.
std::string partName(std::string_view key);

// One thread.
class PartFile {
 public:
  // Makes the part or goes on with the one that is there, in `folder`, which outlives this. Conflict while somebody
  // else, of any process, has it.
  static core::Result<PartFile> open(const Directory& folder, const std::string& name);
  // Removes one that nobody writes.
  static void removeStale(const Directory& folder, const std::string& name);

  std::uint64_t size() const { return size_; }
  // Halted where the disk is full.
  core::Result<void> append(std::string_view bytes);
  // Back to nothing.
  core::Result<void> restart();
  // Whether `name` beside it is a regular file with the same bytes.
  core::Result<bool> equals(const std::string& name, const core::CancelToken& token) const;

  // Makes it the file `name` beside it, once its bytes are on the disk; the stamp of what then is there. Only in the
  // place of the version `over`, whose permissions it keeps, or of nothing where that is empty: AlreadyExists where
  // something else stands there. `modified`, in nanoseconds since 1970, becomes its time; 0: now. The folder is not
  // synced yet.
  core::Result<FileStamp> place(const std::string& name, const std::optional<FileStamp>& over, std::int64_t modified);
  // Instead of that.
  void discard();

 private:
  PartFile(const Directory& folder, std::string name, UniqueFd fd, std::uint64_t size)
      : folder_(&folder), name_(std::move(name)), fd_(std::move(fd)), size_(size) {}

  const Directory* folder_;
  std::string name_;
  UniqueFd fd_;  // locked (flock) for as long as it is open
  std::uint64_t size_;
};

}  // namespace trowel::os
