// SPDX-License-Identifier: Apache-2.0
// A part of the API that Trowel hands on without understanding all of it: the JSON, in the API's own words.
#pragma once

#include <memory>

#include "trowel/core/json.hpp"

namespace trowel::databricks {

// Null where the answer did not have it. Copies share what never changes. Who edits one copies the JSON, changes the
// copy and sends that, so that nothing is lost which Trowel does not know; what is created is sent in the same form.
// People write secrets into definitions (options of a connection, environment of a cluster): never for the log.
using Document = std::shared_ptr<const core::Json>;

}  // namespace trowel::databricks
