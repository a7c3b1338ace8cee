// SPDX-License-Identifier: Apache-2.0
// Files and folders in Unity Catalog volumes (Files API 2.0).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/databricks/rest_client.hpp"
#include "trowel/databricks/transfer.hpp"

namespace trowel::databricks {

struct VolumeEntry {
  std::string path;  // "/Volumes/main/default/v/a.csv"
  std::string name;
  bool isFolder = false;
  std::int64_t size = 0;        // bytes; 0 of folders
  std::int64_t modifiedAt = 0;  // epoch milliseconds; 0 of folders
};

struct VolumeFile {
  std::int64_t size = -1;       // bytes; -1: not told
  std::int64_t modifiedAt = 0;  // epoch milliseconds, whole seconds; 0: not told
  std::string lastModified;     // the same in the workspace's words
  std::string etag;             // empty: not told
};

// Paths are absolute: /Volumes/<catalog>/<schema>/<volume>/… . NotFound where there is nothing, also where the volume
// or its schema does not exist.
class Files {
 public:
  explicit Files(const RestClient& rest) : rest_(rest) {}

  // The direct children of a folder, in no order. NotFound for a file.
  Listing<VolumeEntry> list(std::string_view folder, const CallOptions& options = {}) const;
  // NotFound for a folder.
  core::Result<VolumeFile> getStatus(std::string_view path, const CallOptions& options = {}) const;
  core::Result<bool> folderExists(std::string_view path, const CallOptions& options = {}) const;

  // With all parents down from the volume; fine where it exists. AlreadyExists where something on the way is a file.
  core::Result<void> mkdirs(std::string_view folder, const CallOptions& options = {}) const;
  core::Result<void> remove(std::string_view path, const CallOptions& options = {}) const;
  // An empty one; Conflict for any other.
  core::Result<void> removeFolder(std::string_view folder, const CallOptions& options = {}) const;

  // A whole file, as long as bytes keep moving. Of a large one several ranges are on their way at a time; `sink` gets
  // them in their order, on the calling thread, and at most 32 MiB are in memory. After a failure, Conflict for a file
  // that was changed meanwhile among them, throw away what the sink has got.
  core::Result<void> download(std::string_view path, const Sink& sink, const CallOptions& options = {}) const;
  // The same from a source. The file is there at once or not at all; the folders in front of it are made. Above 50 MiB
  // it goes in parts, several at a time and each repeated alone, with at most 40 MiB in memory, or as much as it takes
  // to make do with 10,000 parts; smaller ones, and all where the workspace offers no parts, go as one request, which
  // is repeated if the source can rewind(). AlreadyExists without `overwrite`.
  core::Result<void> upload(std::string_view path, http::BodySource& source, bool overwrite,
                            const CallOptions& options = {}) const;

  // The same for whoever may go on after a failure, however long the network was away. A download goes on behind the
  // last range of 8 MiB that came; where the file was changed meanwhile (ETag, time, size) it calls `restart` and
  // begins anew, and is a Conflict without one. What comes as one stream (up to 16 MiB, or where there are no ranges)
  // travels again, and the sink gets only what it has not. A sink that fails gets the same bytes again. An upload sends
  // the parts that have not arrived; `source` stays where it was left. It begins anew, if the source can rewind(),
  // where it went as one request, the workspace has forgotten its parts, or the source could not be read.
  // `from`: so many bytes of it were taken already, by whoever had the sink before.
  std::unique_ptr<Transfer> startDownload(std::string path, Sink sink, Restart restart = {},
                                          std::uint64_t from = 0) const;
  std::unique_ptr<Transfer> startUpload(std::string path, http::BodySource& source, bool overwrite) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
