// SPDX-License-Identifier: Apache-2.0
// Reads the objects of Unity Catalog as its lists and its single answers tell them.
#pragma once

#include "trowel/databricks/catalog_objects.hpp"

namespace trowel::databricks {

Catalog readCatalog(const core::Json& json);
Schema readSchema(const core::Json& json);
Table readTable(const core::Json& json);
Volume readVolume(const core::Json& json);
Function readFunction(const core::Json& json);
RegisteredModel readModel(const core::Json& json);
ModelVersion readModelVersion(const core::Json& json);
ExternalLocation readExternalLocation(const core::Json& json);
StorageCredential readStorageCredential(const core::Json& json);
Connection readConnection(const core::Json& json);
Metastore readMetastore(const core::Json& json);

}  // namespace trowel::databricks
