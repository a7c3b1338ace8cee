// SPDX-License-Identifier: Apache-2.0
// The transfers of the shell: whoever starts one has said beforehand what is to happen where both sides differ.
#pragma once

#include "features/session.hpp"
#include "transfers.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

// On workers, for as long as the transfer takes.
class ShellTransfer final : public protocol::TransferHandlers {
 public:
  ShellTransfer(Session& session, const Transfers& transfers) : session_(session), transfers_(transfers) {}

  core::Result<protocol::TransferRunResult> run(const protocol::TransferRunParams& params,
                                                rpc::CallContext& call) override;

 private:
  struct Ends {
    sync::Direction direction = sync::Direction::Down;
    FileUri remote;
    std::string local;
  };
  static core::Result<Ends> endsOf(const protocol::TransferRunParams& params);
  static core::Result<sync::FolderPair> pairOf(const Ends& ends, sync::RemoteTree& remote,
                                               const core::CancelToken& cancel);

  Session& session_;
  const Transfers& transfers_;
};

}  // namespace trowel::features
