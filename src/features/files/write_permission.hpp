// SPDX-License-Identifier: Apache-2.0
// Whether somebody may write a file or notebook, by who may do what with it. Pure.
#pragma once

#include <vector>

#include "trowel/databricks/permissions.hpp"
#include "trowel/databricks/scim.hpp"

namespace trowel::features {

// By what `me` and the groups that `me` is in were granted, inherited or not.
bool mayWrite(const std::vector<databricks::AccessEntry>& entries, const databricks::Me& me);

}  // namespace trowel::features
