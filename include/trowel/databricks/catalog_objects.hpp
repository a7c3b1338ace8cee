// SPDX-License-Identifier: Apache-2.0
// What Unity Catalog holds: catalogs, schemas and what is in them, and the ways to storage and other systems.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "trowel/databricks/document.hpp"

namespace trowel::databricks {

// What all of them have. Names come in lower case.
struct Securable {
  std::string name;
  std::string fullName;  // "catalog.schema.name"
  std::string owner;
  std::string comment;
  std::string metastoreId;
  std::int64_t createdAt = 0;  // epoch milliseconds; 0: not told
  std::string createdBy;
  std::int64_t updatedAt = 0;  // epoch milliseconds; 0: not told
  std::string updatedBy;
  bool browseOnly = false;  // the user sees that it exists and may not use it
  Document document;        // as sent
};

struct Catalog : Securable {
  std::string type;  // MANAGED_CATALOG FOREIGN_CATALOG DELTASHARING_CATALOG SYSTEM_CATALOG INTERNAL_CATALOG
  std::string isolationMode;
  std::string storageRoot;
  std::string connectionName;  // of a foreign catalog
  std::map<std::string, std::string> properties;
};

struct Schema : Securable {
  std::string catalog;
  std::string storageRoot;
  std::map<std::string, std::string> properties;
};

struct Column {
  std::string name;
  std::string type;      // as SQL writes it, in lower case: "decimal(10,2)"
  std::string typeName;  // LONG STRING STRUCT … (open)
  std::string comment;
  std::int64_t position = 0;
  bool nullable = true;
  std::optional<std::int64_t> partitionIndex;  // nothing: the table is not partitioned by it
};

struct Table : Securable {
  std::string catalog;
  std::string schema;
  std::string id;
  std::string type;    // MANAGED EXTERNAL VIEW MATERIALIZED_VIEW STREAMING_TABLE FOREIGN … (open)
  std::string format;  // DELTA, PARQUET, …
  std::string storageLocation;
  std::string viewDefinition;
  std::string pipelineId;
  std::vector<Column> columns;
  std::map<std::string, std::string> properties;

  bool isView() const { return type == "VIEW" || type == "MATERIALIZED_VIEW" || type == "METRIC_VIEW"; }
};

struct Volume : Securable {
  std::string catalog;
  std::string schema;
  std::string id;
  std::string type;  // MANAGED, EXTERNAL
  std::string storageLocation;

  // Where its files are: "/Volumes/main/default/v".
  std::string path() const { return "/Volumes/" + catalog + "/" + schema + "/" + name; }
};

struct FunctionParameter {
  std::string name;
  std::string type;  // as SQL writes it
  std::string defaultValue;
  std::string comment;
};

struct Function : Securable {
  std::string catalog;
  std::string schema;
  std::string id;
  std::string returnType;  // as SQL writes it; TABLE for a table function
  std::vector<FunctionParameter> parameters;
  std::vector<FunctionParameter> returnColumns;  // of a table function
  std::string body;                              // SQL, EXTERNAL
  std::string language;                          // of an external body: Python
  std::string definition;                        // its source text
  bool deterministic = false;
};

struct ModelAlias {
  std::string name;
  std::int64_t version = 0;
};

struct RegisteredModel : Securable {
  std::string catalog;
  std::string schema;
  std::string storageLocation;
  std::vector<ModelAlias> aliases;
};

struct ModelVersion {
  std::string model;  // its full name
  std::int64_t version = 0;
  std::string status;  // PENDING_REGISTRATION, READY, FAILED_REGISTRATION
  std::string comment;
  std::string source;
  std::string runId;  // of MLflow
  std::string storageLocation;
  std::int64_t createdAt = 0;  // epoch milliseconds; 0: not told
  std::string createdBy;
  std::int64_t updatedAt = 0;  // epoch milliseconds; 0: not told
  std::string updatedBy;
  std::vector<std::string> aliases;
};

struct ExternalLocation : Securable {
  std::string url;
  std::string credential;
  bool readOnly = false;
};

struct StorageCredential : Securable {
  std::string id;
  bool readOnly = false;
  bool forManagedStorage = false;
};

struct Connection : Securable {
  std::string id;
  std::string type;  // MYSQL, POSTGRESQL, SNOWFLAKE, … (open)
  std::string url;
  bool readOnly = false;
};

struct Metastore : Securable {
  std::string id;
  std::string globalId;
  std::string cloud;
  std::string region;
  std::string storageRoot;
};

// Which metastore this workspace has.
struct MetastoreAssignment {
  std::string metastoreId;
  std::int64_t workspaceId = 0;
  std::string defaultCatalog;
};

}  // namespace trowel::databricks
