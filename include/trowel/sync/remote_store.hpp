// SPDX-License-Identifier: Apache-2.0
// All that the sync asks of a workspace. Whoever knows the REST API implements it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"

namespace trowel::sync {

enum class ObjectKind : std::uint8_t { File, Notebook };

enum class FolderOutcome : std::uint8_t { Made, Existed };

// Called from several threads at once. Each call retries what its own policy allows, then fails for good: Unavailable,
// RateLimited, Overloaded and DeadlineExceeded mean "later, all of it", Unauthenticated, NotConfigured and Untrusted
// "not before the user acts", everything else concerns this one object. Paths are absolute in the workspace.
class RemoteStore {
 public:
  virtual ~RemoteStore() = default;

  // Makes the folder, parents included. `Existed` where it was there before: then what is in it may be somebody's and
  // the folder is never removed. AlreadyExists where something else has the name.
  virtual core::Result<FolderOutcome> makeFolder(const std::string& path, const core::CancelToken& token) = 0;

  // Writes the object, in place of one of the same kind. `extension` is what the workspace takes off a notebook's name
  // (import-file wants path + extension, and tells notebooks by their first line). NotFound where the parent is
  // missing.
  virtual core::Result<void> put(const std::string& path, const std::string& extension, ObjectKind kind,
                                 std::string_view bytes, const core::CancelToken& token) = 0;

  // Removes an object or an empty folder, never recursively. NotFound where it is gone already; Conflict where a folder
  // is not empty.
  virtual core::Result<void> remove(const std::string& path, const core::CancelToken& token) = 0;
};

}  // namespace trowel::sync
