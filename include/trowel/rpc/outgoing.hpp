// SPDX-License-Identifier: Apache-2.0
// Calls from the daemon to the editor.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::rpc {

inline constexpr core::Duration kNoTimeout = core::Duration::max();

enum class Delivery : std::uint8_t {
  Certain,
  Droppable,  // left out while the editor does not read: the next one says more anyway
};

class Outgoing {
 public:
  virtual ~Outgoing() = default;

  // Blocks until the editor answers: from workers only. Errors: what the editor answered, DeadlineExceeded, Cancelled
  // (the editor is told), Unavailable where the conversation has ended.
  virtual core::Result<core::Json> request(std::string_view method, const core::Json& params,
                                           const core::CancelToken& cancel, core::Duration timeout) = 0;

  // Any thread; never blocks.
  virtual void notify(std::string_view method, const core::Json& params, Delivery delivery) = 0;
};

}  // namespace trowel::rpc
