// SPDX-License-Identifier: Apache-2.0
// What the CLI and the official extension keep in a project's folder. Read only: nothing of it is ever written.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "trowel/core/error.hpp"

namespace trowel::connection {

struct ProjectFile {
  std::string path = {};  // relative to the project: "databricks.yml"
  std::string text = {};
};

struct ProjectFiles {
  std::vector<ProjectFile> bundle = {};               // the bundle's file, then those that it includes
  std::map<std::string, ProjectFile> overrides = {};  // target -> .databricks/bundle/<target>/vscode.overrides.json
  ProjectFile rootOverrides = {};                     // .databricks/bundle/vscode.overrides.json; no text: none
  ProjectFile legacy = {};                            // .databricks/project.json; no text: none
  std::vector<std::string> notes = {};                // what could not be read, sentences
  // All that decides about the above, relative to the project: files, whether they are there or not, and patterns as
  // "targets/*.yml" (in the last part only), which others may come to match.
  std::set<std::string> places = {};

  bool empty() const { return bundle.empty() && legacy.text.empty(); }
};

// Reads them beneath `folder`, at most 1 MiB each. What is not there is not in the result; what cannot be read is a
// note. Links that lead out of the folder are not followed by includes.
ProjectFiles readProjectFiles(const std::string& folder);

}  // namespace trowel::connection
