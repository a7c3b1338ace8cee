// SPDX-License-Identifier: Apache-2.0
// Connections that stand in the editor's settings: those of Power Tools, and Trowel's own. Pure.
#pragma once

#include <vector>

#include "connection/sources/offer_parts.hpp"

namespace trowel::connection {

// databricks.connections and databricks.connection.default.*, scopes merged by displayName: a narrower scope replaces
// single values, or all of them where it names another host, for a token goes only to the host that it stands with.
std::vector<Offer> powerToolsOffers(const SourceInputs& inputs, const SyncFields& defaults);

// trowel.connections: {name, host} and, where wanted, profile, authType, azureResourceId, clusterId, warehouseId,
// localSyncFolder, localSyncSubfolders, exportFormats.
std::vector<Offer> ownOffers(const SourceInputs& inputs, const SyncFields& defaults);

// Says of connections from settings with one name that they share it: nobody could tell which one is meant.
void judgeSharedNames(std::vector<Offer>& offers);

}  // namespace trowel::connection
