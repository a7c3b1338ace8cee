// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/offer.hpp"

#include <nlohmann/json.hpp>

#include "trowel/connection/config_file.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::connection {

namespace {

// A host that is no plain address is not shown: whoever pasted it may have pasted a password with it.
void judgeHost(Offer& offer) {
  auto origin = http::parseOrigin(offer.host);
  if (origin) {
    offer.host = origin->text();
    return;
  }
  offer.host.clear();
  if (offer.problem.empty())
    offer.problem = "'" + offer.name + "' cannot be used. " + std::move(origin.error().message);
}

}  // namespace

std::vector<Offer> gatherOffers(std::string_view configFile, const core::Json& settingsConnections) {
  std::vector<Offer> offers;
  for (auto& profile : parseConfigFile(configFile)) {
    Offer offer{"profile:" + profile.name, profile.name,
                Source::Profile,           std::move(profile.host),
                std::move(profile.token),  std::move(profile.problem)};
    judgeHost(offer);
    offers.push_back(std::move(offer));
  }
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
      judgeHost(offer);
      offers.push_back(std::move(offer));
    }
  }
  offers.push_back({"demo", "Demo workspace", Source::Demo, {}, {}, {}});
  return offers;
}

}  // namespace trowel::connection
