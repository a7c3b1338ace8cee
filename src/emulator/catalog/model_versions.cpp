// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/model_versions.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/catalog/metastore_rules.hpp"
#include "emulator/server/fields.hpp"
#include "emulator/state/ids.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr Field kFields[] = {{"source", FieldType::Text, FieldUse::Key}, {"run_id"}, {"comment"}};
constexpr Field kChanges[] = {{"comment"}};

std::unexpected<ApiError> noVersion(const std::string& model, const std::string& version) {
  return doesNotExist("Model version '" + model + "' version " + core::toValidUtf8(version) + " does not exist.");
}

std::unexpected<ApiError> noAlias(const std::string& model, const std::string& alias) {
  return doesNotExist("Alias '" + core::toValidUtf8(alias) + "' of model '" + model + "' does not exist.");
}

// The parts of a full name, as all objects of a model have them.
Json placeOf(const std::string& model) {
  return {{"model_name", lastPart(model)},
          {"schema_name", lastPart(parentName(model))},
          {"catalog_name", model.substr(0, model.find('.'))}};
}

Json aliasOf(const std::string& model, const std::string& name, const Json& version) {
  Json alias = placeOf(model);
  alias.update({{"alias_name", name}, {"version_num", version}});
  return alias;
}

}  // namespace

ModelVersions::ModelVersions(World& world) : world_(world), documents_(world.state, "uc.model_versions") {}

Json ModelVersions::described(const std::string& model, const Json& document, const std::string& version,
                              bool withAliases) const {
  Json all = document.at("versions").at(version);
  all.update(placeOf(model));
  if (!withAliases) return all;
  for (const auto& [name, number] : document.at("aliases").items())
    if (number == all.at("version")) all["aliases"].push_back(aliasOf(model, name, number));
  return all;
}

std::vector<Json> ModelVersions::all(const std::string& model) const {
  std::vector<Json> found;
  auto document = documents_.find(model);
  if (!document) return found;
  for (const auto& [version, entry] : document->at("versions").items())
    found.push_back(described(model, *document, version, false));
  std::sort(found.begin(), found.end(), [](const Json& a, const Json& b) { return a.at("version") > b.at("version"); });
  return found;
}

Reply<Json> ModelVersions::get(const std::string& model, const std::string& version, bool withAliases) const {
  auto document = documents_.find(model);
  if (!document || !document->at("versions").contains(version)) return noVersion(model, version);
  return described(model, *document, version, withAliases);
}

Reply<Json> ModelVersions::byAlias(const std::string& model, const std::string& alias, bool withAliases) const {
  auto document = documents_.find(model);
  if (!document || !document->at("aliases").contains(alias)) return noAlias(model, alias);
  return described(model, *document, std::to_string(core::intAt(document->at("aliases"), alias.c_str())), withAliases);
}

Reply<Json> ModelVersions::create(const std::string& model, const Json& given, const std::string& metastoreId,
                                  const std::string& user) {
  Json fields = TROWEL_TRY(readNew(given, kFields));
  std::string version;
  const std::string id = randomUuid();
  TROWEL_TRY(documents_.change(model, [&](Json& document) -> Reply<void> {
    if (document.is_null()) document = {{"next", 1}, {"versions", Json::object()}, {"aliases", Json::object()}};
    const std::int64_t number = core::intAt(document, "next", 1);
    document["next"] = number + 1;
    version = std::to_string(number);
    fields.update({{"version", number},
                   {"id", id},
                   {"metastore_id", metastoreId},
                   {"status", "PENDING_REGISTRATION"},
                   {"storage_location", std::string(kStorageRoot) + metastoreId + "/models/" + id},
                   {"created_at", world_.now()},
                   {"created_by", user},
                   {"updated_at", world_.now()},
                   {"updated_by", user}});
    document["versions"][version] = fields;
    return {};
  }));
  return get(model, version, false);
}

Reply<Json> ModelVersions::finalize(const std::string& model, const std::string& version) {
  TROWEL_TRY(documents_.change(model, [&](Json& document) -> Reply<void> {
    if (document.is_null() || !document["versions"].contains(version)) return noVersion(model, version);
    document["versions"][version]["status"] = "READY";
    return {};
  }));
  return get(model, version, false);
}

Reply<Json> ModelVersions::change(const std::string& model, const std::string& version, const Json& given,
                                  const std::string& user) {
  Json changes = TROWEL_TRY(readChanges(given, kChanges));
  changes.update({{"updated_at", world_.now()}, {"updated_by", user}});
  TROWEL_TRY(documents_.change(model, [&](Json& document) -> Reply<void> {
    if (document.is_null() || !document["versions"].contains(version)) return noVersion(model, version);
    document["versions"][version].update(changes);
    return {};
  }));
  return get(model, version, false);
}

// Its aliases go with it.
Reply<void> ModelVersions::remove(const std::string& model, const std::string& version) {
  return documents_.change(model, [&](Json& document) -> Reply<void> {
    if (document.is_null() || !document["versions"].contains(version)) return noVersion(model, version);
    const Json number = document["versions"][version]["version"];
    document["versions"].erase(version);
    Json kept = Json::object();
    for (const auto& [name, target] : document["aliases"].items())
      if (target != number) kept[name] = target;
    document["aliases"] = std::move(kept);
    return {};
  });
}

Reply<Json> ModelVersions::setAlias(const std::string& model, const std::string& alias, std::int64_t version) {
  TROWEL_TRY(documents_.change(model, [&](Json& document) -> Reply<void> {
    const std::string number = std::to_string(version);
    if (document.is_null() || !document["versions"].contains(number)) return noVersion(model, number);
    document["aliases"][alias] = version;
    return {};
  }));
  return aliasOf(model, alias, version);
}

Reply<void> ModelVersions::removeAlias(const std::string& model, const std::string& alias) {
  return documents_.change(model, [&](Json& document) -> Reply<void> {
    if (document.is_null() || document["aliases"].erase(alias) == 0) return noAlias(model, alias);
    return {};
  });
}

Json ModelVersions::aliases(const std::string& model) const {
  Json list = Json::array();
  auto document = documents_.find(model);
  if (!document) return list;
  for (const auto& [name, version] : document->at("aliases").items()) list.push_back(aliasOf(model, name, version));
  return list;
}

void ModelVersions::move(const std::string& from, const std::string& to) {
  for (const auto& [model, document] : documents_.all()) {
    if (model != from && !model.starts_with(from + ".")) continue;
    if (!to.empty()) documents_.put(to + model.substr(from.size()), document);
    documents_.remove(model);
  }
}

}  // namespace trowel::emulator
