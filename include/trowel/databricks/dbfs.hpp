// SPDX-License-Identifier: Apache-2.0
// The workspace's own file system (DBFS API 2.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/databricks/rest_client.hpp"
#include "trowel/databricks/transfer.hpp"

namespace trowel::databricks {

struct DbfsFile {
  std::string path;  // absolute, without "dbfs:"
  bool isFolder = false;
  std::int64_t size = 0;        // bytes
  std::int64_t modifiedAt = 0;  // epoch milliseconds; 0: not told

  // The last part of the path.
  std::string name() const { return path.substr(path.rfind('/') + 1); }
};

// Paths are absolute, with or without "dbfs:". NotFound where there is nothing.
class Dbfs {
 public:
  // The most that one read, put or addBlock moves.
  static constexpr std::int64_t kBlock = 1024L * 1024;

  explicit Dbfs(const RestClient& rest) : rest_(rest) {}

  // The direct children of a folder; of a file, itself. A folder of more than 10,000 may run into the timeout.
  Listing<DbfsFile> list(std::string_view path, const CallOptions& options = {}) const;
  core::Result<DbfsFile> getStatus(std::string_view path, const CallOptions& options = {}) const;

  // With all parents; fine where it exists. AlreadyExists where something on the way is a file.
  core::Result<void> mkdirs(std::string_view path, const CallOptions& options = {}) const;
  // Fine where there is nothing. A folder with content needs `recursive`; a large one takes minutes, and what is gone
  // when this fails stays gone.
  core::Result<void> remove(std::string_view path, bool recursive, const CallOptions& options = {}) const;
  // A folder with all that is in it. AlreadyExists where the target exists.
  core::Result<void> move(std::string_view from, std::string_view to, const CallOptions& options = {}) const;

  // A whole file. Several blocks are on their way at a time; `sink` gets them in their order, on the calling thread,
  // and at most four are in memory. After a failure, Conflict for a file that was changed meanwhile among them, throw
  // away what the sink has got.
  core::Result<void> download(std::string_view path, const Sink& sink, const CallOptions& options = {}) const;
  // The same from a source, with all parents. AlreadyExists without `overwrite`. Where an answer is lost half way it
  // begins anew if the source can rewind(). A failed upload may leave nothing or a part of the file behind.
  core::Result<void> upload(std::string_view path, http::BodySource& source, bool overwrite,
                            const CallOptions& options = {}) const;

  // The same for whoever may go on after a failure. A download goes on behind the last block that the sink took; where
  // the file was changed meanwhile it calls `restart` and begins anew, and is a Conflict without one. A sink that fails
  // gets the same bytes again. An upload goes on where a refusal left no doubt (429, a sign-in that ended) for as long
  // as the handle lives, ten minutes without a block; after a lost connection or a cancel it begins anew, for DBFS does
  // not tell whether the last block is in the file.
  // `from`: so many bytes of it were taken already, by whoever had the sink before.
  std::unique_ptr<Transfer> startDownload(std::string path, Sink sink, Restart restart = {},
                                          std::uint64_t from = 0) const;
  std::unique_ptr<Transfer> startUpload(std::string path, http::BodySource& source, bool overwrite) const;

  // The pieces that those are made of. At most kBlock bytes from `offset`; fewer, or nothing, at the end of the file.
  core::Result<std::string> read(std::string_view path, std::int64_t offset, std::int64_t length,
                                 const CallOptions& options = {}) const;
  // A file of at most kBlock bytes, with all parents.
  core::Result<void> put(std::string_view path, std::string_view bytes, bool overwrite,
                         const CallOptions& options = {}) const;
  // The handle of a new file. It ends with close(), or after ten minutes without a block; then it is NotFound.
  core::Result<std::int64_t> create(std::string_view path, bool overwrite, const CallOptions& options = {}) const;
  // Appends at most kBlock bytes.
  core::Result<void> addBlock(std::int64_t handle, std::string_view bytes, const CallOptions& options = {}) const;
  core::Result<void> close(std::int64_t handle, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
