// SPDX-License-Identifier: Apache-2.0
// SQL 2.0: warehouses, statements, query history, and saved queries and alerts.
#pragma once

#include "emulator/server/router.hpp"
#include "emulator/sql/saved_queries.hpp"
#include "emulator/sql/statements.hpp"
#include "emulator/sql/warehouses.hpp"

namespace trowel::emulator {

// All outlive the router.
void addWarehouseRoutes(Router& router, Warehouses& warehouses);
void addStatementRoutes(Router& router, Statements& statements);
void addSavedQueryRoutes(Router& router, SavedQueries& queries);

}  // namespace trowel::emulator
