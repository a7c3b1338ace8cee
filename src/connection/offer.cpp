// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/offer.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "connection/sources/azure.hpp"
#include "connection/sources/offer_parts.hpp"
#include "connection/sources/profiles.hpp"
#include "connection/sources/project.hpp"
#include "connection/sources/scoped_settings.hpp"
#include "connection/sources/settings.hpp"
#include "trowel/core/text.hpp"

namespace trowel::connection {

namespace {

constexpr std::array<std::pair<std::string_view, ManagerChoice>, 6> kChoices = {{
    {"VSCode Settings", ManagerChoice::Settings},
    {"Databricks CLI Profiles", ManagerChoice::Profiles},
    {"Azure", ManagerChoice::Azure},
    {"Databricks Extension", ManagerChoice::Project},
    {"Manual", ManagerChoice::Manual},
    {"Environment", ManagerChoice::Environment},
}};

void append(std::vector<Offer> more, std::vector<Offer>& offers) {
  for (auto& offer : more) offers.push_back(std::move(offer));
}

// Whoever draws a list needs them so; of two with one name the problem is said by them.
void makeIdsUnique(std::vector<Offer>& offers) {
  std::set<std::string> ids;
  for (auto& offer : offers) {
    const auto id = offer.id;
    for (int number = 2; !ids.insert(offer.id).second; ++number) offer.id = id + "#" + std::to_string(number);
  }
}

}  // namespace

ManagerChoice managerChoice(const core::Json& settings) {
  const ScopedSettings scoped(settings);
  for (const char* setting : {"trowel.connectionManager", "databricks.connectionManager"}) {
    auto value = scoped.text(setting);
    for (const auto& [name, choice] : kChoices)
      if (core::equalsIgnoreCase(name, value)) return choice;
  }
  return ManagerChoice::All;
}

std::vector<Offer> gatherOffers(const SourceInputs& inputs) {
  const auto choice = managerChoice(inputs.settings);
  const auto asks = [&](ManagerChoice source) { return choice == ManagerChoice::All || choice == source; };
  const auto defaults = defaultSyncFields(inputs.settings);
  std::vector<Offer> offers;
  if (asks(ManagerChoice::Project))
    if (auto offer = projectOffer(inputs, defaults)) offers.push_back(*std::move(offer));
  if (asks(ManagerChoice::Settings)) append(powerToolsOffers(inputs, defaults), offers);
  if (asks(ManagerChoice::Settings) || asks(ManagerChoice::Manual)) append(ownOffers(inputs, defaults), offers);
  judgeSharedNames(offers);
  if (asks(ManagerChoice::Profiles)) append(profileOffers(inputs, defaults), offers);
  if (asks(ManagerChoice::Environment))
    if (auto offer = environmentOffer(inputs, defaults)) offers.push_back(*std::move(offer));
  if (asks(ManagerChoice::Azure)) append(azureOffers(inputs, defaults), offers);
  Offer demo{.id = "demo", .name = "Demo workspace", .source = Source::Demo};
  takeSyncFields(demo, {}, defaults, inputs);
  offers.push_back(std::move(demo));
  makeIdsUnique(offers);
  return offers;
}

}  // namespace trowel::connection
