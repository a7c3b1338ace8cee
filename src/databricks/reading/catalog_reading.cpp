// SPDX-License-Identifier: Apache-2.0
#include "databricks/reading/catalog_reading.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

template <typename T>
T readSecurable(const core::Json& json) {
  T object;
  object.name = core::stringAt(json, "name");
  object.fullName = core::stringAt(json, "full_name", object.name);
  object.owner = core::stringAt(json, "owner");
  object.comment = core::stringAt(json, "comment");
  object.metastoreId = core::stringAt(json, "metastore_id");
  object.createdAt = core::intAt(json, "created_at");
  object.createdBy = core::stringAt(json, "created_by");
  object.updatedAt = core::intAt(json, "updated_at");
  object.updatedBy = core::stringAt(json, "updated_by");
  object.browseOnly = core::boolAt(json, "browse_only");
  object.document = documentOf(json);
  return object;
}

template <typename T>
T readInSchema(const core::Json& json) {
  auto object = readSecurable<T>(json);
  object.catalog = core::stringAt(json, "catalog_name");
  object.schema = core::stringAt(json, "schema_name");
  return object;
}

Column readColumn(const core::Json& json) {
  Column column;
  column.name = core::stringAt(json, "name");
  column.type = core::stringAt(json, "type_text");
  column.typeName = core::stringAt(json, "type_name");
  column.comment = core::stringAt(json, "comment");
  column.position = core::intAt(json, "position");
  column.nullable = core::boolAt(json, "nullable", true);
  if (auto index = core::intAt(json, "partition_index", -1); index >= 0) column.partitionIndex = index;
  return column;
}

FunctionParameter readParameter(const core::Json& json) {
  return {.name = core::stringAt(json, "name"),
          .type = core::stringAt(json, "type_text"),
          .defaultValue = core::stringAt(json, "parameter_default"),
          .comment = core::stringAt(json, "comment")};
}

ModelAlias readAlias(const core::Json& json) {
  return {.name = core::stringAt(json, "alias_name"), .version = core::intAt(json, "version_num")};
}

std::string readAliasName(const core::Json& json) { return core::stringAt(json, "alias_name"); }

}  // namespace

Catalog readCatalog(const core::Json& json) {
  auto catalog = readSecurable<Catalog>(json);
  catalog.type = core::stringAt(json, "catalog_type");
  catalog.isolationMode = core::stringAt(json, "isolation_mode");
  catalog.storageRoot = core::stringAt(json, "storage_root");
  catalog.connectionName = core::stringAt(json, "connection_name");
  catalog.properties = textMapAt(json, "properties");
  return catalog;
}

Schema readSchema(const core::Json& json) {
  auto schema = readSecurable<Schema>(json);
  schema.catalog = core::stringAt(json, "catalog_name");
  schema.storageRoot = core::stringAt(json, "storage_root");
  schema.properties = textMapAt(json, "properties");
  return schema;
}

Table readTable(const core::Json& json) {
  auto table = readInSchema<Table>(json);
  table.id = core::stringAt(json, "table_id");
  table.type = core::stringAt(json, "table_type");
  table.format = core::stringAt(json, "data_source_format");
  table.storageLocation = core::stringAt(json, "storage_location");
  table.viewDefinition = core::stringAt(json, "view_definition");
  table.pipelineId = core::stringAt(json, "pipeline_id");
  table.columns = listAt(json, "columns", &readColumn);
  table.properties = textMapAt(json, "properties");
  return table;
}

Volume readVolume(const core::Json& json) {
  auto volume = readInSchema<Volume>(json);
  volume.id = core::stringAt(json, "volume_id");
  volume.type = core::stringAt(json, "volume_type");
  volume.storageLocation = core::stringAt(json, "storage_location");
  return volume;
}

Function readFunction(const core::Json& json) {
  auto function = readInSchema<Function>(json);
  function.id = core::stringAt(json, "function_id");
  function.returnType = core::stringAt(json, "full_data_type", core::stringAt(json, "data_type"));
  function.parameters = listAt(core::objectAt(json, "input_params"), "parameters", &readParameter);
  function.returnColumns = listAt(core::objectAt(json, "return_params"), "parameters", &readParameter);
  function.body = core::stringAt(json, "routine_body");
  function.language = core::stringAt(json, "external_language");
  function.definition = core::stringAt(json, "routine_definition");
  function.deterministic = core::boolAt(json, "is_deterministic");
  return function;
}

RegisteredModel readModel(const core::Json& json) {
  auto model = readInSchema<RegisteredModel>(json);
  model.storageLocation = core::stringAt(json, "storage_location");
  model.aliases = listAt(json, "aliases", &readAlias);
  return model;
}

ModelVersion readModelVersion(const core::Json& json) {
  ModelVersion version;
  version.model = core::stringAt(json, "catalog_name") + "." + core::stringAt(json, "schema_name") + "." +
                  core::stringAt(json, "model_name");
  version.version = core::intAt(json, "version");
  version.status = core::stringAt(json, "status");
  version.comment = core::stringAt(json, "comment");
  version.source = core::stringAt(json, "source");
  version.runId = core::stringAt(json, "run_id");
  version.storageLocation = core::stringAt(json, "storage_location");
  version.createdAt = core::intAt(json, "created_at");
  version.createdBy = core::stringAt(json, "created_by");
  version.updatedAt = core::intAt(json, "updated_at");
  version.updatedBy = core::stringAt(json, "updated_by");
  version.aliases = listAt(json, "aliases", &readAliasName);
  return version;
}

ExternalLocation readExternalLocation(const core::Json& json) {
  auto location = readSecurable<ExternalLocation>(json);
  location.url = core::stringAt(json, "url");
  location.credential = core::stringAt(json, "credential_name");
  location.readOnly = core::boolAt(json, "read_only");
  return location;
}

StorageCredential readStorageCredential(const core::Json& json) {
  auto credential = readSecurable<StorageCredential>(json);
  credential.id = core::stringAt(json, "id");
  credential.readOnly = core::boolAt(json, "read_only");
  credential.forManagedStorage = core::boolAt(json, "used_for_managed_storage");
  return credential;
}

Connection readConnection(const core::Json& json) {
  auto connection = readSecurable<Connection>(json);
  connection.id = core::stringAt(json, "connection_id");
  connection.type = core::stringAt(json, "connection_type");
  connection.url = core::stringAt(json, "url");
  connection.readOnly = core::boolAt(json, "read_only");
  return connection;
}

Metastore readMetastore(const core::Json& json) {
  auto metastore = readSecurable<Metastore>(json);
  metastore.id = metastore.metastoreId;
  metastore.globalId = core::stringAt(json, "global_metastore_id");
  metastore.cloud = core::stringAt(json, "cloud");
  metastore.region = core::stringAt(json, "region");
  metastore.storageRoot = core::stringAt(json, "storage_root");
  return metastore;
}

}  // namespace trowel::databricks
