// SPDX-License-Identifier: Apache-2.0
#include "connection/sources/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "connection/sources/scoped_settings.hpp"
#include "trowel/auth/host.hpp"
#include "trowel/auth/resolve.hpp"
#include "trowel/core/text.hpp"

namespace trowel::connection {

namespace {

using auth::Attribute;
using core::Json;

constexpr const char* kToken = "personalAccessToken";
constexpr const char* kSecureToken = "personalAccessTokenSecure";  // says where the token is instead

// A list as it is written by one party: its setting, and the fields that the parties name differently.
struct Dialect {
  const char* setting;
  const char* name;
  const char* host;
};
constexpr Dialect kPowerTools{"databricks.connections", "displayName", "apiRootUrl"};
constexpr Dialect kPowerToolsDefault{"databricks.connection.default", "displayName", "apiRootUrl"};
constexpr Dialect kOwn{"trowel.connections", "name", "host"};

struct Entry {
  Json fields;
  SettingScope scope = SettingScope::User;
  std::size_t index = 0;
  std::optional<TokenInSettings> token = {};
};

// Lays `next`, of a narrower scope, over what the broader ones say.
void lay(Entry next, const Dialect& dialect, Entry& over) {
  auto before = core::stringAt(over.fields, dialect.host);
  auto after = core::stringAt(next.fields, dialect.host);
  if (!before.empty() && !after.empty() && !auth::isSameHost(before, after)) {
    over = std::move(next);
    return;
  }
  // A token that stands without a host does not go to whichever a narrower scope names.
  if (before.empty() && !after.empty()) {
    over.fields.erase(kToken);
    over.fields.erase(kSecureToken);
    over.token.reset();
  }
  over.fields.update(next.fields);
  over.scope = next.scope;
  over.index = next.index;
  if (next.token) over.token = next.token;
}

std::vector<Entry> readList(const SourceInputs& inputs, const Dialect& dialect) {
  std::vector<Entry> entries;
  for (const auto& [scope, list] : ScopedSettings(inputs.settings).values(dialect.setting)) {
    if (!list->is_array()) continue;
    const std::size_t broader = entries.size();
    for (std::size_t index = 0; index < list->size(); ++index) {
      const auto& fields = (*list)[index];
      Entry next{fields, scope, index};
      auto name = core::stringAt(fields, dialect.name);
      if (name.empty() && core::stringAt(fields, dialect.host).empty()) continue;
      if (!core::stringAt(fields, kToken).empty()) next.token = TokenInSettings{dialect.setting, scope, index};
      auto end = entries.begin() + static_cast<std::ptrdiff_t>(broader);
      auto same = std::find_if(entries.begin(), end, [&](const Entry& entry) {
        return !name.empty() && core::stringAt(entry.fields, dialect.name) == name;
      });
      if (same != end)
        lay(std::move(next), dialect, *same);
      else
        entries.push_back(std::move(next));
    }
  }
  return entries;
}

// databricks.connection.default.* are one entry whose fields are settings.
std::optional<Entry> readDefault(const SourceInputs& inputs) {
  std::map<SettingScope, Entry> scopes;
  for (const char* field :
       {"displayName", "apiRootUrl", kToken, kSecureToken, "localSyncFolder", "localSyncSubfolders", "exportFormats"}) {
    const auto setting = fmt::format("{}.{}", kPowerToolsDefault.setting, field);
    for (const auto& [scope, value] : ScopedSettings(inputs.settings).values(setting)) {
      auto& entry = scopes.try_emplace(scope, Entry{Json::object(), scope}).first->second;
      entry.fields[field] = *value;
      if (std::string_view(field) == kToken && value->is_string() && !value->get_ref<const std::string&>().empty())
        entry.token = TokenInSettings{setting, scope};
    }
  }
  std::optional<Entry> merged;
  for (auto& [scope, entry] : scopes) {
    if (merged)
      lay(std::move(entry), kPowerToolsDefault, *merged);
    else
      merged = std::move(entry);
  }
  // Without an address it only says what the others take over.
  if (merged && core::stringAt(merged->fields, kPowerToolsDefault.host).empty()) merged.reset();
  return merged;
}

Offer toOffer(const Entry& entry, const Dialect& dialect, const SourceInputs& inputs, const SyncFields& defaults,
              bool keepsTokens) {
  const auto& fields = entry.fields;
  Offer offer;
  offer.source = Source::Settings;
  offer.name = core::stringAt(fields, dialect.name);
  auto where = fmt::format("the setting {} ({})", dialect.setting, toString(entry.scope));
  if (offer.name.empty()) {
    offer.name = fmt::format("connection {}", entry.index + 1);
    offer.problem = fmt::format("Entry {} of {} has no {}. Give it one.", entry.index + 1, where, dialect.name);
  }
  offer.id = "settings:" + offer.name;
  const auto source = fmt::format("the connection '{}' in {}", offer.name, where);

  auth::Request request;
  auto give = [&](Attribute attribute, std::string text) { request.given.set(attribute, std::move(text), source); };
  give(Attribute::Host, core::stringAt(fields, dialect.host));
  give(Attribute::Token, core::stringAt(fields, kToken));
  give(Attribute::AuthType, core::stringAt(fields, "authType"));
  give(Attribute::AzureWorkspaceResourceId, core::stringAt(fields, "azureResourceId"));
  give(Attribute::ClusterId, core::stringAt(fields, "clusterId"));
  give(Attribute::WarehouseId, core::stringAt(fields, "warehouseId"));
  auto profile = core::stringAt(core::objectAt(fields, kSecureToken), "databricksCLIProfileName");
  profile = core::stringAt(fields, "profile", profile);
  if (request.given.has(Attribute::Token)) profile.clear();
  give(Attribute::Profile, profile);
  offer.tokenIsStored = profile.empty() && !request.given.has(Attribute::Token) &&
                        !request.given.has(Attribute::AuthType) &&
                        !request.given.has(Attribute::AzureWorkspaceResourceId);
  if (!keepsTokens) offer.tokenInSettings = entry.token;

  const auto noHost = fmt::format("The connection '{}' in {} has no {}. Add it.", offer.name, where, dialect.host);
  if (profile.empty()) {
    // What stands here is all: the environment speaks of another host.
    takeConfig(offer, auth::resolve(request, {}, {}), noHost);
  } else {
    request.overlay = auth::Overlay::CliProfile;
    takeConfig(offer, auth::resolve(request, inputs.environment, inputs.configFile), noHost);
  }
  takeSyncFields(offer,
                 {.folder = core::stringAt(fields, "localSyncFolder"),
                  .subfolders = textsOf(core::objectAt(fields, "localSyncSubfolders")),
                  .exportFormats = textsOf(core::objectAt(fields, "exportFormats"))},
                 defaults, inputs);
  return offer;
}

}  // namespace

std::vector<Offer> powerToolsOffers(const SourceInputs& inputs, const SyncFields& defaults) {
  const bool keepsTokens = ScopedSettings(inputs.settings).text("databricks.sensitiveValueStore") == "VSCodeSettings";
  std::vector<Offer> offers;
  if (auto entry = readDefault(inputs))
    offers.push_back(toOffer(*entry, kPowerToolsDefault, inputs, defaults, keepsTokens));
  for (const auto& entry : readList(inputs, kPowerTools))
    offers.push_back(toOffer(entry, kPowerTools, inputs, defaults, keepsTokens));
  return offers;
}

std::vector<Offer> ownOffers(const SourceInputs& inputs, const SyncFields& defaults) {
  std::vector<Offer> offers;
  for (const auto& entry : readList(inputs, kOwn)) {
    offers.push_back(toOffer(entry, kOwn, inputs, defaults, false));
    offers.back().own = entry.scope == SettingScope::User;
    offers.back().entry = entry.index;
  }
  return offers;
}

void judgeSharedNames(std::vector<Offer>& offers) {
  std::map<std::string, std::vector<Offer*>> named;
  for (auto& offer : offers)
    if (offer.source == Source::Settings) named[offer.name].push_back(&offer);
  for (auto& [name, same] : named) {
    if (same.size() < 2) continue;
    for (auto* offer : same)
      offer->problem = fmt::format(
          "{} connections in the settings are called '{}', so it is open which one is meant. Rename all but one.",
          same.size(), name);
  }
}

}  // namespace trowel::connection
