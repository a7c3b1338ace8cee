// SPDX-License-Identifier: Apache-2.0
// Remembers across crashes what we have written to one target: every line stands for an acknowledgement of the
// workspace.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/state.hpp"
#include "trowel/core/error.hpp"
#include "trowel/os/sqlite.hpp"

namespace trowel::sync {

struct Target {
  std::string host;         // as in the profile, with scheme
  std::string workspaceId;  // empty where it is not known
  std::string remoteRoot;   // absolute workspace path
  std::string localRoot;    // absolute, without symbolic links
};

// The name of the file that two syncs to the same place share, whatever they sync from. "/Workspace/x" is "/x".
std::string lockName(const Target& target);
std::string journalName(const Target& target);

// What a call returned without error survives a power loss. Any thread.
class Journal {
 public:
  // In `dir`, which must exist. A damaged or newer file is set aside under another name: then nothing counts as written
  // by us, so that everything is sent again and nothing is removed.
  static core::Result<std::unique_ptr<Journal>> open(const std::string& dir, const Target& target);

  core::Result<RemoteState> load();

  core::Result<void> putObject(const std::string& path, const RemoteObject& object);
  core::Result<void> removeObject(const std::string& path);
  core::Result<void> putFolder(const std::string& path, bool ours);
  core::Result<void> removeFolder(const std::string& path);
  // Everything beneath the folder and itself; "" is all.
  core::Result<void> forgetTree(const std::string& folder);
  // Only the stamps; one transaction.
  core::Result<void> updateStamps(const std::vector<std::pair<std::string, os::FileStamp>>& stamps);

 private:
  explicit Journal(os::Database database) : database_(std::move(database)) {}
  template <typename... Values>
  core::Result<void> run(std::string_view sql, const Values&... values);

  std::mutex mutex_;  // guards database_
  os::Database database_;
};

}  // namespace trowel::sync
