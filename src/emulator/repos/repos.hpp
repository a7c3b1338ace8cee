// SPDX-License-Identifier: Apache-2.0
// Git folders: clones of repositories on this machine, checked out into the workspace.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emulator/repos/git.hpp"
#include "emulator/server/api_error.hpp"
#include "emulator/state/documents.hpp"
#include "emulator/workspace/workspace_store.hpp"

namespace trowel::emulator {

struct Repo {
  std::int64_t id = 0;  // of the folder in the workspace as well
  std::string path;     // canonical
  std::string url;      // as the client gave it
  std::string provider;
  std::string branch;  // empty: at a tag
  std::string head;    // commit
  bool sparse = false;
  std::vector<std::string> patterns;  // folders that a sparse checkout has
  std::string metadata;               // names git's own folder
};

std::unexpected<ApiError> noSuchRepo(std::int64_t id);

// Any thread. Git may take minutes: who reads need not wait for it, and who changes a repo waits for what goes on with
// that one only. Errors are worded as the service's, with canonical paths.
class Repos {
 public:
  Repos(const World& world, WorkspaceStore& workspace);

  // Ends what git is doing; whoever asked for it gets an error.
  void stop() { stopping_.cancel(core::CancelReason::Shutdown); }

  struct Wish {
    std::string url;
    std::string provider;
    std::string path;  // canonical
    bool sparse = false;
    std::vector<std::string> patterns = {};
  };
  // Clones the default branch. GIT_REMOTE_ERROR where the URL leads to no repository on this machine.
  Reply<Repo> create(const Wish& wish);

  Reply<Repo> get(std::int64_t id);
  // Those whose path begins with `prefix`, by path.
  Reply<std::vector<Repo>> list(const std::string& prefix);
  // The one whose folder `path` is in.
  std::optional<Repo> containing(const std::string& path);

  struct Change {
    std::string branch = {};  // the current one again is a pull
    std::string tag = {};
    std::optional<std::vector<std::string>> patterns = {};
    bool discardLocalChanges = false;
  };
  Reply<Repo> update(std::int64_t id, const Change& change);

  // The clone and its folder.
  Reply<void> remove(std::int64_t id);

 private:
  // The right to work on the Git folder at a path, or where one is to be; waited for.
  class Turn {
   public:
    Turn(Repos& repos, std::string path);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Repos& repos_;
    std::string path_;
  };

  Reply<std::string> source(const std::string& url) const;
  Reply<void> checkPlace(const std::string& path);
  Reply<Repo> clone(const Wish& wish, const std::string& from, const std::filesystem::path& metadata,
                    const std::filesystem::path& files);
  Reply<void> checkOut(const Git::Repository& at, Repo& repo, const Change& change);
  Reply<void> limitTo(const Git::Repository& at, const std::vector<std::string>& patterns);
  Reply<Repo> settle(const Wish& wish, Repo repo, const std::filesystem::path& files);
  Reply<void> apply(const Git::Repository& at, Repo& repo, const Change& change);
  Reply<std::optional<Repo>> read(const core::Json& document);
  Reply<void> replace(const Repo& repo);
  void discard(const std::filesystem::path& folder) const;
  void store(const Repo& repo);
  void forget(const Repo& repo);
  void waitForDisk() const;
  void clearAway() const;

  const World& world_;
  WorkspaceStore& workspace_;
  core::CancelSource stopping_;
  Git git_;
  std::mutex mutex_;  // guards busy_, and keeps a look at documents_ and the change after it together
  std::condition_variable freed_;
  std::set<std::string> busy_;  // paths
  Documents documents_;
};

}  // namespace trowel::emulator
