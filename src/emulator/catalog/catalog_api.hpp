// SPDX-License-Identifier: Apache-2.0
// Unity Catalog 2.1: objects, tables, grants, the metastore.
#pragma once

#include "emulator/catalog/metastore.hpp"
#include "emulator/server/router.hpp"

namespace trowel::emulator {

// `metastore` outlives the router.
void addCatalogRoutes(Router& router, Metastore& metastore);
void addModelRoutes(Router& router, Metastore& metastore);

}  // namespace trowel::emulator
