// SPDX-License-Identifier: Apache-2.0
// Recursive deletes, which the workspace ends half way where a tree is large (PARTIAL_DELETE, after some 45 s).
#pragma once

#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

// Asks until all is gone. Errors as of the call.
core::Result<void> deleteAll(const RestClient& rest, const Call& call, const core::Json& params,
                             const CallOptions& options);

}  // namespace trowel::databricks
