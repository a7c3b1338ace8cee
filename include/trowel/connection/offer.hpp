// SPDX-License-Identifier: Apache-2.0
// The connections that a project can choose from, gathered from every place where one can be written down.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/json.hpp"
#include "trowel/core/secret.hpp"

namespace trowel::connection {

enum class Source : std::uint8_t { Profile, Settings, Demo };

struct Offer {
  std::string id;  // profile:NAME, settings:NAME or demo
  std::string name;
  Source source = Source::Demo;
  std::string host;          // empty for the demo, which has none until it runs
  core::SecretString token;  // of a profile; the others are fetched when they are needed
  std::string problem;       // why it cannot be used, and what to do; empty where it can
};

// Profiles of a configuration file's text, then entries of the setting trowel.connections ({name, host} each), then
// the demo. Pure.
std::vector<Offer> gatherOffers(std::string_view configFile, const core::Json& settingsConnections);

}  // namespace trowel::connection
