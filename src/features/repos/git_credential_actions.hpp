// SPDX-License-Identifier: Apache-2.0
// With what the workspace signs in at Git providers: adding, replacing tokens, the default, deleting.
#pragma once

#include <string>
#include <vector>

#include "features/action.hpp"
#include "features/tree.hpp"
#include "trowel/databricks/git_credentials.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class GitCredentialActions final : public protocol::GitCredentialCommands {
 public:
  GitCredentialActions(Session& session, Tree& tree) : session_(session), tree_(tree) {}

  core::Result<core::Json> create(protocol::CommandCall& call) override;
  core::Result<core::Json> update(protocol::CommandCall& call) override;
  core::Result<core::Json> makeDefault(protocol::CommandCall& call) override;
  core::Result<core::Json> remove(protocol::CommandCall& call) override;

 private:
  // The selected rows, or those that the user picks.
  core::Result<std::vector<databricks::GitCredential>> choose(Action& action, const databricks::GitCredentials& service,
                                                              const std::string& title);
  core::Result<databricks::GitCredential> chooseOne(Action& action, const databricks::GitCredentials& service,
                                                    const std::string& title);
  void changed();

  Session& session_;
  Tree& tree_;
};

}  // namespace trowel::features
