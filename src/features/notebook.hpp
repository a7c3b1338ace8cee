// SPDX-License-Identifier: Apache-2.0
// SOURCE notebooks for the editor's serializer.
#pragma once

#include "session.hpp"
#include "trowel/protocol/handlers.hpp"

namespace trowel::features {

class Notebook final : public protocol::NotebookHandlers {
 public:
  core::Result<protocol::NotebookDocument> decode(const protocol::NotebookDecodeParams& params,
                                                  rpc::CallContext& call) override;
  core::Result<protocol::NotebookEncodeResult> encode(const protocol::NotebookDocument& params,
                                                      rpc::CallContext& call) override;
};

}  // namespace trowel::features
