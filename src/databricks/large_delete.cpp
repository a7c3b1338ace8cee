// SPDX-License-Identifier: Apache-2.0
#include "databricks/large_delete.hpp"

#include <nlohmann/json.hpp>

namespace trowel::databricks {

namespace {

// More than an hour of deleting; a workspace that makes no headway is not asked for ever.
constexpr int kMaxRounds = 100;

}  // namespace

core::Result<void> deleteAll(const RestClient& rest, const Call& call, const core::Json& params,
                             const CallOptions& options) {
  for (int round = 1;; ++round) {
    auto answer = rest.call(call, params, options);
    if (answer) return {};
    auto& error = answer.error();
    // What was there when we began has gone by our own hand, or by another's that wanted the same.
    if (round > 1 && error.code == core::ErrorCode::NotFound) return {};
    if (error.errorCode != "PARTIAL_DELETE" || round == kMaxRounds) return std::unexpected(std::move(error));
    if (options.cancel.cancelled()) return std::unexpected(options.cancel.error("The delete"));
  }
}

}  // namespace trowel::databricks
