// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <nlohmann/json.hpp>

#include "emulator/dashboards/dashboard_api.hpp"
#include "emulator/server/paging.hpp"
#include "emulator/server/respond.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Reply<Response> listPage(const Call& call, const char* field, const std::vector<Json>& all) {
  Page page = TROWEL_TRY(readPage(call, "page_size", 100, 100));
  Json answer = Json::object();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) answer[field].push_back(all[i]);
  setNextPage(answer, page, all.size());
  return jsonResponse(answer);
}

}  // namespace

void addScheduleRoutes(Router& router, Dashboards& dashboards, DashboardSchedules& schedules,
                       const ObjectAccess& access) {
  const std::string base = "/api/2.0/lakeview/dashboards/{id}/schedules";
  const std::string one = base + "/{schedule}";
  const std::string subscriptions = one + "/subscriptions";
  using Act = std::function<Reply<Response>(const std::string& dashboard, const Call&)>;
  auto add = [&](const char* method, const std::string& path, const char* level, Act act) {
    router.add(method, path,
               access.guard(level, [&dashboards, act = std::move(act)](const Call& call) -> Reply<Response> {
                 TROWEL_TRY(dashboards.get(call.path("id")));
                 return act(call.path("id"), call);
               }));
  };
  add("GET", base, "CAN_READ", [&](const std::string& dashboard, const Call& call) {
    return listPage(call, "schedules", schedules.all(dashboard));
  });
  add("POST", base, "CAN_EDIT", [&](const std::string& dashboard, const Call& call) {
    return respond(schedules.create(dashboard, call.params()));
  });
  add("GET", one, "CAN_READ", [&](const std::string& dashboard, const Call& call) {
    return respond(schedules.get(dashboard, call.path("schedule")));
  });
  add("PUT", one, "CAN_EDIT", [&](const std::string& dashboard, const Call& call) {
    return respond(schedules.replace(dashboard, call.path("schedule"), call.params()));
  });
  add("DELETE", one, "CAN_EDIT", [&](const std::string& dashboard, const Call& call) {
    return respond(schedules.remove(dashboard, call.path("schedule"), call.text("etag")));
  });
  add("GET", subscriptions, "CAN_READ", [&](const std::string& dashboard, const Call& call) -> Reply<Response> {
    auto all = TROWEL_TRY(schedules.subscriptions(dashboard, call.path("schedule")));
    return listPage(call, "subscriptions", all);
  });
  add("POST", subscriptions, "CAN_READ", [&](const std::string& dashboard, const Call& call) {
    return respond(schedules.subscribe(dashboard, call.path("schedule"), call.params(), call.caller()));
  });
  add("GET", subscriptions + "/{subscription}", "CAN_READ", [&](const std::string& dashboard, const Call& call) {
    return respond(schedules.subscription(dashboard, call.path("schedule"), call.path("subscription")));
  });
  add("DELETE", subscriptions + "/{subscription}", "CAN_READ", [&](const std::string& dashboard, const Call& call) {
    return respond(
        schedules.unsubscribe(dashboard, call.path("schedule"), call.path("subscription"), call.text("etag")));
  });
}

}  // namespace trowel::emulator
