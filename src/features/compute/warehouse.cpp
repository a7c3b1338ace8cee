// SPDX-License-Identifier: Apache-2.0
#include "warehouse.hpp"

#include <nlohmann/json.hpp>

#include "features/action.hpp"
#include "trowel/core/text.hpp"
#include "trowel/databricks/warehouses.hpp"

namespace trowel::features {

using core::Json;
using core::Result;

Result<Json> Warehouse::select(protocol::CommandCall& call) {
  auto action = TROWEL_TRY(Action::of(session_, call));
  auto connection = TROWEL_TRY(action.connection());
  auto chosen = session_.warehouse(action.project());
  std::vector<protocol::PickItem> items;
  for (const auto& warehouse :
       TROWEL_TRY(databricks::Warehouses(connection->rest).list({.cancel = action.cancel()}).all()))
    items.push_back({.id = warehouse.id,
                     .label = warehouse.name,
                     .description = core::toLower(warehouse.state),
                     .detail = warehouse.size + (warehouse.id == chosen ? " · this project's" : ""),
                     .icon = "database",
                     .picked = {}});
  auto id = TROWEL_TRY(action.pick(
      {.title = "SQL Warehouse",
       .placeholder = "The warehouse that this project uses",
       .none = "This workspace has no SQL warehouse that you may use. Create one there, or ask for access."},
      std::move(items)));
  session_.choose(action.project(), Session::Choice::Warehouse, id);
  TROWEL_TRY(session_.keepChoice(action.project(), Session::Choice::Warehouse));
  return Json();
}

}  // namespace trowel::features
