// SPDX-License-Identifier: Apache-2.0
// A folder of real files that clients and user code share: whole files appear in one step, and no name leads out of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/files/staged_file.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::emulator {

struct World;

struct FileStatus {
  bool folder = false;
  std::uint64_t size = 0;       // bytes; 0 of a folder
  std::int64_t modifiedAt = 0;  // epoch milliseconds
  // Changes with the content: to know a file again that has been read before.
  struct Version {
    std::uint64_t inode = 0;
    std::int64_t modified = 0;  // nanoseconds
    std::int64_t changed = 0;
    auto operator<=>(const Version&) const = default;
  } version = {};
};

struct FileEntry {
  std::string name;
  FileStatus status;
};

enum class Replace : std::uint8_t { No, Yes };

// Paths are absolute within the tree ("/a/b"; "/" is the tree itself), already free of empty parts. Symbolic links, as
// user code may make them, are not followed and not listed. Any thread. Where the workspace has a state file, what has
// been changed is on the disk when a call returns.
class FileTree {
 public:
  // `root` exists. Staged files lie in the folder `incoming` of the same file system.
  FileTree(core::Clock& clock, std::filesystem::path root, std::filesystem::path incoming, bool durable);

  FileResult<FileStatus> status(std::string_view path) const;
  // Files and folders, by name.
  FileResult<std::vector<FileEntry>> list(std::string_view path) const;
  // Those of `names` that are in the folder, in the order of `names`.
  FileResult<std::vector<FileEntry>> those(std::string_view path, const std::vector<std::string>& names) const;
  // At most `length` bytes from `offset`; fewer at the end of the file.
  FileResult<std::string> read(std::string_view path, std::uint64_t offset, std::uint64_t length) const;

  FileResult<StagedFile> stage() const;
  // The file stands there in one step, dated now. The parent folder exists. Replaces files only, never a folder.
  // Where it fails, `file` is as it was.
  FileResult<void> place(StagedFile& file, std::string_view path, Replace replace);
  // The same, with the folders that are missing, whoever may be removing them just now. NotAFolder where a file stands
  // in place of one.
  FileResult<void> placeWithFolders(StagedFile& file, std::string_view path, Replace replace);
  FileResult<void> write(std::string_view path, std::string_view bytes, Replace replace);

  // With parents; Exists where the last part or NotAFolder where one in front of it is a file.
  FileResult<void> makeFolders(std::string_view path);
  // A file or an empty folder.
  FileResult<void> remove(std::string_view path);
  // A file, or a folder with all that is in it, in one step.
  FileResult<void> removeAll(std::string_view path);
  // Never replaces anything.
  FileResult<void> move(std::string_view from, std::string_view to);

  // Where the file really is, for those who send or read it themselves.
  std::filesystem::path real(std::string_view path) const;

 private:
  struct Place {
    os::UniqueFd folder;
    std::string name;  // "." for the tree itself
  };
  FileResult<os::UniqueFd> openFolder(std::string_view path) const;
  FileResult<Place> locate(std::string_view path) const;
  FileResult<void> settle(const os::UniqueFd& folder) const;

  core::Clock& clock_;
  std::filesystem::path root_;
  std::filesystem::path incoming_;
  bool durable_;
  os::UniqueFd rootFd_;
  std::shared_mutex shape_;  // shared: folders are being made to put something in; alone: they may go away
};

// The three trees that user code sees as /Workspace, /dbfs and /Volumes.
struct Trees {
  // Beneath <data folder>/root, which prepareTrees has made.
  explicit Trees(const World& world);

  FileTree workspace;
  FileTree dbfs;
  FileTree volumes;
};

// Makes the folders of the trees, and throws away what an earlier process left half received. False: not writable.
bool prepareTrees(const std::filesystem::path& dataFolder);

}  // namespace trowel::emulator
