// SPDX-License-Identifier: Apache-2.0
#include "warehouse.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"
#include "trowel/databricks/warehouses.hpp"

namespace trowel::features {

using core::Json;
using core::Result;

Result<Json> Warehouse::select(protocol::CommandCall& call) {
  auto project = TROWEL_TRY(session_.project(call.folder));
  auto connection = TROWEL_TRY(session_.connection(project, call.context.cancel));
  auto all = TROWEL_TRY(databricks::Warehouses(connection->rest).list({.cancel = call.context.cancel}).all());
  if (all.empty())
    return core::fail(core::ErrorCode::NotFound,
                      "This workspace has no SQL warehouse that you may use. Create one there, or ask for access.");
  protocol::PickParams pick{
      .title = "SQL Warehouse", .placeholder = "The warehouse that this project uses", .many = {}, .items = {}};
  auto chosen = session_.warehouse(project);
  for (const auto& warehouse : all)
    pick.items.push_back({.id = warehouse.id,
                          .label = warehouse.name,
                          .description = core::toLower(warehouse.state),
                          .detail = warehouse.size + (warehouse.id == chosen ? " · this project's" : ""),
                          .icon = "database",
                          .picked = {}});
  auto answer = TROWEL_TRY(session_.editor().uiPick(pick, call.context.cancel));
  if (!answer.ids || answer.ids->empty()) return Json();
  session_.choose(project, Session::Choice::Warehouse, answer.ids->front());
  TROWEL_TRY(session_.keepChoice(project, Session::Choice::Warehouse));
  return Json();
}

}  // namespace trowel::features
