// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "emulator/server/paging.hpp"
#include "emulator/sql/sql_api.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::vector<Json> visible(Warehouses& warehouses, const ObjectAccess& access, const Call& call) {
  auto all = warehouses.describeAll(call.host());
  access.keepVisible(call, "CAN_VIEW", all, "id");
  return all;
}

Reply<Response> list(Warehouses& warehouses, const ObjectAccess& access, const Call& call, const char* field) {
  auto all = visible(warehouses, access, call);
  // Without a size the service sends everything.
  bool unset = call.text("page_size").empty();
  Page page = TROWEL_TRY(readPage(call, "page_size", unset ? std::max<std::size_t>(all.size(), 1) : 20, 10'000));
  Json entries = Json::array();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) entries.push_back(std::move(all[i]));
  Json answer = Json::object();
  if (!entries.empty()) answer[field] = std::move(entries);
  setNextPage(answer, page, all.size());
  return jsonResponse(answer);
}

// What the editors of queries know a warehouse by. A bare array.
Response dataSources(Warehouses& warehouses, const ObjectAccess& access, const Call& call) {
  Json sources = Json::array();
  for (const auto& warehouse : visible(warehouses, access, call)) {
    std::string id = core::stringAt(warehouse, "id");
    sources.push_back({{"id", uuidOf("data_source:" + id)},
                       {"name", core::stringAt(warehouse, "name")},
                       {"warehouse_id", id},
                       {"type", "databricks_internal"},
                       {"syntax", "sql"},
                       {"supports_auto_limit", true},
                       {"paused", 0},
                       {"pause_reason", nullptr},
                       {"view_only", false}});
  }
  return jsonResponse(sources);
}

}  // namespace

void addWarehouseRoutes(Router& router, Warehouses& warehouses, const ObjectAccess& access) {
  using Change = std::function<Reply<void>(const std::string& id, const Call&)>;
  for (const auto& [path, field] :
       {std::pair{"/api/2.0/sql/warehouses", "warehouses"}, std::pair{"/api/2.0/sql/endpoints", "endpoints"}}) {
    const std::string base = path;
    auto action = [&](const char* method, const std::string& end, const char* level, Change change) {
      router.add(method, base + "/{id}" + end,
                 access.guard(level, [change = std::move(change)](const Call& call) -> Reply<Response> {
                   TROWEL_TRY(change(call.path("id"), call));
                   return emptyResponse();
                 }));
    };
    router.add("GET", base,
               [&warehouses, access, field](const Call& call) { return list(warehouses, access, call, field); });
    router.add("POST", base, [&warehouses](const Call& call) -> Reply<Response> {
      auto id = TROWEL_TRY(warehouses.create(call.params(), call.caller()));
      return jsonResponse({{"id", id}});
    });
    router.add("GET", base + "/{id}", access.guard("CAN_VIEW", [&warehouses](const Call& call) -> Reply<Response> {
      auto warehouse = TROWEL_TRY(warehouses.describe(call.path("id"), call.host()));
      return jsonResponse(warehouse);
    }));
    action("POST", "/edit", "CAN_MANAGE",
           [&](const std::string& id, const Call& call) { return warehouses.edit(id, call.params()); });
    action("POST", "/start", "CAN_USE", [&](const std::string& id, const Call&) { return warehouses.start(id); });
    action("POST", "/stop", "CAN_MANAGE", [&](const std::string& id, const Call&) { return warehouses.stop(id); });
    action("DELETE", "", "CAN_MANAGE", [&, access](const std::string& id, const Call&) -> Reply<void> {
      TROWEL_TRY(warehouses.remove(id));
      access.removed(id);
      return {};
    });
  }
  router.add("GET", "/api/2.0/preview/sql/data_sources", [&warehouses, access](const Call& call) -> Reply<Response> {
    return dataSources(warehouses, access, call);
  });
  router.add("GET", "/api/2.0/sql/config/warehouses", [](const Call&) -> Reply<Response> {
    return jsonResponse(
        {{"security_policy", "DATA_ACCESS_CONTROL"},
         {"sql_configuration_parameters", Json::object()},
         {"enabled_warehouse_types",
          {{{"warehouse_type", "PRO"}, {"enabled", true}}, {{"warehouse_type", "CLASSIC"}, {"enabled", true}}}}});
  });
}

}  // namespace trowel::emulator
