// SPDX-License-Identifier: Apache-2.0
#include "emulator/dashboards/dashboard_api.hpp"

#include <functional>
#include <nlohmann/json.hpp>

#include "emulator/server/paging.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Reply<Response> list(Dashboards& dashboards, const ObjectAccess& access, const Call& call) {
  auto all = dashboards.all(call.flag("show_trashed"));
  access.keepVisible(call, "CAN_READ", all, "dashboard_id");
  Page page = TROWEL_TRY(readPage(call, "page_size", 100, 1000));
  Json entries = Json::array();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) entries.push_back(std::move(all[i]));
  Json answer = Json::object();
  if (!entries.empty()) answer["dashboards"] = std::move(entries);
  setNextPage(answer, page, all.size());
  return jsonResponse(answer);
}

// The SDKs send the dashboard itself; some clients wrap it.
const Json& bodyOf(const Call& call) {
  const Json& wrapped = core::objectAt(call.params(), "dashboard");
  return wrapped.empty() ? call.params() : wrapped;
}

}  // namespace

void addDashboardRoutes(Router& router, Dashboards& dashboards, const ObjectAccess& access) {
  const std::string base = "/api/2.0/lakeview/dashboards";
  const std::string one = base + "/{id}";
  using Act = std::function<Reply<Json>(const std::string& id, const Call&)>;
  auto add = [&](const char* method, const std::string& end, const char* level, Act act) {
    router.add(method, one + end, access.guard(level, [act = std::move(act)](const Call& call) -> Reply<Response> {
      Json object = TROWEL_TRY(act(call.path("id"), call));
      return jsonResponse(object);
    }));
  };
  router.add("GET", base, [&dashboards, access](const Call& call) { return list(dashboards, access, call); });
  router.add("POST", base, [&dashboards](const Call& call) -> Reply<Response> {
    auto made = TROWEL_TRY(dashboards.create(bodyOf(call), call.caller()));
    return jsonResponse(made);
  });
  add("GET", "", "CAN_READ", [&](const std::string& id, const Call&) { return dashboards.get(id); });
  add("PATCH", "", "CAN_EDIT",
      [&](const std::string& id, const Call& call) { return dashboards.change(id, bodyOf(call)); });
  add("DELETE", "", "CAN_MANAGE", [&](const std::string& id, const Call&) -> Reply<Json> {
    TROWEL_TRY(dashboards.trash(id));
    return Json::object();
  });
  add("POST", "/revert", "CAN_EDIT",
      [&](const std::string& id, const Call& call) { return dashboards.revert(id, call.text("etag")); });
  add("GET", "/published", "CAN_READ", [&](const std::string& id, const Call&) { return dashboards.published(id); });
  add("POST", "/published", "CAN_EDIT",
      [&](const std::string& id, const Call& call) { return dashboards.publish(id, call.params()); });
  add("DELETE", "/published", "CAN_EDIT", [&](const std::string& id, const Call&) -> Reply<Json> {
    TROWEL_TRY(dashboards.unpublish(id));
    return Json::object();
  });
  // Genie spaces cannot be made here, so there are none.
  router.add("GET", "/api/2.0/genie/spaces", [](const Call&) -> Reply<Response> { return emptyResponse(); });
  router.add("GET", "/api/2.0/genie/spaces/{id}", [](const Call& call) -> Reply<Response> {
    return doesNotExist("Genie space " + core::toValidUtf8(call.path("id")) + " does not exist.");
  });
}

}  // namespace trowel::emulator
