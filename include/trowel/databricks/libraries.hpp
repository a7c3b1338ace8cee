// SPDX-License-Identifier: Apache-2.0
// Libraries on clusters (Libraries API 2.0).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/databricks/document.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

struct Library {
  std::string type;  // jar, egg, whl, pypi, maven, cran, requirements, or something newer
  std::string name;  // a path ("/Workspace/…", "/Volumes/…", "dbfs:/…"), a package ("x==1.0") or coordinates ("g:a:v")
  std::string repo = {};                     // pypi, maven, cran: instead of the usual one
  std::vector<std::string> exclusions = {};  // maven: "g:a"
  // As the workspace has it; sent in place of the fields above, so that what Trowel does not know is the same.
  Document document = {};
};

struct LibraryStatus {
  Library library;
  std::string status;  // PENDING RESOLVING INSTALLING INSTALLED FAILED SKIPPED RESTORED UNINSTALL_ON_RESTART
  std::vector<std::string> messages;  // for people: why it failed
  bool onAllClusters = false;
};

struct ClusterLibraries {
  std::string clusterId;
  std::vector<LibraryStatus> libraries;
};

// NotFound where the cluster does not exist.
class Libraries {
 public:
  explicit Libraries(const RestClient& rest) : rest_(rest) {}

  Listing<LibraryStatus> list(std::string_view clusterId, const CallOptions& options = {}) const;
  // Of every cluster that this user may see and that has some.
  Listing<ClusterLibraries> listAll(const CallOptions& options = {}) const;

  // Return when the wish is noted; list() tells what came of it. On a terminated cluster they wait for its next start.
  core::Result<void> install(std::string_view clusterId, std::span<const Library> libraries,
                             const CallOptions& options = {}) const;
  // A running cluster keeps them until its next restart. Fine for what is not installed.
  core::Result<void> uninstall(std::string_view clusterId, std::span<const Library> libraries,
                               const CallOptions& options = {}) const;

 private:
  core::Result<void> change(const Call& call, std::string_view clusterId, std::span<const Library> libraries,
                            const CallOptions& options) const;

  const RestClient& rest_;
};

}  // namespace trowel::databricks
