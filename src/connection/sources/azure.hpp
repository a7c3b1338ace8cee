// SPDX-License-Identifier: Apache-2.0
// Connections to workspaces of Azure Databricks: those that settings list, and those that were found. Pure.
#pragma once

#include <vector>

#include "connection/sources/offer_parts.hpp"

namespace trowel::connection {

// One a resource: where the settings (databricks.azure.workspaces) list one that was found as well, their name and
// folder count.
std::vector<Offer> azureOffers(const SourceInputs& inputs, const SyncFields& defaults);

}  // namespace trowel::connection
