// SPDX-License-Identifier: Apache-2.0
// The connections that a project can choose from, gathered from every place where one can be written down.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/auth/config.hpp"
#include "trowel/core/json.hpp"

namespace trowel::connection {

enum class Source : std::uint8_t { Settings, Profile, Azure, Extension, Environment, Demo };

struct Offer {
  std::string id = {};  // the source and a name: profile:DEV, settings:shop, environment, demo
  std::string name = {};
  Source source = Source::Demo;
  auth::Config config = {};      // how to sign in; may lack a token that is kept elsewhere
  std::string cloud = {};        // AWS, Azure or GCP, as far as the host tells
  std::string clusterId = {};    // that the source names; may be empty
  std::string warehouseId = {};  // that the source names; may be empty
  std::string problem = {};      // why it cannot be used, and what to do; empty where it can

  // Empty for the demo that does not run, and where the host comes with signing in.
  const std::string& host() const { return config.get(auth::Attribute::Host); }
};

// Profiles of a configuration file's text, then entries of the setting trowel.connections ({name, host} each), then
// the demo. Pure.
std::vector<Offer> gatherOffers(std::string_view configFile, const core::Json& settingsConnections);

}  // namespace trowel::connection
