// SPDX-License-Identifier: Apache-2.0
// Git folders: clones of repositories on this machine, checked out into the workspace.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
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

// Any thread; one thing at a time. Errors are worded as the service's, with canonical paths.
class Repos {
 public:
  Repos(const World& world, WorkspaceStore& workspace);

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
  // At or beneath `prefix`, by path.
  std::vector<Repo> list(const std::string& prefix);
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
  Reply<std::string> source(const std::string& url) const;
  Reply<void> checkPlace(const std::string& path);
  Reply<Repo> clone(const Wish& wish, const std::string& from, const std::filesystem::path& metadata,
                    const std::filesystem::path& files);
  Reply<void> checkOut(const Git::Repository& at, Repo& repo, const Change& change);
  Reply<void> limitTo(const Git::Repository& at, const std::vector<std::string>& patterns);
  std::optional<Repo> read(const core::Json& document);
  void store(const Repo& repo);
  void forget(const Repo& repo);
  void settle() const;
  void clearAway() const;

  const World& world_;
  WorkspaceStore& workspace_;
  Git git_;
  std::mutex mutex_;  // one git at a time
  Documents documents_;
};

}  // namespace trowel::emulator
