// SPDX-License-Identifier: Apache-2.0
// Notebook cells on clusters: which kernels there are, and running a cell on one.
#pragma once

#include "features/compute/cluster.hpp"
#include "session.hpp"
#include "trowel/kernel/session_table.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Kernel final : public protocol::KernelHandlers {
 public:
  Kernel(Session& session, Cluster& clusters, kernel::Environment environment)
      : session_(session), clusters_(clusters), sessions_(std::move(environment)) {}

  core::Result<protocol::KernelListResult> list(const protocol::KernelListParams& params,
                                                rpc::CallContext& call) override;
  core::Result<protocol::KernelExecuteResult> execute(const protocol::KernelExecuteParams& params,
                                                      rpc::CallContext& call) override;
  core::Result<core::Json> restart(const protocol::KernelSessionParams& params, rpc::CallContext& call) override;
  core::Result<core::Json> close(const protocol::KernelSessionParams& params, rpc::CallContext& call) override;

  // Notebooks with a session on a cluster of a connection; and the same begun anew, which blocks until running cells
  // are interrupted.
  std::vector<std::string> notebooksOn(const std::string& connection, const std::string& cluster) const;
  void restartOn(const std::string& connection, const std::string& cluster);

  // At the end of the daemon: interrupts what runs and gives the contexts back.
  void closeAll() { sessions_.closeAll(); }

 private:
  // Whether the user wants the cluster started, and starts it.
  core::Result<bool> offerStart(const Project& project, const std::string& cluster, const std::string& state,
                                rpc::CallContext& call);

  Session& session_;
  Cluster& clusters_;
  kernel::SessionTable sessions_;
};

}  // namespace trowel::features
