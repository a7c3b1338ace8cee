// SPDX-License-Identifier: Apache-2.0
#include "connection/sources/profiles.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "trowel/auth/resolve.hpp"

namespace trowel::connection {

namespace {

using auth::Attribute;
using auth::ConfigFile;

std::map<std::string, std::string> jsonKey(const ConfigFile::Section& section, const ConfigFile& file, const char* key,
                                           Offer& offer) {
  const auto* entry = section.find(key);
  if (!entry || entry->value.empty()) return {};
  auto parsed = core::parseJson(entry->value);
  if (parsed && parsed->is_object()) return textsOf(*parsed);
  offer.notes.push_back(
      fmt::format("{}: {} is passed over, for it is no JSON object in one line, like {{\"Python\": \".py\"}}.",
                  file.place(entry->line), entry->key));
  return {};
}

Offer toOffer(const ConfigFile::Section& section, const SourceInputs& inputs, const SyncFields& defaults) {
  const auto& file = inputs.configFile;
  Offer offer;
  offer.source = Source::Profile;
  offer.name = section.name;
  offer.id = "profile:" + section.name;
  auth::Request request{.overlay = auth::Overlay::CliProfile};
  request.given.set(Attribute::Profile, section.name, "the choice of a connection");
  takeConfig(offer, auth::resolve(request, inputs.environment, file),
             fmt::format("The profile [{}] ({}) has no host. Add a line 'host = https://…'.", section.name,
                         file.place(section.line)));
  SyncFields fields;
  if (const auto* folder = section.find("localSyncFolder")) fields.folder = folder->value;
  fields.subfolders = jsonKey(section, file, "localSyncSubfolders", offer);
  fields.exportFormats = jsonKey(section, file, "exportFormats", offer);
  takeSyncFields(offer, std::move(fields), defaults, inputs);
  return offer;
}

}  // namespace

std::vector<Offer> profileOffers(const SourceInputs& inputs, const SyncFields& defaults) {
  std::vector<Offer> offers;
  if (const auto& problem = inputs.configFile.problem(); !problem.empty())
    offers.push_back({.id = std::string(Offer::kUnreadableProfiles),
                      .name = inputs.configFile.path(),
                      .source = Source::Profile,
                      .problem = problem});
  for (const auto& section : inputs.configFile.sections()) {
    if (section.name == ConfigFile::kSettings) continue;
    // The CLI writes an empty [DEFAULT] of its own; it is no connection.
    if (section.name == ConfigFile::kDefault && section.entries.empty() && section.problem.empty()) continue;
    offers.push_back(toOffer(section, inputs, defaults));
  }
  return offers;
}

std::optional<Offer> environmentOffer(const SourceInputs& inputs, const SyncFields& defaults) {
  auto isSet = [&](Attribute attribute) {
    auto value = inputs.environment ? inputs.environment(std::string(auth::infoOf(attribute).variable)) : std::nullopt;
    return value && !value->empty();
  };
  if (!isSet(Attribute::Host) && !isSet(Attribute::Profile) && !isSet(Attribute::AzureWorkspaceResourceId))
    return std::nullopt;
  Offer offer;
  offer.source = Source::Environment;
  offer.id = "environment";
  offer.name = "Environment";
  takeConfig(offer, auth::resolve({}, inputs.environment, inputs.configFile),
             "The environment names a profile without a host. Set DATABRICKS_HOST, or add a line 'host = https://…' to "
             "the profile.");
  takeSyncFields(offer, {}, defaults, inputs);
  return offer;
}

}  // namespace trowel::connection
