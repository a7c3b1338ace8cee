// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/unity_catalog.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/catalog_reading.hpp"

namespace trowel::databricks {

namespace {

// The five calls of a kind of object.
template <typename T>
struct Kind {
  Call list;
  Call get;
  Call create;
  Call update;
  Call remove;
  T (*read)(const core::Json&) = nullptr;
  const char* wrapper = nullptr;  // a field around what is created
};

template <typename T>
constexpr Kind<T> kKind{};

template <>
constexpr Kind<Catalog> kKind<Catalog>{
    .list = {Verb::Get, "/api/2.1/unity-catalog/catalogs", Safety::Safe, byToken("catalogs")},
    .get = {Verb::Get, "/api/2.1/unity-catalog/catalogs/{full_name}", Safety::Safe},
    .create = {Verb::Post, "/api/2.1/unity-catalog/catalogs", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.1/unity-catalog/catalogs/{full_name}", Safety::Safe},
    .remove = {Verb::Delete, "/api/2.1/unity-catalog/catalogs/{full_name}", Safety::Safe},
    .read = &readCatalog};

template <>
constexpr Kind<Schema> kKind<Schema>{
    .list = {Verb::Get, "/api/2.1/unity-catalog/schemas", Safety::Safe, byToken("schemas")},
    .get = {Verb::Get, "/api/2.1/unity-catalog/schemas/{full_name}", Safety::Safe},
    .create = {Verb::Post, "/api/2.1/unity-catalog/schemas", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.1/unity-catalog/schemas/{full_name}", Safety::Safe},
    .remove = {Verb::Delete, "/api/2.1/unity-catalog/schemas/{full_name}", Safety::Safe},
    .read = &readSchema};

template <>
constexpr Kind<Table> kKind<Table>{
    .list = {Verb::Get, "/api/2.1/unity-catalog/tables", Safety::Safe, byToken("tables")},
    .get = {Verb::Get, "/api/2.1/unity-catalog/tables/{full_name}", Safety::Safe},
    .create = {Verb::Post, "/api/2.1/unity-catalog/tables", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.1/unity-catalog/tables/{full_name}", Safety::Safe},
    .remove = {Verb::Delete, "/api/2.1/unity-catalog/tables/{full_name}", Safety::Safe},
    .read = &readTable};

template <>
constexpr Kind<Volume> kKind<Volume>{
    .list = {Verb::Get, "/api/2.1/unity-catalog/volumes", Safety::Safe, byToken("volumes")},
    .get = {Verb::Get, "/api/2.1/unity-catalog/volumes/{full_name}", Safety::Safe},
    .create = {Verb::Post, "/api/2.1/unity-catalog/volumes", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.1/unity-catalog/volumes/{full_name}", Safety::Safe},
    .remove = {Verb::Delete, "/api/2.1/unity-catalog/volumes/{full_name}", Safety::Safe},
    .read = &readVolume};

template <>
constexpr Kind<Function> kKind<Function>{
    .list = {Verb::Get, "/api/2.1/unity-catalog/functions", Safety::Safe, byToken("functions")},
    .get = {Verb::Get, "/api/2.1/unity-catalog/functions/{full_name}", Safety::Safe},
    .create = {Verb::Post, "/api/2.1/unity-catalog/functions", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.1/unity-catalog/functions/{full_name}", Safety::Safe},
    .remove = {Verb::Delete, "/api/2.1/unity-catalog/functions/{full_name}", Safety::Safe},
    .read = &readFunction,
    .wrapper = "function_info"};

template <>
constexpr Kind<RegisteredModel> kKind<RegisteredModel>{
    .list = {Verb::Get, "/api/2.1/unity-catalog/models", Safety::Safe, byToken("registered_models")},
    .get = {Verb::Get, "/api/2.1/unity-catalog/models/{full_name}?include_aliases=true", Safety::Safe},
    .create = {Verb::Post, "/api/2.1/unity-catalog/models", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.1/unity-catalog/models/{full_name}", Safety::Safe},
    .remove = {Verb::Delete, "/api/2.1/unity-catalog/models/{full_name}", Safety::Safe},
    .read = &readModel};

template <>
constexpr Kind<ExternalLocation> kKind<ExternalLocation>{
    .list = {Verb::Get, "/api/2.1/unity-catalog/external-locations", Safety::Safe, byToken("external_locations")},
    .get = {Verb::Get, "/api/2.1/unity-catalog/external-locations/{full_name}", Safety::Safe},
    .create = {Verb::Post, "/api/2.1/unity-catalog/external-locations", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.1/unity-catalog/external-locations/{full_name}", Safety::Safe},
    .remove = {Verb::Delete, "/api/2.1/unity-catalog/external-locations/{full_name}", Safety::Safe},
    .read = &readExternalLocation};

template <>
constexpr Kind<StorageCredential> kKind<StorageCredential>{
    .list = {Verb::Get, "/api/2.1/unity-catalog/storage-credentials", Safety::Safe, byToken("storage_credentials")},
    .get = {Verb::Get, "/api/2.1/unity-catalog/storage-credentials/{full_name}", Safety::Safe},
    .create = {Verb::Post, "/api/2.1/unity-catalog/storage-credentials", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.1/unity-catalog/storage-credentials/{full_name}", Safety::Safe},
    .remove = {Verb::Delete, "/api/2.1/unity-catalog/storage-credentials/{full_name}", Safety::Safe},
    .read = &readStorageCredential};

template <>
constexpr Kind<Connection> kKind<Connection>{
    .list = {Verb::Get, "/api/2.1/unity-catalog/connections", Safety::Safe, byToken("connections")},
    .get = {Verb::Get, "/api/2.1/unity-catalog/connections/{full_name}", Safety::Safe},
    .create = {Verb::Post, "/api/2.1/unity-catalog/connections", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.1/unity-catalog/connections/{full_name}", Safety::Safe},
    .remove = {Verb::Delete, "/api/2.1/unity-catalog/connections/{full_name}", Safety::Safe},
    .read = &readConnection};

// Known by its id, not by its name.
template <>
constexpr Kind<Metastore> kKind<Metastore>{
    .list = {Verb::Get, "/api/2.1/unity-catalog/metastores", Safety::Safe, byToken("metastores")},
    .get = {Verb::Get, "/api/2.1/unity-catalog/metastores/{full_name}", Safety::Safe},
    .create = {Verb::Post, "/api/2.1/unity-catalog/metastores", Safety::Unsafe},
    .update = {Verb::Patch, "/api/2.1/unity-catalog/metastores/{full_name}", Safety::Safe},
    .remove = {Verb::Delete, "/api/2.1/unity-catalog/metastores/{full_name}", Safety::Safe},
    .read = &readMetastore};

constexpr Call kSummaries{Verb::Get, "/api/2.1/unity-catalog/table-summaries", Safety::Safe, byToken("tables")};
constexpr Call kExists{Verb::Get, "/api/2.1/unity-catalog/tables/{full_name}/exists", Safety::Safe};
constexpr Call kVersions{Verb::Get, "/api/2.1/unity-catalog/models/{model}/versions", Safety::Safe,
                         byToken("model_versions")};
constexpr Call kVersion{Verb::Get, "/api/2.1/unity-catalog/models/{model}/versions/{version}", Safety::Safe};
constexpr Call kByAlias{Verb::Get, "/api/2.1/unity-catalog/models/{model}/aliases/{alias}", Safety::Safe};
constexpr Call kUpdateVersion{Verb::Patch, "/api/2.1/unity-catalog/models/{model}/versions/{version}", Safety::Safe};
constexpr Call kDeleteVersion{Verb::Delete, "/api/2.1/unity-catalog/models/{model}/versions/{version}", Safety::Safe};
constexpr Call kSetAlias{Verb::Put, "/api/2.1/unity-catalog/models/{model}/aliases/{alias}", Safety::Safe};
constexpr Call kDeleteAlias{Verb::Delete, "/api/2.1/unity-catalog/models/{model}/aliases/{alias}", Safety::Safe};
constexpr Call kCurrent{Verb::Get, "/api/2.1/unity-catalog/metastore_summary", Safety::Safe};
constexpr Call kAssignment{Verb::Get, "/api/2.1/unity-catalog/current-metastore-assignment", Safety::Safe};

// Pages of the size that the server likes best; without it old workspaces send everything at once.
constexpr int kServersPageSize = 0;

TableSummary readSummary(const core::Json& json) {
  return {.fullName = core::stringAt(json, "full_name"), .type = core::stringAt(json, "table_type")};
}

}  // namespace

template <typename T>
Listing<T> Securables<T>::list(const Within& within, const CallOptions& options) const {
  core::Json params = {{"max_results", kServersPageSize}, {"include_browse", true}};
  if (!within.catalog.empty()) params["catalog_name"] = within.catalog;
  if (!within.schema.empty()) params["schema_name"] = within.schema;
  if (within.brief) params.update({{"omit_columns", true}, {"omit_properties", true}});
  return rest_.list(kKind<T>.list, params, kKind<T>.read, options);
}

template <typename T>
core::Result<T> Securables<T>::get(std::string_view fullName, const CallOptions& options) const {
  core::Json params = {{"full_name", fullName}, {"include_browse", true}};
  return kKind<T>.read(TROWEL_TRY(rest_.call(kKind<T>.get, params, options)));
}

template <typename T>
core::Result<T> Securables<T>::create(const core::Json& definition, const CallOptions& options) const {
  core::Json params = definition;
  if (kKind<T>.wrapper != nullptr) params = {{kKind<T>.wrapper, definition}};
  return kKind<T>.read(TROWEL_TRY(rest_.call(kKind<T>.create, params, options)));
}

template <typename T>
core::Result<T> Securables<T>::update(std::string_view fullName, const core::Json& changes,
                                      const CallOptions& options) const {
  core::Json params = changes;
  params["full_name"] = fullName;
  // The second of two renames does not find the old name, which would hide that the first worked.
  auto call = kKind<T>.update.safeIf(!changes.contains("new_name"));
  return kKind<T>.read(TROWEL_TRY(rest_.call(call, params, options)));
}

template <typename T>
core::Result<void> Securables<T>::remove(std::string_view fullName, bool force, const CallOptions& options) const {
  core::Json params = {{"full_name", fullName}};
  if (force) params["force"] = true;
  TROWEL_TRY(rest_.call(kKind<T>.remove, params, options));
  return {};
}

template class Securables<Catalog>;
template class Securables<Schema>;
template class Securables<Table>;
template class Securables<Volume>;
template class Securables<Function>;
template class Securables<RegisteredModel>;
template class Securables<ExternalLocation>;
template class Securables<StorageCredential>;
template class Securables<Connection>;
template class Securables<Metastore>;

Listing<TableSummary> Tables::summaries(std::string_view catalog, std::string_view schemaPattern,
                                        std::string_view tablePattern, const CallOptions& options) const {
  core::Json params = {{"catalog_name", catalog}, {"max_results", kServersPageSize}};
  if (!schemaPattern.empty()) params["schema_name_pattern"] = schemaPattern;
  if (!tablePattern.empty()) params["table_name_pattern"] = tablePattern;
  return rest().list(kSummaries, params, &readSummary, options);
}

core::Result<bool> Tables::exists(std::string_view fullName, const CallOptions& options) const {
  return core::boolAt(TROWEL_TRY(rest().call(kExists, {{"full_name", fullName}}, options)), "table_exists");
}

Listing<ModelVersion> Models::versions(std::string_view model, const CallOptions& options) const {
  return rest().list(kVersions, {{"model", model}, {"max_results", kServersPageSize}}, &readModelVersion, options);
}

core::Result<ModelVersion> Models::version(std::string_view model, std::int64_t version,
                                           const CallOptions& options) const {
  core::Json params = {{"model", model}, {"version", version}, {"include_aliases", true}};
  return readModelVersion(TROWEL_TRY(rest().call(kVersion, params, options)));
}

core::Result<ModelVersion> Models::versionByAlias(std::string_view model, std::string_view alias,
                                                  const CallOptions& options) const {
  core::Json params = {{"model", model}, {"alias", alias}, {"include_aliases", true}};
  return readModelVersion(TROWEL_TRY(rest().call(kByAlias, params, options)));
}

core::Result<ModelVersion> Models::updateVersion(std::string_view model, std::int64_t version,
                                                 const core::Json& changes, const CallOptions& options) const {
  core::Json params = changes;
  params.update({{"model", model}, {"version", version}});
  return readModelVersion(TROWEL_TRY(rest().call(kUpdateVersion, params, options)));
}

core::Result<void> Models::removeVersion(std::string_view model, std::int64_t version,
                                         const CallOptions& options) const {
  TROWEL_TRY(rest().call(kDeleteVersion, {{"model", model}, {"version", version}}, options));
  return {};
}

core::Result<void> Models::setAlias(std::string_view model, std::string_view alias, std::int64_t version,
                                    const CallOptions& options) const {
  TROWEL_TRY(rest().call(kSetAlias, {{"model", model}, {"alias", alias}, {"version_num", version}}, options));
  return {};
}

core::Result<void> Models::removeAlias(std::string_view model, std::string_view alias,
                                       const CallOptions& options) const {
  TROWEL_TRY(rest().call(kDeleteAlias, {{"model", model}, {"alias", alias}}, options));
  return {};
}

core::Result<Metastore> Metastores::current(const CallOptions& options) const {
  return readMetastore(TROWEL_TRY(rest().call(kCurrent, nullptr, options)));
}

core::Result<MetastoreAssignment> Metastores::assignment(const CallOptions& options) const {
  auto json = TROWEL_TRY(rest().call(kAssignment, nullptr, options));
  return MetastoreAssignment{.metastoreId = core::stringAt(json, "metastore_id"),
                             .workspaceId = core::intAt(json, "workspace_id"),
                             .defaultCatalog = core::stringAt(json, "default_catalog_name")};
}

}  // namespace trowel::databricks
