// SPDX-License-Identifier: Apache-2.0
// The old file system of a workspace, and the files that clients write to it block by block.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/files/file_tree.hpp"
#include "emulator/server/api_error.hpp"

namespace trowel::emulator {

struct World;

struct DbfsFile {
  std::string path;  // without "dbfs:"
  FileStatus status;
};

// Any thread. Paths as clients spell them: "/tmp/x" or "dbfs:/tmp/x". "/Volumes" shows the volumes, for reading only.
// Errors are worded as the service's.
class Dbfs {
 public:
  static constexpr std::int64_t kMaxBlock = 1024L * 1024;              // bytes of one read, add-block or put
  static constexpr std::uint64_t kMaxFile = 2UL * 1024 * 1024 * 1024;  // bytes of a put as a form

  // Makes the folders that every workspace has.
  Dbfs(const World& world, Trees& trees);

  Reply<DbfsFile> status(std::string_view path) const;
  // The children of a folder, or the file itself.
  Reply<std::vector<DbfsFile>> list(std::string_view path) const;
  Reply<std::string> read(std::string_view path, std::uint64_t offset, std::uint64_t length) const;
  Reply<void> makeFolders(std::string_view path);
  // A file to fill, for put.
  Reply<StagedFile> stage();
  // Whole, with the parents that are missing.
  Reply<void> put(std::string_view path, StagedFile content, bool overwrite);
  Reply<void> move(std::string_view from, std::string_view to);
  // What is not there is deleted already.
  Reply<void> remove(std::string_view path, bool recursive);

  // A handle is its owner's alone, and dies after ten minutes without a block. The file appears when it is closed.
  Reply<std::int64_t> create(std::string_view path, bool overwrite, const std::string& owner);
  Reply<void> addBlock(std::int64_t handle, std::string_view bytes, const std::string& owner);
  Reply<void> close(std::int64_t handle, const std::string& owner);

 private:
  struct Place {
    FileTree& tree;
    std::string path;    // within the tree
    std::string prefix;  // what the client's path has in front of it
  };
  struct Writer;

  Reply<Place> locate(std::string_view path) const;
  Reply<Place> locateForWriting(std::string_view path) const;
  Reply<void> checkTarget(const Place& place, bool overwrite) const;
  Reply<void> settle(const Place& place, StagedFile file, bool overwrite);
  Reply<std::shared_ptr<Writer>> writer(std::int64_t handle, const std::string& owner);

  const World& world_;
  Trees& trees_;
  std::mutex mutex_;  // guards writers_
  std::map<std::int64_t, std::shared_ptr<Writer>> writers_;
};

}  // namespace trowel::emulator
