// SPDX-License-Identifier: Apache-2.0
// Any call of the workspace's REST API, from the editor or typed in.
#pragma once

#include "action.hpp"
#include "api_request.hpp"
#include "tree.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Api final : public protocol::ApiCommands {
 public:
  Api(Session& session, Tree& tree) : session_(session), tree_(tree) {}

  core::Result<core::Json> send(protocol::CommandCall& call) override;

 private:
  // The request in the editor in front, or what the user makes of the JSON that is there.
  core::Result<ApiRequest> request(Action& action);

  Session& session_;
  Tree& tree_;
};

}  // namespace trowel::features
