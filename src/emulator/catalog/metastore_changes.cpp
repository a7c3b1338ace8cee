// SPDX-License-Identifier: Apache-2.0
// The part of the metastore that changes things, and where volumes are.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/catalog/metastore.hpp"
#include "emulator/catalog/metastore_rules.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Reply<void> checkVolume(const Json& volume) {
  std::string type = core::stringAt(volume, "volume_type");
  bool located = !core::stringAt(volume, "storage_location").empty();
  if (type != "MANAGED" && type != "EXTERNAL") return invalidParameter("Invalid volume_type: " + type);
  if (type == "MANAGED" && located) return invalidParameter("CreateVolume storage_location can not be provided.");
  if (type == "EXTERNAL" && !located) return missingField("storage_location");
  return {};
}

// The fields that are one of a few words.
Reply<void> checkChoices(const Json& fields) {
  constexpr std::pair<const char*, std::string_view> kChoices[] = {
      {"isolation_mode", "OPEN ISOLATED ISOLATION_MODE_OPEN ISOLATION_MODE_ISOLATED"},
      {"enable_predictive_optimization", "ENABLE DISABLE INHERIT"}};
  for (auto [field, choices] : kChoices) {
    std::string value = core::stringAt(fields, field);
    auto words = core::split(choices, ' ');
    if (!value.empty() && std::find(words.begin(), words.end(), value) == words.end())
      return invalidParameter("Invalid value for field " + std::string(field) + ": " + core::toValidUtf8(value));
  }
  return {};
}

bool holdsOthers(const SecurableKind& kind) { return &kind == &securable::kCatalog || &kind == &securable::kSchema; }

// "c.s.v" -> c, s, v
VolumeName volumeName(const std::string& fullName) {
  const std::string schema = parentName(fullName);
  return {.catalog = parentName(schema), .schema = lastPart(schema), .volume = lastPart(fullName)};
}

}  // namespace

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
  TROWEL_TRY(checkChoices(fields));
  TROWEL_TRY(checkOwner(fields));
  if (&kind == &securable::kVolume) TROWEL_TRY(checkVolume(fields));

  std::lock_guard lock(mutex_);
  TROWEL_TRY(requireParents(kind, parent));
  TROWEL_TRY(requireCreation(user, kind, parent));
  std::string fullName = parent.empty() ? name : parent + "." + name;
  const auto* system = systemCatalog(kind, fullName);
  if (kind.level > 0 && system && !system->writable) return deniedOn("CREATE " + std::string(kind.type), *system);
  if (TROWEL_TRY(exists(kind, fullName))) return takenSecurable(kind, fullName);

  Json object = baseOf(kind, fullName, user.name, world_.now());
  object.update(fields);
  if (&kind == &securable::kCatalog) {
    object["catalog_type"] = object.contains("connection_name") ? "FOREIGN_CATALOG"
                             : object.contains("share_name")    ? "DELTASHARING_CATALOG"
                                                                : "MANAGED_CATALOG";
    TROWEL_TRY(asReply(tables_.addSchema(name, "default")));
  }
  if (&kind == &securable::kSchema) {
    TROWEL_TRY(asReply(tables_.addSchema(parent, name)));
    noteSchemas(parent);
  }
  if (&kind == &securable::kFunction && !object.contains("specific_name")) object["specific_name"] = name;
  if (&kind == &securable::kVolume) {
    if (!object.contains("storage_location"))
      object["storage_location"] = std::string(kStorageRoot) + id_ + "/volumes/" + core::stringAt(object, "volume_id");
    TROWEL_TRY(volumes_.create(volumeName(fullName)));
  }
  documents(kind).put(fullName, object);
  hideSecrets(object);
  if (&kind == &securable::kSchema) return findSchema(fullName);
  return object;
}

Reply<Json> Metastore::change(const SecurableKind& kind, const std::string& wanted, const Json& given,
                              const User& user) {
  Json changes = TROWEL_TRY(readChanges(given, kind.fields));
  TROWEL_TRY(checkChoices(changes));
  TROWEL_TRY(checkOwner(changes));
  std::string newName = core::stringAt(given, "new_name");
  std::lock_guard lock(mutex_);
  std::string fullName = core::toLower(wanted);
  TROWEL_TRY(find(kind, fullName));
  const auto* system = systemCatalog(kind, fullName);
  if (system && (!system->writable || kind.level == 0)) return deniedOn("MANAGE", *system);
  TROWEL_TRY(require(user, "MANAGE", {grantType(kind), fullName}));
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
  if (TROWEL_TRY(exists(kind, to))) return takenSecurable(kind, to);
  if (holdsOthers(kind)) {
    TROWEL_TRY(asReply(tables_.rename(from, to)));
    TROWEL_TRY(moveVolumes(from, to));
    moveDocuments(from, to);
    grants_.move("", from, to);
    modelVersions_.move(from, to);
    return to;
  }
  Json document = TROWEL_TRY(find(kind, from));
  if (auto stored = documents(kind).find(from)) document = *std::move(stored);
  document.update({{"name", name}, {"full_name", to}});
  if (&kind == &securable::kVolume) TROWEL_TRY(volumes_.rename(volumeName(from), volumeName(to)));
  documents(kind).put(to, document);
  documents(kind).remove(from);
  grants_.move(grantType(kind), from, to);
  if (&kind == &securable::kModel) modelVersions_.move(from, to);
  return to;
}

// The document of a catalog or schema and all beneath it, under their new names; or away with them where `to` is empty.
void Metastore::moveDocuments(const std::string& from, const std::string& to) {
  auto move = [&](Documents& documents, const SecurableKind& kind) {
    for (auto& [name, document] : documents.all()) {
      if (name != from && !name.starts_with(from + ".")) continue;
      if (kind.level == 0 && &kind != &securable::kCatalog) continue;
      if (!to.empty()) {
        std::string renamed = to + name.substr(from.size());
        Json base = baseOf(kind, renamed, "", 0);
        for (auto field : {"name", "full_name", "catalog_name", "schema_name"})
          if (base.contains(field)) document[field] = base[field];
        documents.put(renamed, document);
      }
      documents.remove(name);
    }
  };
  for (const auto* kind : securableKinds()) move(documents(*kind), *kind);
}

// Remembers whether SQL still knows the catalog.
void Metastore::noteSchemas(const std::string& catalog) {
  auto names = tables_.schemas(catalog);
  auto document = documents(securable::kCatalog).find(catalog);
  if (!names || !document || names->empty() == core::boolAt(*document, kWithoutSchemas)) return;
  (*document)[kWithoutSchemas] = names->empty();
  documents(securable::kCatalog).put(catalog, *document);
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
    count(volumesBeneath(fullName).size(), "volume");
    for (const auto* child : {&securable::kFunction, &securable::kModel}) {
      auto all = documents(*child).all();
      auto inside =
          std::count_if(all.begin(), all.end(), [&](auto& entry) { return parentName(entry.first) == fullName; });
      count(static_cast<std::size_t>(inside), child == &securable::kModel ? "model" : "function");
    }
  }
  if (holds.empty()) return {};
  std::string type = core::toLower(kind.type);
  return refuse(400, std::string(kind.error) + "_NOT_EMPTY",
                std::string(kind.word) + " '" + fullName + "' is not empty. The " + type + " has " + holds + ".");
}

Reply<void> Metastore::remove(const SecurableKind& kind, const std::string& wanted, bool force, const User& user) {
  std::lock_guard lock(mutex_);
  const std::string fullName = core::toLower(wanted);
  TROWEL_TRY(find(kind, fullName));
  const auto* system = systemCatalog(kind, fullName);
  if (system && (!system->writable || kind.level == 0)) return deniedOn("MANAGE", *system);
  TROWEL_TRY(require(user, "MANAGE", {grantType(kind), fullName}));
  if (&kind == &securable::kSchema && lastPart(fullName) == "information_schema")
    return refuse(403, "PERMISSION_DENIED", "User does not have MANAGE on Schema '" + fullName + "'.");
  if (&kind == &securable::kVolume) TROWEL_TRY(volumes_.remove(volumeName(fullName)));
  if (!holdsOthers(kind)) {
    documents(kind).remove(fullName);
    grants_.move(grantType(kind), fullName, "");
    if (&kind == &securable::kModel) modelVersions_.move(fullName, "");
    return {};
  }
  if (!force) TROWEL_TRY(requireEmpty(kind, fullName));
  bool whole = &kind == &securable::kCatalog;
  TROWEL_TRY(asReply(tables_.dropSchema(whole ? fullName : parentName(fullName), whole ? "" : lastPart(fullName))));
  TROWEL_TRY(moveVolumes(fullName, ""));
  moveDocuments(fullName, "");
  grants_.move("", fullName, "");
  modelVersions_.move(fullName, "");
  if (!whole) noteSchemas(parentName(fullName));
  return {};
}

// Volumes ---------------------------------------------------------------------------------------------------------

Reply<Json> Metastore::findVolume(const std::string& fullName) {
  const std::string schema = parentName(fullName);
  if (parentName(schema).empty() || !volumes_.exists(volumeName(fullName)))
    return missingSecurable(securable::kVolume, fullName);
  if (auto noted = documents(securable::kVolume).find(fullName)) return *std::move(noted);
  TROWEL_TRY(findSchema(schema));
  // Somebody made the folder, and no more is known of it.
  Json volume = baseOf(securable::kVolume, fullName, world_.options.userName, since_);
  std::string id = uuidOf(id_ + fullName);
  volume.update({{"volume_id", id},
                 {"volume_type", "MANAGED"},
                 {"storage_location", std::string(kStorageRoot) + id_ + "/volumes/" + id}});
  return volume;
}

// Of a schema or a whole catalog; full names.
std::vector<std::string> Metastore::volumesBeneath(const std::string& prefix) const {
  const bool schema = !parentName(prefix).empty();
  auto entries = volumes_.tree().list("/" + core::replaceAll(prefix, ".", "/"));
  std::vector<std::string> found;
  if (!entries) return found;
  for (const auto& entry : *entries) {
    std::string name = prefix + "." + entry.name;
    if (!entry.status.folder) continue;
    if (schema)
      found.push_back(name);
    else
      for (auto& volume : volumesBeneath(name)) found.push_back(std::move(volume));
  }
  return found;
}

// To where their catalog or schema goes; away where `to` is empty.
Reply<void> Metastore::moveVolumes(const std::string& from, const std::string& to) {
  for (const auto& name : volumesBeneath(from)) {
    if (to.empty())
      TROWEL_TRY(volumes_.remove(volumeName(name)));
    else
      TROWEL_TRY(volumes_.rename(volumeName(name), volumeName(to + name.substr(from.size()))));
  }
  (void)volumes_.tree().removeAll("/" + core::replaceAll(from, ".", "/"));  // the empty rest, where there is one
  return {};
}

}  // namespace trowel::emulator
