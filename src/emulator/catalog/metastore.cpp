// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/metastore.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/catalog/metastore_rules.hpp"
#include "emulator/identity/names.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kMetastoreName = "metastore_emulator";

}  // namespace

Metastore::Metastore(World& world, SqlTables& tables, Volumes& volumes)
    : world_(world),
      tables_(tables),
      volumes_(volumes),
      tableNotes_(world.state, "uc.table"),
      grants_(world.state),
      own_(world.state, "uc.metastore") {
  for (const auto* kind : securableKinds())
    documents_.try_emplace(kind->type, world.state, "uc." + core::toLower(kind->type));
  seed();
}

Metastore::~Metastore() = default;

void Metastore::seed() {
  if (!own_.find("metastore"))
    own_.put("metastore", {{"metastore_id", world_.ids.uuid()}, {"created_at", world_.now()}});
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
  if (kind.idField[0] != '\0') object[kind.idField] = world_.ids.uuid();
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

Reply<Json> Metastore::findSchema(const std::string& fullName) {
  const std::string catalog = parentName(fullName);
  const std::string name = lastPart(fullName);
  auto names = TROWEL_TRY(asReply(tables_.schemas(catalog)));
  bool information = name == "information_schema" && catalog != "hive_metastore";
  if (!information && std::find(names.begin(), names.end(), name) == names.end())
    return missingSecurable(securable::kSchema, fullName);
  auto catalogDocument = documents(securable::kCatalog).find(catalog);
  if (!catalogDocument) return missingSecurable(securable::kSchema, fullName);
  auto noted = documents(securable::kSchema).find(fullName);
  // What SQL made has no document: all that can be said of it follows from its name.
  Json schema =
      noted ? *noted : baseOf(securable::kSchema, fullName, core::stringAt(*catalogDocument, "owner"), since_);
  if (!noted) schema["schema_id"] = uuidOf(id_ + fullName);
  if (information) schema["owner"] = "System user";
  schema["catalog_type"] = core::stringAt(*catalogDocument, "catalog_type");
  return schema;
}

Reply<Json> Metastore::find(const SecurableKind& kind, const std::string& fullName) {
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
  if (kind.level >= 1) TROWEL_TRY(find(securable::kCatalog, parent.substr(0, parent.find('.'))));
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
  if (&kind == &securable::kSchema) {
    auto names = TROWEL_TRY(asReply(tables_.schemas(parent)));
    if (parent != "hive_metastore") names.emplace_back("information_schema");
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
      auto schema = findSchema(parent + "." + name);
      if (schema) found.push_back(*std::move(schema));
    }
    return found;
  }
  if (&kind == &securable::kVolume) {
    for (const auto& name : volumesBeneath(parent)) {
      auto volume = findVolume(name);
      if (volume) found.push_back(*std::move(volume));
    }
    return found;
  }
  for (auto& [name, document] : documents(kind).all()) {
    if (!parent.empty() && parentName(name) != parent) continue;
    hideSecrets(document);
    found.push_back(std::move(document));
  }
  return found;
}

}  // namespace trowel::emulator
