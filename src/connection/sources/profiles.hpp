// SPDX-License-Identifier: Apache-2.0
// Connections that the configuration file and the environment describe. Pure.
#pragma once

#include <optional>
#include <vector>

#include "connection/sources/offer_parts.hpp"

namespace trowel::connection {

// Every profile, in the order of the file, with Power Tools' extra keys: localSyncFolder, localSyncSubfolders (or
// localSyncSubFolders) and exportFormats, the latter as JSON in one line. An empty [DEFAULT] is none.
// Of a file that cannot be read one offer, Offer::kUnreadableProfiles, with the reason.
std::vector<Offer> profileOffers(const SourceInputs& inputs, const SyncFields& defaults);

// What the SDKs would take without being told anything; nothing where the environment names neither host nor profile.
std::optional<Offer> environmentOffer(const SourceInputs& inputs, const SyncFields& defaults);

}  // namespace trowel::connection
