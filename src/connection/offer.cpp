// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/offer.hpp"

#include <nlohmann/json.hpp>

#include "trowel/connection/config_file.hpp"

namespace trowel::connection {

std::vector<Offer> gatherOffers(std::string_view configFile, const core::Json& settingsConnections) {
  std::vector<Offer> offers;
  for (auto& profile : parseConfigFile(configFile))
    offers.push_back({"profile:" + profile.name, profile.name, Source::Profile, std::move(profile.host),
                      std::move(profile.token), std::move(profile.problem)});
  if (settingsConnections.is_array()) {
    for (const auto& entry : settingsConnections) {
      Offer offer;
      offer.name = core::stringAt(entry, "name");
      offer.id = "settings:" + offer.name;
      offer.source = Source::Settings;
      offer.host = core::stringAt(entry, "host");
      if (offer.name.empty()) continue;
      if (offer.host.empty())
        offer.problem = "The connection '" + offer.name + "' in the setting trowel.connections has no host.";
      offers.push_back(std::move(offer));
    }
  }
  offers.push_back({"demo", "Demo workspace", Source::Demo, {}, {}, {}});
  return offers;
}

}  // namespace trowel::connection
