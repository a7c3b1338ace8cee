// SPDX-License-Identifier: Apache-2.0
// Where a connection keeps things on this machine: its local sync folder, with a subfolder for each kind of thing.
#pragma once

#include <string>

#include "features/connections/offers.hpp"
#include "trowel/connection/offer.hpp"

namespace trowel::features {

// The absolute path of the local sync folder. InvalidParams where the settings name no usable one. Pure.
core::Result<std::string> localSyncFolderOf(const connection::Offer& offer);

// The absolute path of the subfolder for `part`: "Workspace", "Clusters", "Jobs", "DBFS", "Volumes"; without a setting
// it has that name. InvalidParams where the settings name no usable folder. Pure: nothing is made.
core::Result<std::string> syncFolderOf(const connection::Offer& offer, const std::string& part);

// What the connection that the project has now was made from. NotConfigured where there is none. Blocks as the next
// one.
core::Result<connection::Offer> chosenOffer(const Session& session, const Offers& offers, const Project& project);

// syncFolderOf() for the connection that the project has now; the folder is there afterwards. NotConfigured where there
// is no connection. Blocks for as long as a few small files take.
core::Result<std::string> syncFolder(const Session& session, const Offers& offers, const Project& project,
                                     const std::string& part);

}  // namespace trowel::features
