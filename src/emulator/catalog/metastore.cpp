// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/metastore.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kMetastoreName = "metastore_emulator";
constexpr std::string_view kStorage = "abfss://unity@trowelemulator.dfs.core.windows.net/";
constexpr std::size_t kMaxName = 255;

// Those that every workspace has and nobody may change.
struct SystemCatalog {
  std::string_view name;
  std::string_view type;
  std::string_view comment;
  bool writable = false;
};
constexpr SystemCatalog kSystemCatalogs[] = {
    {"hive_metastore", "INTERNAL_CATALOG", "", true},
    {"samples", "DELTASHARING_CATALOG", "Sample datasets"},
    {"system", "SYSTEM_CATALOG", "System tables"},
};

// The catalog that `fullName` is or lies in, where it is one of those; null else.
const SystemCatalog* systemCatalog(const SecurableKind& kind, const std::string& fullName) {
  if (kind.level == 0 && &kind != &securable::kCatalog) return nullptr;
  for (const auto& catalog : kSystemCatalogs)
    if (catalog.name == fullName.substr(0, fullName.find('.'))) return &catalog;
  return nullptr;
}

std::unexpected<ApiError> missing(const SecurableKind& kind, const std::string& fullName) {
  return refuse(404, std::string(kind.error) + "_DOES_NOT_EXIST",
                std::string(kind.word) + " '" + fullName + "' does not exist.");
}

std::unexpected<ApiError> denied(const std::string& privilege, const SystemCatalog& catalog) {
  return refuse(403, "PERMISSION_DENIED",
                "User does not have " + privilege + " on Catalog '" + std::string(catalog.name) + "'.");
}

Reply<std::string> validName(const SecurableKind& kind, const char* call, const std::string& name) {
  bool valid = !name.empty() && name.size() <= kMaxName && core::isUtf8(name);
  for (unsigned char c : name) valid = valid && c > ' ' && c != '.' && c != '/' && c != 127;
  if (valid) return core::toLower(name);
  std::string rpc(kind.rpc);
  return invalidParameter("Invalid input: RPC " + std::string(call) + rpc + " Field managedcatalog." + rpc +
                          "Info.name: name \"" + core::toValidUtf8(name) +
                          "\" is not a valid name. Valid names cannot contain spaces, periods, forward slashes, or "
                          "control characters.");
}

Reply<void> checkVolume(const Json& volume) {
  std::string type = core::stringAt(volume, "volume_type");
  bool located = !core::stringAt(volume, "storage_location").empty();
  if (type != "MANAGED" && type != "EXTERNAL") return invalidParameter("Invalid volume_type: " + type);
  if (type == "MANAGED" && located) return invalidParameter("CreateVolume storage_location can not be provided.");
  if (type == "EXTERNAL" && !located) return missingField("storage_location");
  return {};
}

// Passwords and secrets come in and never go out.
void hideSecrets(Json& object) {
  for (auto field : {"options", "azure_service_principal", "cloudflare_api_token"}) {
    auto it = object.find(field);
    if (it == object.end()) continue;
    for (auto secret : {"password", "client_secret", "secret_access_key", "personalAccessToken", "token",
                        "GoogleServiceAccountKeyJson", "sfToken", "pem_private_key"})
      it->erase(secret);
  }
}

}  // namespace

Metastore::Metastore(World& world, SqlTables& tables)
    : world_(world),
      tables_(tables),
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
  for (const auto& system : kSystemCatalogs) {
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
          {"storage_root", std::string(kStorage) + id_},
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
  return {{"metastore_id", id_}, {"workspace_id", 7405605312947683}, {"default_catalog_name", "main"}};
}

// Reading ---------------------------------------------------------------------------------------------------------

Reply<Json> Metastore::findSchema(const std::string& fullName) {
  const std::string catalog = parentName(fullName);
  const std::string name = lastPart(fullName);
  auto names = TROWEL_TRY(asReply(tables_.schemas(catalog)));
  bool information = name == "information_schema" && catalog != "hive_metastore";
  if (!information && std::find(names.begin(), names.end(), name) == names.end())
    return missing(securable::kSchema, fullName);
  auto catalogDocument = documents(securable::kCatalog).find(catalog);
  if (!catalogDocument) return missing(securable::kSchema, fullName);
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
  auto document = documents(kind).find(fullName);
  if (!document) return missing(kind, fullName);
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
  for (auto& [name, document] : documents(kind).all()) {
    if (!parent.empty() && parentName(name) != parent) continue;
    hideSecrets(document);
    found.push_back(std::move(document));
  }
  return found;
}

// Changing --------------------------------------------------------------------------------------------------------

std::filesystem::path Metastore::folderOf(const std::string& name) const {
  return world_.folder / "root" / "Volumes" / core::replaceAll(name, ".", "/");
}

Reply<Json> Metastore::create(const SecurableKind& kind, const Json& given, const User& user) {
  std::string parent;
  if (kind.level >= 1) {
    std::string catalog = core::stringAt(given, "catalog_name");
    std::string schema = core::stringAt(given, "schema_name");
    if (catalog.empty()) return missingField("catalog_name");
    if (kind.level == 2 && schema.empty()) return missingField("schema_name");
    parent = core::toLower(kind.level == 2 ? catalog + "." + schema : catalog);
  }
  std::string name = TROWEL_TRY(validName(kind, "Create", core::stringAt(given, "name")));
  Json fields = TROWEL_TRY(readNew(given, kind.fields));
  if (&kind == &securable::kVolume) TROWEL_TRY(checkVolume(fields));

  std::lock_guard lock(mutex_);
  TROWEL_TRY(requireParents(kind, parent));
  std::string fullName = parent.empty() ? name : parent + "." + name;
  const auto* system = systemCatalog(kind, fullName);
  if (kind.level > 0 && system && !system->writable) return denied("CREATE " + std::string(kind.type), *system);
  if (TROWEL_TRY(exists(kind, fullName)))
    return refuse(400, std::string(kind.error) + "_ALREADY_EXISTS",
                  std::string(kind.word) + " '" + fullName + "' already exists");

  Json object = baseOf(kind, fullName, user.name, world_.now());
  object.update(fields);
  if (&kind == &securable::kCatalog) {
    object["catalog_type"] = object.contains("connection_name") ? "FOREIGN_CATALOG"
                             : object.contains("share_name")    ? "DELTASHARING_CATALOG"
                                                                : "MANAGED_CATALOG";
    TROWEL_TRY(asReply(tables_.addSchema(name, "default")));
  }
  if (&kind == &securable::kSchema) TROWEL_TRY(asReply(tables_.addSchema(parent, name)));
  if (&kind == &securable::kFunction && !object.contains("specific_name")) object["specific_name"] = name;
  if (&kind == &securable::kVolume) {
    if (!object.contains("storage_location"))
      object["storage_location"] = std::string(kStorage) + id_ + "/volumes/" + core::stringAt(object, "volume_id");
    std::error_code problem;
    std::filesystem::create_directories(folderOf(fullName), problem);
    if (problem) return refuse(500, "INTERNAL_ERROR", "The folder of the volume cannot be made: " + problem.message());
  }
  documents(kind).put(fullName, object);
  hideSecrets(object);
  if (&kind == &securable::kSchema) return findSchema(fullName);
  return object;
}

Reply<Json> Metastore::change(const SecurableKind& kind, const std::string& wanted, const Json& given,
                              const User& user) {
  Json changes = TROWEL_TRY(readChanges(given, kind.fields));
  std::string newName = core::stringAt(given, "new_name");
  std::lock_guard lock(mutex_);
  std::string fullName = core::toLower(wanted);
  TROWEL_TRY(find(kind, fullName));
  const auto* system = systemCatalog(kind, fullName);
  if (system && (!system->writable || kind.level == 0)) return denied("MANAGE", *system);
  if (!newName.empty()) fullName = TROWEL_TRY(rename(kind, fullName, newName));
  // Once more, as it was stored: with the secrets that a change of something else must keep.
  Json object = TROWEL_TRY(find(kind, fullName));
  if (auto stored = documents(kind).find(fullName)) object = *std::move(stored);
  object.update(changes);
  object["updated_at"] = world_.now();
  object["updated_by"] = user.name;
  documents(kind).put(fullName, object);
  return find(kind, fullName);
}

Reply<std::string> Metastore::rename(const SecurableKind& kind, const std::string& from, const std::string& newName) {
  auto name = TROWEL_TRY(validName(kind, "Update", newName));
  std::string parent = parentName(from);
  std::string to = parent.empty() ? name : parent + "." + name;
  if (to == from) return to;
  if (TROWEL_TRY(exists(kind, to)))
    return refuse(400, std::string(kind.error) + "_ALREADY_EXISTS",
                  std::string(kind.word) + " '" + to + "' already exists");
  bool holds = &kind == &securable::kCatalog || &kind == &securable::kSchema;
  if (holds) TROWEL_TRY(asReply(tables_.rename(from, to)));
  if (holds || &kind == &securable::kVolume) {
    std::error_code problem;  // no volume, no folder
    std::filesystem::rename(folderOf(from), folderOf(to), problem);
  }
  if (holds) {
    moveDocuments(from, to);
    grants_.move(from, to);
    return to;
  }
  auto document = documents(kind).find(from).value_or(Json::object());
  document.update({{"name", name}, {"full_name", to}});
  documents(kind).put(to, document);
  documents(kind).remove(from);
  return to;
}

// The document of a catalog or schema and all beneath it, under their new names; or away with them where `to` is empty.
void Metastore::moveDocuments(const std::string& from, const std::string& to) {
  auto move = [&](Documents& documents, const SecurableKind* kind) {
    for (auto& [name, document] : documents.all()) {
      if (name != from && !name.starts_with(from + ".")) continue;
      if (kind && kind->level == 0 && kind != &securable::kCatalog) continue;
      if (!to.empty()) {
        std::string renamed = to + name.substr(from.size());
        Json base = kind ? baseOf(*kind, renamed, "", 0) : Json::object();
        for (auto field : {"name", "full_name", "catalog_name", "schema_name"})
          if (base.contains(field)) document[field] = base[field];
        documents.put(renamed, document);
      }
      documents.remove(name);
    }
  };
  for (const auto* kind : securableKinds()) move(documents(*kind), kind);
  move(tableNotes_, nullptr);
}

Reply<void> Metastore::requireEmpty(const SecurableKind& kind, const std::string& fullName) {
  std::string holds;
  auto count = [&](std::size_t number, std::string_view what) {
    if (number == 0) return;
    holds += (holds.empty() ? "" : ", ") + std::to_string(number) + " " + std::string(what) + "(s)";
  };
  if (&kind == &securable::kCatalog) {
    count(TROWEL_TRY(asReply(tables_.schemas(fullName))).size(), "schema");
  } else {
    count(TROWEL_TRY(asReply(tables_.tables(parentName(fullName), lastPart(fullName)))).size(), "table");
    for (const auto* child : {&securable::kVolume, &securable::kFunction, &securable::kModel}) {
      auto all = documents(*child).all();
      auto inside =
          std::count_if(all.begin(), all.end(), [&](auto& entry) { return parentName(entry.first) == fullName; });
      count(static_cast<std::size_t>(inside), child == &securable::kModel ? "model" : core::toLower(child->type));
    }
  }
  if (holds.empty()) return {};
  std::string type = core::toLower(kind.type);
  return refuse(400, std::string(kind.error) + "_NOT_EMPTY",
                std::string(kind.word) + " '" + fullName + "' is not empty. The " + type + " has " + holds + ".");
}

Reply<void> Metastore::remove(const SecurableKind& kind, const std::string& wanted, bool force) {
  std::lock_guard lock(mutex_);
  const std::string fullName = core::toLower(wanted);
  TROWEL_TRY(find(kind, fullName));
  bool holds = &kind == &securable::kCatalog || &kind == &securable::kSchema;
  const auto* system = systemCatalog(kind, fullName);
  if (system && (!system->writable || kind.level == 0)) return denied("MANAGE", *system);
  if (&kind == &securable::kSchema && lastPart(fullName) == "information_schema")
    return refuse(403, "PERMISSION_DENIED", "User does not have MANAGE on Schema '" + fullName + "'.");
  if (holds && !force) TROWEL_TRY(requireEmpty(kind, fullName));
  if (&kind == &securable::kCatalog) TROWEL_TRY(asReply(tables_.dropSchema(fullName, "")));
  if (&kind == &securable::kSchema) TROWEL_TRY(asReply(tables_.dropSchema(parentName(fullName), lastPart(fullName))));
  if (holds) {
    moveDocuments(fullName, "");
    grants_.move(fullName, "");
  } else {
    documents(kind).remove(fullName);
    grants_.remove({kind.level == 0                ? std::string(kind.type)
                    : &kind == &securable::kVolume ? "VOLUME"
                                                   : "FUNCTION",
                    fullName});
  }
  if (holds || &kind == &securable::kVolume) {
    std::error_code problem;
    std::filesystem::remove_all(folderOf(fullName), problem);
  }
  return {};
}

}  // namespace trowel::emulator
