// SPDX-License-Identifier: Apache-2.0
// What can be done with Git folders. Whatever changes files of the workspace is told to those who show them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "features/action.hpp"
#include "features/tree.hpp"
#include "trowel/databricks/repos.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class RepoActions final : public protocol::RepoCommands {
 public:
  // The files in a folder of the workspace, at any depth, may be others now. On a worker.
  using FilesChanged = std::function<void(const Project& project, const std::string& folder)>;

  RepoActions(Session& session, Tree& tree, FilesChanged filesChanged)
      : session_(session), tree_(tree), filesChanged_(std::move(filesChanged)) {}

  core::Result<core::Json> create(protocol::CommandCall& call) override;
  core::Result<core::Json> pull(protocol::CommandCall& call) override;
  core::Result<core::Json> checkout(protocol::CommandCall& call) override;
  core::Result<core::Json> sparse(protocol::CommandCall& call) override;
  core::Result<core::Json> remove(protocol::CommandCall& call) override;
  core::Result<core::Json> openInBrowser(protocol::CommandCall& call) override;
  core::Result<core::Json> openClone(protocol::CommandCall& call) override;

 private:
  enum class Fit : std::uint8_t { Any, OnBranch, Sparse };

  // The selected rows, or those that the user picks among the ones that fit.
  core::Result<std::vector<databricks::Repo>> choose(Action& action, const connection::Connection& connection,
                                                     const std::string& title, Fit fit);
  core::Result<databricks::Repo> chooseOne(Action& action, const connection::Connection& connection,
                                           const std::string& title, Fit fit);
  // Where changes of files are in the way, the user decides: discard them, or see to them in the browser.
  core::Result<void> update(Action& action, const connection::Connection& connection, const databricks::Repo& repo,
                            databricks::RepoChange change);
  void changed(const Project& project, const std::string& folder);

  Session& session_;
  Tree& tree_;
  FilesChanged filesChanged_;
};

}  // namespace trowel::features
