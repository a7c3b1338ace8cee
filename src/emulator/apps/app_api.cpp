// SPDX-License-Identifier: Apache-2.0
#include "emulator/apps/app_api.hpp"

#include <nlohmann/json.hpp>

#include "emulator/server/paging.hpp"

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
Reply<Response> respond(Reply<Json> object) {
  if (!object) return std::unexpected(object.error());
  return jsonResponse(*object);
}

}  // namespace

void addAppRoutes(Router& router, Apps& apps) {
  const std::string base = "/api/2.0/apps";
  const std::string one = base + "/{name}";
  router.add("GET", base, [&apps](const Call& call) { return listPage(call, "apps", apps.all(call.host())); });
  router.add("POST", base, [&apps](const Call& call) {
    const Json& wrapped = core::objectAt(call.params(), "app");
    const Json& body = wrapped.empty() ? call.params() : wrapped;
    return respond(apps.create(body, !call.flag("no_compute"), call.caller(), call.host()));
  });
  router.add("GET", one, [&apps](const Call& call) { return respond(apps.get(call.path("name"), call.host())); });
  router.add("PATCH", one, [&apps](const Call& call) {
    return respond(apps.change(call.path("name"), call.params(), call.caller(), call.host()));
  });
  router.add("DELETE", one, [&apps](const Call& call) { return respond(apps.remove(call.path("name"), call.host())); });
  router.add("POST", one + "/start",
             [&apps](const Call& call) { return respond(apps.start(call.path("name"), call.host())); });
  router.add("POST", one + "/stop",
             [&apps](const Call& call) { return respond(apps.stop(call.path("name"), call.host())); });
  router.add("POST", one + "/deployments", [&apps](const Call& call) {
    return respond(apps.deploy(call.path("name"), call.params(), call.caller()));
  });
  router.add("GET", one + "/deployments", [&apps](const Call& call) -> Reply<Response> {
    auto all = TROWEL_TRY(apps.deployments(call.path("name")));
    return listPage(call, "app_deployments", std::move(all));
  });
  router.add("GET", one + "/deployments/{id}",
             [&apps](const Call& call) { return respond(apps.deployment(call.path("name"), call.path("id"))); });
}

}  // namespace trowel::emulator
