// SPDX-License-Identifier: Apache-2.0
// What can be done with secrets, their scopes and who may use them. A value goes from the user to the workspace and
// nowhere else.
#pragma once

#include "features/action.hpp"
#include "features/tree.hpp"
#include "secret_rows.hpp"
#include "trowel/databricks/secrets.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class SecretActions final : public protocol::SecretCommands {
 public:
  SecretActions(Session& session, Tree& tree) : session_(session), tree_(tree) {}

  core::Result<core::Json> createScope(protocol::CommandCall& call) override;
  core::Result<core::Json> removeScope(protocol::CommandCall& call) override;
  core::Result<core::Json> put(protocol::CommandCall& call) override;
  core::Result<core::Json> remove(protocol::CommandCall& call) override;
  core::Result<core::Json> insert(protocol::CommandCall& call) override;
  core::Result<core::Json> grant(protocol::CommandCall& call) override;
  core::Result<core::Json> revoke(protocol::CommandCall& call) override;

 private:
  void changed(const std::string& scope);

  Session& session_;
  Tree& tree_;
};

}  // namespace trowel::features
