// SPDX-License-Identifier: Apache-2.0
// What sources of connections are read from, as texts, and offers found by their id.
#pragma once

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "support/catch.hpp"
#include "trowel/connection/offer.hpp"
#include "trowel/core/text.hpp"

namespace trowel::connection {

struct OfferFixture {
  core::Json settings = core::Json::object();
  std::string configFile = {};
  std::map<std::string, std::string> environment = {};
  ProjectFiles project = {};
  std::string target = {};
  std::vector<AzureWorkspace> azure = {};

  void set(const char* setting, const char* scope, const char* json) {
    settings[setting][scope] = core::Json::parse(json);
  }

  // Without the demo.
  std::vector<Offer> gather() const {
    auto lookUp = [this](const std::string& name) {
      auto it = environment.find(name);
      return it == environment.end() ? std::nullopt : std::optional(it->second);
    };
    auto offers = gatherOffers({.settings = settings,
                                .configFile = auth::ConfigFile(configFile, "~/.databrickscfg"),
                                .environment = lookUp,
                                .home = "/home/me",
                                .project = project,
                                .target = target,
                                .azure = azure});
    REQUIRE_FALSE(offers.empty());
    CHECK(offers.back().id == "demo");
    offers.pop_back();
    return offers;
  }

  std::string ids() const {
    std::string all;
    for (const auto& offer : gather()) all += (all.empty() ? "" : " ") + offer.id;
    return all;
  }

  Offer get(const std::string& id) const {
    auto offers = gather();
    auto it = std::ranges::find(offers, id, &Offer::id);
    if (it == offers.end()) FAIL("no offer " << id << " among " << ids());
    return *it;
  }
};

inline std::string tokenOf(const Offer& offer) { return offer.config.get(auth::Attribute::Token); }

}  // namespace trowel::connection
