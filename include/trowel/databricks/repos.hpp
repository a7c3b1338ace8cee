// SPDX-License-Identifier: Apache-2.0
// Git folders of a workspace (Repos API 2.0).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct Repo {
  std::int64_t id = 0;
  std::string path;      // "/Repos/ada@example.com/proj"
  std::string url;       // of the remote
  std::string provider;  // gitHub, gitLab, azureDevOpsServices, bitbucketCloud, awsCodeCommit, … (open)
  std::string branch;    // empty: a tag is checked out
  std::string head;      // commit id
  std::vector<std::string> sparsePatterns;
};

struct RepoWish {
  std::string url;
  std::string provider;
  std::string path = {};  // its parent must exist; empty: beneath /Repos/<user>, named like the repository
  std::vector<std::string> sparsePatterns = {};  // empty: everything; cannot be decided later
  std::int64_t credentialId = 0;                 // 0: the default one of the provider
};

// One of branch and tag, or neither.
struct RepoChange {
  std::string branch = {};  // the one that is checked out: pull
  std::string tag = {};
  std::optional<std::vector<std::string>> sparsePatterns = {};
  std::int64_t credentialId = 0;  // 0: as it is
  bool discardLocalChanges = false;
};

// NotFound also for a branch or tag that the remote does not have; Conflict (GIT_CONFLICT) where local changes are in
// the way of a pull; InvalidParams where the remote refuses the Git credential or is not reached.
class Repos {
 public:
  explicit Repos(const RestClient& rest) : rest_(rest) {}

  // Those beneath a folder; without one, and for "/", only those in /Repos.
  Listing<Repo> list(std::string_view pathPrefix = {}, const CallOptions& options = {}) const;
  core::Result<Repo> get(std::int64_t id, const CallOptions& options = {}) const;

  // These two return when Git has done its work: minutes for a large repository. They wait for at least ten, whatever
  // the options say; cancel to leave earlier.
  core::Result<Repo> create(const RepoWish& wish, const CallOptions& options = {}) const;
  core::Result<void> update(std::int64_t id, const RepoChange& change, const CallOptions& options = {}) const;

  // With the folder and what is in it.
  core::Result<void> remove(std::int64_t id, const CallOptions& options = {}) const;

 private:
  const RestClient& rest_;
};

}  // namespace trowel::databricks
