// SPDX-License-Identifier: Apache-2.0
// One file system of one connection as an editor sees it: sizes, times, versions, and writes that overwrite nothing
// unseen.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "file_cache.hpp"
#include "file_tree.hpp"

namespace trowel::features {

struct FileStat {
  bool isFolder = false;
  std::uint64_t size = 0;       // bytes; of a notebook those of its export
  std::int64_t modifiedAt = 0;  // milliseconds since 1970; 0: not told
  bool readOnly = false;
  bool isNew = false;     // made by this write
  std::string etag = {};  // another one for other content or another file system; empty where that cannot be told
};

struct FileContent {
  std::shared_ptr<const std::string> bytes;
  FileStat stat;
};

// Paths are as the editor has them: absolute, notebooks with an extension. Errors: NotFound, AlreadyExists,
// PermissionDenied; InvalidParams for a folder where a file is meant and the reverse; Conflict as each says; else the
// service's own. Any thread; blocks.
class RemoteFiles {
 public:
  // The most that an editor takes as one file, in bytes.
  static constexpr std::uint64_t kMaxFile = std::uint64_t{512} << 20;

  // `key` names this connection's file system among all that share the cache, which outlives it; `identity` is the same
  // over other connections with the same workspace.
  RemoteFiles(FileTree tree, FileCache& cache, std::string key, std::string identity)
      : tree_(std::move(tree)), cache_(cache), key_(std::move(key)), identity_(std::move(identity)) {}

  core::Result<FileStat> stat(const std::string& path, const core::CancelToken& token);
  core::Result<FileCache::Entries> list(const std::string& folder, const core::CancelToken& token);
  core::Result<FileContent> read(const std::string& path, const core::CancelToken& token);

  struct WriteOptions {
    bool create = true;
    bool overwrite = true;
    std::optional<std::string> etag = {};  // what must be there
  };
  // Conflict where something else than `etag` is there.
  core::Result<FileStat> write(const std::string& path, std::string bytes, const WriteOptions& options,
                               const core::CancelToken& token);

  core::Result<void> makeFolder(const std::string& path, const core::CancelToken& token);
  // Conflict for a folder with content without `recursive`.
  core::Result<void> remove(const std::string& path, bool recursive, const core::CancelToken& token);

  // Asked before an original is given up for its copy; `loses` says what goes with it.
  using Confirm = std::function<core::Result<void>(const std::string& loses)>;
  // Where something goes: in this file system, or in one of the same kind of another workspace.
  struct Target {
    RemoteFiles& files;
    std::string path;
    bool overwrite = false;  // a file may be replaced
  };
  // A notebook keeps its extension. Conflict, DataLoss and whatever ends it early leave both where there is a doubt.
  core::Result<void> rename(const std::string& from, const Target& to, const Confirm& confirm,
                            const core::CancelToken& token);
  core::Result<void> copy(const std::string& from, const Target& to, const core::CancelToken& token);

 private:
  core::Result<ShownEntry> find(const std::string& path, const core::CancelToken& token);
  // As it is there now.
  core::Result<ShownEntry> findAnew(const std::string& path, const core::CancelToken& token);
  core::Result<std::optional<ShownEntry>> findIfThere(const std::string& path, const core::CancelToken& token);
  core::Result<FileCache::Content> content(const std::string& path, const ShownEntry& shown,
                                           const core::CancelToken& token);
  core::Result<FileStat> statOf(const std::string& path, const ShownEntry& shown, const core::CancelToken& token);
  bool isReadOnly(const std::string& path, const ShownEntry& shown, const core::CancelToken& token);
  std::string etagOf(const ShownEntry& shown) const;
  // Whether a path means the same object in both, also over another connection.
  bool isSame(const RemoteFiles& other) const { return identity_ == other.identity_; }
  // What the service calls the two.
  struct Names {
    std::string from;
    std::string to;
    bool replaces = false;
  };
  core::Result<Names> names(const std::string& from, const Target& to, const core::CancelToken& token);
  core::Result<void> move(const Names& names, const core::CancelToken& token);

  FileTree tree_;
  FileCache& cache_;
  const std::string key_;
  const std::string identity_;
};

}  // namespace trowel::features
