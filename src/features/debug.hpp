// SPDX-License-Identifier: Apache-2.0
// What goes into a bug report, and an echo to measure the wire by.
#pragma once

#include "session.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Debug final : public protocol::DebugHandlers {
 public:
  explicit Debug(Session& session) : session_(session) {}

  core::Result<protocol::DebugInformationResult> information(const protocol::DebugInformationParams& params,
                                                             rpc::CallContext& call) override;
  core::Result<protocol::EchoParams> echo(const protocol::EchoParams& params, rpc::CallContext& call) override;

 private:
  Session& session_;
};

}  // namespace trowel::features
