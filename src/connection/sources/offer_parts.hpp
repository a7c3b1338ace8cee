// SPDX-License-Identifier: Apache-2.0
// The parts of an Offer that are made alike wherever it comes from. Pure.
#pragma once

#include <map>
#include <string>

#include "trowel/connection/offer.hpp"

namespace trowel::connection {

// Where and how files are kept, as Power Tools' settings and keys of a profile say it.
struct SyncFields {
  std::string folder = {};
  std::map<std::string, std::string> subfolders = {};
  std::map<std::string, std::string> exportFormats = {};
};

// databricks.connection.default.*: what counts for every connection that says nothing itself.
SyncFields defaultSyncFields(const core::Json& settings);

// The members of an object that are texts.
std::map<std::string, std::string> textsOf(const core::Json& object);

// Expands the folder, or takes <home>/Databricks-VSCode/<name>.
void takeSyncFields(Offer& offer, SyncFields fields, const SyncFields& defaults, const SourceInputs& inputs);

// Host, cloud and compute come from the configuration; a failed one becomes the problem. `noHost` is the problem of one
// without a host.
void takeConfig(Offer& offer, core::Result<auth::Config> config, const std::string& noHost);

}  // namespace trowel::connection
