// SPDX-License-Identifier: Apache-2.0
// The area of SQL 2.0: warehouses, statements, query history, and saved queries and alerts.
#pragma once

#include <string>

#include "emulator/permissions/object_access.hpp"
#include "emulator/server/router.hpp"
#include "emulator/sql/saved_queries.hpp"
#include "emulator/sql/statements.hpp"
#include "emulator/sql/warehouses.hpp"

namespace trowel::emulator {

// All but `access`, which is to warehouses, outlive the router.
void addWarehouseRoutes(Router& router, Warehouses& warehouses, const ObjectAccess& access);
void addStatementRoutes(Router& router, Statements& statements, const ObjectAccess& access);
void addSavedQueryRoutes(Router& router, SavedQueries& queries);

// Any thread.
class SqlArea {
 public:
  // `settings` are those of the clusters' contexts; see Warehouses for `startTime`.
  SqlArea(World& world, ContextSettings settings, std::chrono::milliseconds startTime)
      : warehouses_(world, startTime), statements_(world, warehouses_, std::move(settings)), queries_(world) {}

  void addRoutes(Router& router, const ObjectAccess& access) {
    addWarehouseRoutes(router, warehouses_, access);
    addStatementRoutes(router, statements_, access);
    addSavedQueryRoutes(router, queries_);
  }
  Warehouses& warehouses() { return warehouses_; }
  SavedQueries& queries() { return queries_; }
  // Cancels what runs.
  void stop() { statements_.stop(); }

 private:
  Warehouses warehouses_;
  Statements statements_;
  SavedQueries queries_;
};

}  // namespace trowel::emulator
