// SPDX-License-Identifier: Apache-2.0
// A large file on its way to or from a workspace, which whoever keeps it can go on with after a failure.
#pragma once

#include <cstdint>
#include <functional>

#include "trowel/core/error.hpp"
#include "trowel/http/client.hpp"

namespace trowel::databricks {

// What it was made with, the RestClient among it, outlives it.
class Transfer {
 public:
  virtual ~Transfer() = default;

  // Moves what has not arrived yet; blocks for as long as that takes. After a failure, a cancel among them, call it
  // again once the reason is gone: what has arrived in pieces does not travel a second time. Until then some 40 MiB
  // stay in memory. One thread at a time.
  virtual core::Result<void> run(const http::CallOptions& options = {}) = 0;

  // Bytes that have arrived: taken by the sink, or acknowledged by the workspace. Less than before where the transfer
  // had to begin anew. Any thread.
  virtual std::uint64_t arrived() const = 0;

  // For an upload that nobody goes on with: clears away what of it lies in the workspace, as far as that works. A
  // run() after it begins anew.
  virtual void abandon(const http::CallOptions& /*options*/ = {}) {}
};

// Throws away what the sink of a download has got, for the file was changed meanwhile and comes anew.
using Restart = std::function<core::Result<void>()>;

}  // namespace trowel::databricks
