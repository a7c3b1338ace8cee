// SPDX-License-Identifier: Apache-2.0
// The Git folders of a workspace, wherever they are: the API lists those of /Repos only unless it is told where to
// look.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trowel/connection/connection.hpp"
#include "trowel/databricks/repos.hpp"

namespace trowel::features {

// "/Workspace/Users/x" -> "/Users/x", which is the same folder. Pure.
std::string plainPath(std::string_view path);
// Whether a plain path is the folder, or in it. Pure.
bool isBelow(std::string_view path, std::string_view folder);

// The two places where people have their own.
std::vector<std::string> ownFolders(const databricks::Me& me);

// Those in a folder, at any depth, by path; paths are plain. PermissionDenied, NotFound as the service says.
core::Result<std::vector<databricks::Repo>> reposBelow(const connection::Connection& connection,
                                                       const std::string& folder, const core::CancelToken& cancel);
// The user's own. A place that the user has not, or may not see, has none.
core::Result<std::vector<databricks::Repo>> ownRepos(const connection::Connection& connection,
                                                     const core::CancelToken& cancel);
// The others in a folder.
core::Result<std::vector<databricks::Repo>> othersBelow(const connection::Connection& connection,
                                                        const std::string& folder, const core::CancelToken& cancel);
// The folders at the top of the workspace, by name.
core::Result<std::vector<std::string>> topFolders(const connection::Connection& connection,
                                                  const core::CancelToken& cancel);
// Everything that the user may see, the user's own first. One listing for each folder at the top of the workspace.
core::Result<std::vector<databricks::Repo>> allRepos(const connection::Connection& connection,
                                                     const core::CancelToken& cancel);

}  // namespace trowel::features
