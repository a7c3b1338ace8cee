// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/metastore.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/catalog/metastore_rules.hpp"
#include "emulator/identity/names.hpp"
#include "emulator/state/ids.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kMetastoreName = "metastore_emulator";

}  // namespace

Metastore::Metastore(World& world, const Users& users, SqlTables& tables, Volumes& volumes)
    : world_(world),
      users_(users),
      tables_(tables),
      volumes_(volumes),
      grants_(world.state),
      modelVersions_(world),
      own_(world.state, "uc.metastore") {
  for (const auto* kind : securableKinds())
    documents_.try_emplace(kind->type, world.state, "uc." + core::toLower(kind->type));
  seed();
}

Metastore::~Metastore() = default;

void Metastore::seed() {
  if (!own_.find("metastore")) own_.put("metastore", {{"metastore_id", randomUuid()}, {"created_at", world_.now()}});
  const Json own = own_.find("metastore").value_or(Json());
  id_ = core::stringAt(own, "metastore_id");
  since_ = core::intAt(own, "created_at");
  Documents& catalogs = documents(securable::kCatalog);
  if (catalogs.size() != 0) return;
  const std::string& owner = world_.options.userName;
  Json main = baseOf(securable::kCatalog, "main", owner, since_);
  main.update(
      {{"catalog_type", "MANAGED_CATALOG"}, {"isolation_mode", "OPEN"}, {"comment", "Main catalog (auto-created)"}});
  catalogs.put("main", main);
  for (const auto& system : systemCatalogs()) {
    Json catalog = baseOf(securable::kCatalog, std::string(system.name), "System user", since_);
    catalog.update({{"catalog_type", system.type}, {"isolation_mode", "OPEN"}, {"comment", system.comment}});
    catalogs.put(std::string(system.name), catalog);
  }
}

// What all kinds have.
Json Metastore::baseOf(const SecurableKind& kind, const std::string& fullName, const std::string& owner,
                       std::int64_t time) const {
  Json object{{"name", lastPart(fullName)}, {"full_name", fullName}, {"owner", owner},     {"metastore_id", id_},
              {"created_at", time},         {"created_by", owner},   {"updated_at", time}, {"updated_by", owner}};
  if (kind.idField[0] != '\0') object[kind.idField] = randomUuid();
  if (kind.level == 0) object["securable_type"] = kind.type;
  if (&kind == &securable::kCatalog) {
    object["accessible_in_current_workspace"] = true;
    object["browse_only"] = false;
    object["effective_predictive_optimization_flag"] = {
        {"value", "ENABLE"}, {"inherited_from_type", "METASTORE"}, {"inherited_from_name", kMetastoreName}};
  }
  if (kind.level >= 1) object["catalog_name"] = fullName.substr(0, fullName.find('.'));
  if (kind.level == 2) object["schema_name"] = lastPart(parentName(fullName));
  return object;
}

Json Metastore::summary() const {
  return {{"metastore_id", id_},
          {"name", kMetastoreName},
          {"cloud", "azure"},
          {"region", "westeurope"},
          {"global_metastore_id", "azure:westeurope:" + id_},
          {"storage_root", std::string(kStorageRoot) + id_},
          {"owner", world_.options.userName},
          {"created_at", since_},
          {"created_by", world_.options.userName},
          {"updated_at", since_},
          {"updated_by", world_.options.userName},
          {"privilege_model_version", "1.0"},
          {"delta_sharing_scope", "INTERNAL"},
          {"external_access_enabled", false}};
}

Json Metastore::assignment() const {
  return {{"metastore_id", id_}, {"workspace_id", kWorkspaceNumber}, {"default_catalog_name", "main"}};
}

// Reading ---------------------------------------------------------------------------------------------------------

Reply<void> Metastore::addNotes(Json& object, const std::string& name) {
  Json noted = TROWEL_TRY(asReply(tables_.detail(name)));
  for (auto field : {"owner", "comment"})
    if (auto it = noted.find(field); it != noted.end() && it->is_string()) object[field] = *it;
  if (const Json& properties = core::objectAt(noted, "properties"); !properties.empty())
    object["properties"].update(properties);
  std::int64_t created = parseIsoTime(core::stringAt(noted, "created")).value_or(0);
  if (created != 0) object["created_at"] = object["updated_at"] = created;
  if (std::int64_t updated = core::intAt(noted, "updated"); updated != 0) object["updated_at"] = updated;
  if (std::string by = core::stringAt(noted, "updated_by"); !by.empty()) object["updated_by"] = by;
  return {};
}

Reply<Json> Metastore::findCatalog(const std::string& name) {
  auto names = TROWEL_TRY(asReply(tables_.catalogs()));
  auto noted = documents(securable::kCatalog).find(name);
  // SQL knows a catalog by its schemas; one whose last schema was deleted through the API is still there.
  bool there = std::find(names.begin(), names.end(), name) != names.end();
  if (!there && !(noted && core::boolAt(*noted, kWithoutSchemas))) return missingSecurable(securable::kCatalog, name);
  if (noted) {
    noted->erase(kWithoutSchemas);
    hideSecrets(*noted);
    return *std::move(noted);
  }
  Json catalog = baseOf(securable::kCatalog, name, world_.options.userName, since_);
  catalog.update({{"catalog_type", "MANAGED_CATALOG"}, {"isolation_mode", "OPEN"}});
  TROWEL_TRY(addNotes(catalog, name));
  return catalog;
}

Reply<Json> Metastore::findSchema(const std::string& fullName) {
  const std::string catalogName = parentName(fullName);
  const std::string name = lastPart(fullName);
  auto catalog = findCatalog(catalogName);
  if (!catalog) return missingSecurable(securable::kSchema, fullName);
  auto names = TROWEL_TRY(asReply(tables_.schemas(catalogName)));
  bool information = name == "information_schema" && catalogName != "hive_metastore";
  if (!information && std::find(names.begin(), names.end(), name) == names.end())
    return missingSecurable(securable::kSchema, fullName);
  auto noted = documents(securable::kSchema).find(fullName);
  Json schema = noted ? *noted : baseOf(securable::kSchema, fullName, core::stringAt(*catalog, "owner"), since_);
  if (!noted) {
    schema["schema_id"] = uuidOf(id_ + fullName);
    TROWEL_TRY(addNotes(schema, fullName));
  }
  if (information) schema["owner"] = "System user";
  schema["catalog_type"] = core::stringAt(*catalog, "catalog_type");
  return schema;
}

Reply<Json> Metastore::find(const SecurableKind& kind, const std::string& fullName) {
  if (&kind == &securable::kCatalog) return findCatalog(fullName);
  if (&kind == &securable::kSchema) return findSchema(fullName);
  if (&kind == &securable::kVolume) return findVolume(fullName);
  auto document = documents(kind).find(fullName);
  if (!document) return missingSecurable(kind, fullName);
  hideSecrets(*document);
  return *std::move(document);
}

Reply<bool> Metastore::exists(const SecurableKind& kind, const std::string& fullName) {
  auto found = find(kind, fullName);
  if (!found && found.error().status != 404) return std::unexpected(found.error());
  return found.has_value();
}

Reply<void> Metastore::requireParents(const SecurableKind& kind, const std::string& parent) {
  if (kind.level >= 1) TROWEL_TRY(findCatalog(parent.substr(0, parent.find('.'))));
  if (kind.level == 2) TROWEL_TRY(findSchema(parent));
  return {};
}

Reply<Json> Metastore::get(const SecurableKind& kind, const std::string& fullName) {
  std::lock_guard lock(mutex_);
  return find(kind, core::toLower(fullName));
}

Reply<std::vector<Json>> Metastore::list(const SecurableKind& kind, const std::string& wanted) {
  std::lock_guard lock(mutex_);
  const std::string parent = core::toLower(wanted);
  std::vector<Json> found;
  if (!parent.empty()) TROWEL_TRY(requireParents(kind, parent));
  // What exists elsewhere is named there.
  std::vector<std::string> names;
  bool elsewhere = true;
  if (&kind == &securable::kCatalog) {
    names = TROWEL_TRY(asReply(tables_.catalogs()));
    for (const auto& [name, document] : documents(kind).all())
      if (core::boolAt(document, kWithoutSchemas)) names.push_back(name);
  } else if (&kind == &securable::kSchema) {
    names = TROWEL_TRY(asReply(tables_.schemas(parent)));
    for (auto& name : names) name = parent + "." + name;
    if (parent != "hive_metastore") names.push_back(parent + ".information_schema");
  } else if (&kind == &securable::kVolume) {
    names = volumesBeneath(parent);
  } else {
    elsewhere = false;
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const auto& name : names)
    if (auto object = find(kind, name)) found.push_back(*std::move(object));
  if (elsewhere) return found;
  for (auto& [name, document] : documents(kind).all()) {
    if (!parent.empty() && parentName(name) != parent) continue;
    hideSecrets(document);
    found.push_back(std::move(document));
  }
  return found;
}

}  // namespace trowel::emulator
