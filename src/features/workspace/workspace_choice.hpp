// SPDX-License-Identifier: Apache-2.0
// Which objects of the workspace an action is about: the rows, or what the user walks to.
#pragma once

#include <string>
#include <vector>

#include "features/action.hpp"
#include "features/transfers/transfers.hpp"
#include "trowel/databricks/workspace.hpp"

namespace trowel::features {

// A folder's direct children, folders first, then by name without regard to case.
core::Result<std::vector<databricks::WorkspaceObject>> listFolder(const connection::Connection& connection,
                                                                  const std::string& path,
                                                                  const core::CancelToken& cancel);

class WorkspaceChoice {
 public:
  explicit WorkspaceChoice(const Transfers& transfers) : transfers_(transfers) {}

  enum class Wanted : std::uint8_t { Object, Folder, Any };

  // Paths. The rows that it was called on; without any, one that the user walks to from the root of the view.
  core::Result<std::vector<std::string>> objects(Action& action, const connection::Connection& connection,
                                                 const std::string& title, Wanted wanted) const;
  core::Result<std::string> object(Action& action, const connection::Connection& connection, const std::string& title,
                                   Wanted wanted) const;
  // A folder that the user walks to, whatever rows there are.
  core::Result<std::string> walk(Action& action, const connection::Connection& connection, const std::string& title,
                                 Wanted wanted) const;
  // The folder that something is to be put into: the row, or what it lies in, or one that the user walks to.
  core::Result<std::string> target(Action& action, const connection::Connection& connection,
                                   const std::string& title) const;
  // The path itself, or the folder around it. A folder that is only here counts.
  core::Result<std::string> folderAt(const connection::Connection& connection, const std::string& path,
                                     const core::CancelToken& cancel) const;

 private:
  const Transfers& transfers_;
};

}  // namespace trowel::features
