// SPDX-License-Identifier: Apache-2.0
// All that the sync asks of a workspace. Whoever knows the REST API implements it.
#pragma once

#include <cstdint>
#include <string>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"
#include "trowel/sync/byte_stream.hpp"

namespace trowel::sync {

enum class ObjectKind : std::uint8_t { File, Notebook };

// What a notebook's bytes are outside of the workspace (Workspace API, import and export).
enum class Format : std::uint8_t {
  Auto,  // as the workspace tells by extension and first line
  Raw,   // a plain file, whatever it looks like
  Source,
  Jupyter,
  RMarkdown,
  Html,  // for reading only, as Dbc
  Dbc,
};

// An object as a file outside of the workspace.
struct Form {
  ObjectKind kind = ObjectKind::File;
  std::string extension = {};  // what the file's name has more than the object's: ".py" of a notebook
  Format format = Format::Auto;
  bool operator==(const Form&) const = default;
};

enum class FolderOutcome : std::uint8_t { Made, Existed };

// Called from several threads at once. Each call retries what its own policy allows, then fails for good: Unavailable,
// RateLimited, Overloaded and DeadlineExceeded mean "later, all of it", Unauthenticated, NotConfigured and Untrusted
// "not before the user acts", everything else concerns this one object. Paths are absolute there, without a slash at
// the end.
class RemoteStore {
 public:
  virtual ~RemoteStore() = default;

  // Makes the folder, parents included. `Existed` where it was there before: then what is in it may be somebody's and
  // the folder is never removed. AlreadyExists where something else has the name.
  virtual core::Result<FolderOutcome> makeFolder(const std::string& path, const core::CancelToken& token) = 0;

  // Writes the object `path`, which is there as a whole or as it was. NotFound where the parent is missing;
  // AlreadyExists without `overwrite`; an object of another kind is never replaced.
  virtual core::Result<void> put(const std::string& path, const Form& form, ByteSource& bytes, bool overwrite,
                                 const core::CancelToken& token) = 0;

  // Removes an object or an empty folder, never recursively. NotFound where it is gone already; Conflict where a folder
  // is not empty.
  virtual core::Result<void> remove(const std::string& path, const core::CancelToken& token) = 0;
};

}  // namespace trowel::sync
