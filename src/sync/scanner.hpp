// SPDX-License-Identifier: Apache-2.0
// Looks at the project: which files are selected, what they are and what is in them.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "sync/ignore_rules.hpp"
#include "sync/state.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/os/directory.hpp"

namespace trowel::sync {

// Limits of the service: workspace files, and notebooks on import.
inline constexpr std::size_t kMaxFileBytes = std::size_t{500} << 20;
inline constexpr std::size_t kMaxNotebookBytes = std::size_t{10} << 20;

// One thread.
class Scanner {
 public:
  Scanner(const IgnoreRules& rules, core::Clock& clock) : rules_(rules), clock_(clock) {}

  // Brings `tree` up to date at `paths` and beneath them; "" stands for everything. A file whose stamp is the one in
  // `tree` is not read. Returns the paths that changed while they were looked at: their entries are as before, look
  // again soon. Fails where the root itself cannot be listed or `token` is cancelled; `tree` is then unchanged where
  // it was not looked at yet.
  core::Result<std::set<std::string>> refresh(const os::Directory& root, LocalTree& tree,
                                              const std::set<std::string>& paths, const core::CancelToken& token);

 private:
  struct Pass;
  core::Result<void> look(Pass& pass, const os::Directory& root, const std::string& path);
  core::Result<void> enter(Pass& pass, const os::Directory& parent, const std::string& name, const std::string& path);
  core::Result<void> walk(Pass& pass, const os::Directory& folder, const std::string& path);
  void examine(Pass& pass, const os::Directory& folder, const std::string& name, const std::string& path);
  os::FileStamp trusted(const os::FileStamp& stamp) const;

  const IgnoreRules& rules_;
  core::Clock& clock_;
};

}  // namespace trowel::sync
