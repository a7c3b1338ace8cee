// SPDX-License-Identifier: Apache-2.0
#include "emulator/dashboards/dashboard_api.hpp"

#include <nlohmann/json.hpp>

#include "emulator/server/paging.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Reply<Response> list(Dashboards& dashboards, const Call& call) {
  auto all = dashboards.all(call.flag("show_trashed"));
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

void addDashboardRoutes(Router& router, Dashboards& dashboards) {
  const std::string base = "/api/2.0/lakeview/dashboards";
  const std::string one = base + "/{id}";
  router.add("GET", base, [&dashboards](const Call& call) { return list(dashboards, call); });
  router.add("POST", base, [&dashboards](const Call& call) -> Reply<Response> {
    auto made = TROWEL_TRY(dashboards.create(bodyOf(call), call.caller()));
    return jsonResponse(made);
  });
  router.add("GET", one, [&dashboards](const Call& call) -> Reply<Response> {
    auto found = TROWEL_TRY(dashboards.get(call.path("id")));
    return jsonResponse(found);
  });
  router.add("PATCH", one, [&dashboards](const Call& call) -> Reply<Response> {
    auto changed = TROWEL_TRY(dashboards.change(call.path("id"), bodyOf(call)));
    return jsonResponse(changed);
  });
  router.add("DELETE", one, [&dashboards](const Call& call) -> Reply<Response> {
    TROWEL_TRY(dashboards.trash(call.path("id")));
    return emptyResponse();
  });
  router.add("POST", one + "/revert", [&dashboards](const Call& call) -> Reply<Response> {
    auto reverted = TROWEL_TRY(dashboards.revert(call.path("id"), call.text("etag")));
    return jsonResponse(reverted);
  });
  router.add("GET", one + "/published", [&dashboards](const Call& call) -> Reply<Response> {
    auto published = TROWEL_TRY(dashboards.published(call.path("id")));
    return jsonResponse(published);
  });
  router.add("POST", one + "/published", [&dashboards](const Call& call) -> Reply<Response> {
    auto published = TROWEL_TRY(dashboards.publish(call.path("id"), call.params()));
    return jsonResponse(published);
  });
  router.add("DELETE", one + "/published", [&dashboards](const Call& call) -> Reply<Response> {
    TROWEL_TRY(dashboards.unpublish(call.path("id")));
    return emptyResponse();
  });
  // Schedules and Genie spaces cannot be made here, so there are none.
  router.add("GET", one + "/schedules", [&dashboards](const Call& call) -> Reply<Response> {
    TROWEL_TRY(dashboards.get(call.path("id")));
    return emptyResponse();
  });
  router.add("GET", "/api/2.0/genie/spaces", [](const Call&) -> Reply<Response> { return emptyResponse(); });
  router.add("GET", "/api/2.0/genie/spaces/{id}", [](const Call& call) -> Reply<Response> {
    return doesNotExist("Genie space " + core::toValidUtf8(call.path("id")) + " does not exist.");
  });
}

}  // namespace trowel::emulator
