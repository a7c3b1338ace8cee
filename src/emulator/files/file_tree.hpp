// SPDX-License-Identifier: Apache-2.0
// A folder of real files that clients and user code share: whole files appear in one step, and no name leads out of it.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/clock.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::emulator {

struct World;

// What the callers' APIs tell apart.
enum class FileProblem : std::uint8_t {
  NotFound,
  NotAFolder,  // a part of the path in front of the last one is a file; or a folder was wanted
  IsAFolder,
  Exists,
  NotEmpty,
  IntoItself,  // a folder cannot move beneath itself
  BadName,     // longer than 255 bytes, `.`, `..` or with a NUL; or the path is too long for the system
  Denied,      // user code took the rights away
  NoSpace,
  Failed,  // anything else; the log has the reason
};

template <typename T>
using FileResult = std::expected<T, FileProblem>;

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

// A file on its way in, filled outside of every tree. Removed with the object, unless FileTree::place took it. One
// thread.
class StagedFile {
 public:
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;
  ~StagedFile();

  FileResult<void> append(std::string_view bytes);
  // The whole content of another one that has been filled.
  FileResult<void> append(const StagedFile& other);
  std::uint64_t size() const { return size_; }
  // The first bytes of what has been appended.
  FileResult<std::string> head(std::uint64_t length) const;

 private:
  friend class FileTree;
  StagedFile(std::filesystem::path path, os::UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::filesystem::path path_;
  os::UniqueFd fd_;
  std::uint64_t size_ = 0;
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
  // At most `length` bytes from `offset`; fewer at the end of the file.
  FileResult<std::string> read(std::string_view path, std::uint64_t offset, std::uint64_t length) const;

  FileResult<StagedFile> stage() const;
  // The file stands there in one step, dated now. The parent folder exists. Replaces files only, never a folder.
  FileResult<void> place(StagedFile file, std::string_view path, Replace replace);
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
