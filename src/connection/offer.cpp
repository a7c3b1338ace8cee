// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/offer.hpp"

#include <nlohmann/json.hpp>

#include "trowel/connection/config_file.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::connection {

namespace {

// A host that is no plain address is not shown: whoever pasted it may have pasted a password with it.
void setHost(Offer& offer, const std::string& host, const std::string& from) {
  auto origin = http::parseOrigin(host);
  if (origin)
    offer.config.set(auth::Attribute::Host, origin->text(), from);
  else if (offer.problem.empty())
    offer.problem = "'" + offer.name + "' cannot be used. " + std::move(origin.error().message);
}

}  // namespace

std::vector<Offer> gatherOffers(std::string_view configFile, const core::Json& settingsConnections) {
  std::vector<Offer> offers;
  for (auto& profile : parseConfigFile(configFile)) {
    Offer offer;
    offer.id = "profile:" + profile.name;
    offer.name = profile.name;
    offer.source = Source::Profile;
    offer.problem = std::move(profile.problem);
    auto from = "the profile " + profile.name + " in ~/.databrickscfg";
    setHost(offer, profile.host, from);
    offer.config.set(auth::Attribute::Token, profile.token.reveal(), from);
    offers.push_back(std::move(offer));
  }
  if (settingsConnections.is_array()) {
    for (const auto& entry : settingsConnections) {
      Offer offer;
      offer.name = core::stringAt(entry, "name");
      offer.id = "settings:" + offer.name;
      offer.source = Source::Settings;
      if (offer.name.empty()) continue;
      auto host = core::stringAt(entry, "host");
      if (host.empty())
        offer.problem = "The connection '" + offer.name + "' in the setting trowel.connections has no host.";
      setHost(offer, host, "the setting trowel.connections");
      offers.push_back(std::move(offer));
    }
  }
  offers.push_back({.id = "demo", .name = "Demo workspace"});
  return offers;
}

}  // namespace trowel::connection
