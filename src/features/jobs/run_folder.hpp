// SPDX-License-Identifier: Apache-2.0
// The folder of the workspace in which a single run has what it needs, and what was left of such folders.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trowel/databricks/workspace.hpp"

namespace trowel::features {

// Made beside the user's things, and removed when the run is over, however it ends. `remove` is not left to a
// destructor: its failure must be told. One thread.
class RunFolder {
 public:
  // `ending` is cancelled when Trowel must end now: until then the folder is removed.
  RunFolder(const databricks::RestClient& rest, const std::string& home, core::CancelToken ending);

  const std::string& path() const { return path_; }
  core::Result<void> make(const core::CancelToken& cancel);
  core::Result<void> remove();

 private:
  databricks::Workspace workspace_;
  std::string path_;
  core::CancelToken ending_;
  bool made_ = false;
};

// Whether a name is that of such a folder, made more than an hour ago. Pure; epoch seconds.
bool isOldRunFolder(std::string_view name, std::int64_t now);

// Removes folders whose Trowel was killed before it could: old ones in which no active run has a task. They may come
// from another machine.
core::Result<void> sweepRunFolders(const databricks::RestClient& rest, const std::string& home,
                                   const core::CancelToken& cancel);

}  // namespace trowel::features
