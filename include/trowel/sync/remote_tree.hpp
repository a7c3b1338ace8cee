// SPDX-License-Identifier: Apache-2.0
// A tree of files at the other end, to be read as well as written: a workspace, DBFS, volumes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "trowel/sync/remote_store.hpp"

namespace trowel::sync {

enum class EntryKind : std::uint8_t { Folder, File, Notebook, Other };

struct Entry {
  std::string name;  // as it came: whatever the other end calls a name
  EntryKind kind = EntryKind::File;
  // Of notebooks the language (PYTHON, SQL, SCALA, R), of Other what it is (DASHBOARD), of volumes whose storage it is
  // (MANAGED, EXTERNAL).
  std::string type = {};
  std::optional<std::uint64_t> size = {};  // bytes; nothing where it is not told
  std::int64_t modifiedAt = 0;             // milliseconds since 1970; 0: not told
  std::string version = {};                // another one for other content; empty where that cannot be told
  std::string id = {};                     // by which the service knows the object; empty where it has none
};

// As RemoteStore.
class RemoteTree : public RemoteStore {
 public:
  using TakeEntry = std::function<core::Result<void>(Entry)>;

  // The direct children of a folder, in any order, as the pages come. NotFound where there is no such folder.
  virtual core::Result<void> list(const std::string& folder, const TakeEntry& take, const core::CancelToken& token) = 0;
  virtual core::Result<Entry> stat(const std::string& path, const core::CancelToken& token) = 0;

  // The bytes of an object from `offset` on; Unsupported for another offset than 0 where only a whole can be read.
  // After a failure what the sink has got is the beginning of some version, of a mixture after a Conflict.
  virtual core::Result<void> read(const std::string& path, const Form& form, std::uint64_t offset, const ByteSink& sink,
                                  const core::CancelToken& token) = 0;

  // makeFolder() for whoever does not ask whether it was there before, which may cost a call.
  virtual core::Result<void> ensureFolder(const std::string& path, const core::CancelToken& token) = 0;

  // The most that put() may take, in bytes.
  virtual std::uint64_t maxBytes(const Form& form) const = 0;
};

}  // namespace trowel::sync
