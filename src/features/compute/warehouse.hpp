// SPDX-License-Identifier: Apache-2.0
// The SQL warehouse of a project.
#pragma once

#include "features/session.hpp"
#include "trowel/protocol/command_table.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Warehouse final : public protocol::WarehouseCommands {
 public:
  explicit Warehouse(Session& session) : session_(session) {}

  core::Result<core::Json> select(protocol::CommandCall& call) override;

 private:
  Session& session_;
};

}  // namespace trowel::features
