// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/control_api.hpp"

#include <nlohmann/json.hpp>

namespace trowel::emulator {

using core::Json;

namespace {

Reply<Fault> readFault(const Call& call) {
  auto pattern = TROWEL_TRY(call.required("pattern"));
  Fault fault{.pattern = std::move(pattern)};
  fault.status = static_cast<int>(call.number("status"));
  auto body = call.params().find("body");
  if (body != call.params().end()) fault.body = body->is_string() ? body->get<std::string>() : core::dumpJson(*body);
  fault.contentType = call.text("content_type", fault.contentType);
  for (const auto& [name, value] : core::objectAt(call.params(), "headers").items())
    fault.headers.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  fault.skip = static_cast<int>(call.number("skip"));
  fault.times = static_cast<int>(call.number("times", 1));
  fault.afterHandler = call.flag("after_handler");
  fault.drop = call.flag("drop");
  fault.hold = call.flag("hold");
  if (call.params().contains("truncate_at"))
    fault.truncateAt = static_cast<std::size_t>(std::max<std::int64_t>(0, call.number("truncate_at")));
  return fault;
}

Json describeLog(const RequestLog& log) {
  Json requests = Json::array();
  for (const auto& record : log.all())
    requests.push_back({{"method", record.method}, {"path", record.path}, {"status", record.status}});
  return {{"requests", std::move(requests)}};
}

}  // namespace

void addControlRoutes(Router& router, Faults& faults, RequestLog& log) {
  router.add("POST", "/__emulator/fault", [&faults](const Call& call) -> Reply<Response> {
    faults.add(TROWEL_TRY(readFault(call)));
    return emptyResponse();
  });
  router.add("DELETE", "/__emulator/fault", [&faults](const Call&) -> Reply<Response> {
    faults.clear();
    return emptyResponse();
  });
  router.add("POST", "/__emulator/release", [&faults](const Call&) -> Reply<Response> {
    faults.release();
    return emptyResponse();
  });
  router.add("GET", "/__emulator/requests",
             [&log](const Call&) -> Reply<Response> { return jsonResponse(describeLog(log)); });
  router.add("DELETE", "/__emulator/requests", [&log](const Call&) -> Reply<Response> {
    log.clear();
    return emptyResponse();
  });
}

}  // namespace trowel::emulator
