// SPDX-License-Identifier: Apache-2.0
#include "emulator/apps/app_api.hpp"

#include <functional>
#include <nlohmann/json.hpp>

#include "emulator/server/paging.hpp"
#include "emulator/server/respond.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

Reply<Response> listPage(const Call& call, const char* field, std::vector<Json> all) {
  Page page = TROWEL_TRY(readPage(call, "page_size", 20, 100));
  Json entries = Json::array();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) entries.push_back(std::move(all[i]));
  Json answer = Json::object();
  if (!entries.empty()) answer[field] = std::move(entries);
  setNextPage(answer, page, all.size());
  return jsonResponse(answer);
}

// An app or a deployment, or the error.
}  // namespace

void addAppRoutes(Router& router, Apps& apps, const ObjectAccess& access) {
  const std::string base = "/api/2.0/apps";
  const std::string one = base + "/{name}";
  using Act = std::function<Reply<Json>(const std::string& name, const Call&)>;
  auto add = [&](const char* method, const std::string& end, const char* level, Act act) {
    router.add(method, one + end, access.guard(level, [act = std::move(act)](const Call& call) {
      return respond(act(call.path("name"), call));
    }));
  };
  router.add("GET", base, [&apps, access](const Call& call) {
    auto all = apps.all(call.host());
    access.keepVisible(call, "CAN_USE", all, "name");
    return listPage(call, "apps", std::move(all));
  });
  router.add("POST", base, [&apps](const Call& call) {
    const Json& wrapped = core::objectAt(call.params(), "app");
    const Json& body = wrapped.empty() ? call.params() : wrapped;
    return respond(apps.create(body, !call.flag("no_compute"), call.caller(), call.host()));
  });
  add("GET", "", "CAN_USE", [&](const std::string& name, const Call& call) { return apps.get(name, call.host()); });
  add("PATCH", "", "CAN_MANAGE", [&](const std::string& name, const Call& call) {
    return apps.change(name, call.params(), call.caller(), call.host());
  });
  add("DELETE", "", "CAN_MANAGE", [&, access](const std::string& name, const Call& call) {
    auto removed = apps.remove(name, call.host());
    if (removed) access.removed(name);
    return removed;
  });
  add("POST", "/start", "CAN_MANAGE",
      [&](const std::string& name, const Call& call) { return apps.start(name, call.host()); });
  add("POST", "/stop", "CAN_MANAGE",
      [&](const std::string& name, const Call& call) { return apps.stop(name, call.host()); });
  add("POST", "/deployments", "CAN_MANAGE",
      [&](const std::string& name, const Call& call) { return apps.deploy(name, call.params(), call.caller()); });
  add("GET", "/deployments/{id}", "CAN_USE",
      [&](const std::string& name, const Call& call) { return apps.deployment(name, call.path("id")); });
  router.add("GET", one + "/deployments", access.guard("CAN_USE", [&apps](const Call& call) -> Reply<Response> {
    auto all = TROWEL_TRY(apps.deployments(call.path("name")));
    return listPage(call, "app_deployments", std::move(all));
  }));
}

}  // namespace trowel::emulator
