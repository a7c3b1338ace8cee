// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/securables.hpp"

namespace trowel::emulator {

namespace {

using enum FieldType;
using enum FieldUse;

constexpr Field kCatalogFields[] = {
    {"comment"},
    {"owner"},
    {"properties", TextMap},
    {"options", TextMap},
    {"isolation_mode", Text, Optional, "\"OPEN\""},
    {"storage_root", Text, Fixed},
    {"connection_name", Text, Fixed},
    {"provider_name", Text, Fixed},
    {"share_name", Text, Fixed},
    {"enable_predictive_optimization"},
};

constexpr Field kSchemaFields[] = {
    {"comment"}, {"owner"}, {"properties", TextMap}, {"storage_root", Text, Fixed}, {"enable_predictive_optimization"},
};

constexpr Field kVolumeFields[] = {
    {"volume_type", Text, Key},
    {"storage_location", Text, Fixed},
    {"comment"},
    {"owner"},
};

constexpr Field kFunctionFields[] = {
    {"data_type", Text, Key},
    {"full_data_type", Text, Key},
    {"input_params", Object, Fixed},
    {"return_params", Object, Fixed},
    {"routine_body", Text, Key},
    {"routine_definition", Text, Fixed},
    {"routine_dependencies", Object, Fixed},
    {"external_language", Text, Fixed},
    {"external_name", Text, Fixed},
    {"parameter_style", Text, Fixed, "\"S\""},
    {"is_deterministic", Flag, Fixed, "true"},
    {"sql_data_access", Text, Fixed, "\"CONTAINS_SQL\""},
    {"sql_path", Text, Fixed},
    {"security_type", Text, Fixed, "\"DEFINER\""},
    {"is_null_call", Flag, Fixed, "false"},
    {"specific_name", Text, Fixed},
    {"properties", Text, Fixed},
    {"comment", Text, Fixed},
    {"owner"},
};

constexpr Field kModelFields[] = {{"comment"}, {"owner"}, {"storage_location", Text, Fixed}};

constexpr Field kExternalLocationFields[] = {
    {"url", Text, Required},
    {"credential_name", Text, Required},
    {"comment"},
    {"owner"},
    {"read_only", Flag},
    {"fallback", Flag},
    {"isolation_mode"},
};

constexpr Field kStorageCredentialFields[] = {
    {"comment"},
    {"owner"},
    {"read_only", Flag},
    {"isolation_mode"},
    {"aws_iam_role", Object},
    {"azure_managed_identity", Object},
    {"azure_service_principal", Object},
    {"databricks_gcp_service_account", Object},
    {"cloudflare_api_token", Object},
};

constexpr Field kConnectionFields[] = {
    {"connection_type", Text, Key}, {"options", TextMap, Required}, {"comment", Text, Fixed},
    {"properties", TextMap, Fixed}, {"read_only", Flag, Fixed},     {"owner"},
};

}  // namespace

namespace securable {

const SecurableKind kCatalog{"CATALOG", "Catalog", "CATALOG", "catalogs", "catalogs", "Catalog", "", 0, kCatalogFields};
const SecurableKind kSchema{"SCHEMA", "Schema",    "SCHEMA", "schemas",    "schemas",
                            "Schema", "schema_id", 1,        kSchemaFields};
const SecurableKind kVolume{"VOLUME", "Volume",    "RESOURCE", "volumes",    "volumes",
                            "Volume", "volume_id", 2,          kVolumeFields};
const SecurableKind kFunction{"FUNCTION", "Routine or Model", "ROUTINE", "functions",    "functions",
                              "Function", "function_id",      2,         kFunctionFields};
const SecurableKind kModel{"REGISTERED_MODEL",  "Routine or Model", "RESOURCE", "models",
                           "registered_models", "RegisteredModel",  "",         2,
                           kModelFields};
const SecurableKind kExternalLocation{"EXTERNAL_LOCATION",
                                      "External Location",
                                      "EXTERNAL_LOCATION",
                                      "external-locations",
                                      "external_locations",
                                      "ExternalLocation",
                                      "",
                                      0,
                                      kExternalLocationFields};
const SecurableKind kStorageCredential{"STORAGE_CREDENTIAL",
                                       "Storage Credential",
                                       "STORAGE_CREDENTIAL",
                                       "storage-credentials",
                                       "storage_credentials",
                                       "StorageCredential",
                                       "id",
                                       0,
                                       kStorageCredentialFields};
const SecurableKind kConnection{"CONNECTION",     "Connection", "CONNECTION",    "connections",
                                "connections",    "Connection", "connection_id", 0,
                                kConnectionFields};

}  // namespace securable

std::span<const SecurableKind* const> securableKinds() {
  using namespace securable;
  static const SecurableKind* const kinds[] = {
      &kCatalog, &kSchema, &kVolume, &kFunction, &kModel, &kExternalLocation, &kStorageCredential, &kConnection};
  return kinds;
}

std::string parentName(const std::string& fullName) {
  auto dot = fullName.rfind('.');
  return dot == std::string::npos ? "" : fullName.substr(0, dot);
}

std::string lastPart(const std::string& fullName) { return fullName.substr(fullName.rfind('.') + 1); }

}  // namespace trowel::emulator
