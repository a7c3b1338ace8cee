// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/control_api.hpp"

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::int64_t kMaxAdvance = 10LL * 366 * 24 * 3600 * 1000;  // ten years

Json describeFaults(const Faults& faults) {
  Json list = Json::array();
  for (const auto& entry : faults.all()) {
    Json fault = describeFault(entry.fault);
    fault["id"] = entry.number;
    fault["hits"] = entry.hits;
    list.push_back(std::move(fault));
  }
  return {{"faults", std::move(list)}, {"kinds", faultKinds()}};
}

Reply<Response> removeFault(Faults& faults, const Call& call) {
  const std::string& text = call.path("id");
  std::uint64_t number = 0;
  auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool found = problem == std::errc() && rest == text.data() + text.size() && faults.remove(number);
  if (!found) return doesNotExist("There is no fault " + text + ".");
  return emptyResponse();
}

Reply<Response> showLog(const RequestLog& log, const Call& call) {
  std::string pattern = call.text("pattern", "*");
  std::string user = call.text("user");
  auto status = call.number("status", -1);
  if (status < 0 && call.params().contains("status")) return invalidParameter("status must be a number.");
  Json requests = Json::array();
  for (const auto& record : log.all()) {
    bool wanted = matches(pattern, record.method + " " + record.path) && (user.empty() || user == record.user) &&
                  (status < 0 || status == record.status);
    if (wanted) requests.push_back(describeRecord(record));
  }
  auto count = requests.size();
  return jsonResponse({{"count", count}, {"requests", std::move(requests)}});
}

Json describeClock(const ShiftedClock& clock) {
  auto milliseconds = [](auto duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  };
  return {{"now", milliseconds(clock.wallNow().time_since_epoch())}, {"offset_ms", milliseconds(clock.offset())}};
}

Reply<Response> advanceClock(ShiftedClock& clock, const Call& call) {
  if (!call.params().contains("advance_ms")) return missingField("advance_ms");
  auto advance = call.number("advance_ms", -1);
  if (advance < 0 || advance > kMaxAdvance)
    return invalidParameter("advance_ms must be a number between 0 and " + std::to_string(kMaxAdvance) +
                            ": the clock never goes back.");
  clock.advance(std::chrono::milliseconds(advance));
  return jsonResponse(describeClock(clock));
}

}  // namespace

void addControlRoutes(Router& router, Faults& faults, RequestLog& log, ShiftedClock& clock) {
  router.add("POST", "/emulator/faults", [&faults](const Call& call) -> Reply<Response> {
    auto fault = readFault(call.params());
    if (!fault) return invalidParameter(fault.error().message);
    return jsonResponse({{"id", faults.add(std::move(*fault))}});
  });
  router.add("GET", "/emulator/faults",
             [&faults](const Call&) -> Reply<Response> { return jsonResponse(describeFaults(faults)); });
  router.add("DELETE", "/emulator/faults", [&faults](const Call&) -> Reply<Response> {
    faults.clear();
    return emptyResponse();
  });
  router.add("DELETE", "/emulator/faults/{id}", [&faults](const Call& call) { return removeFault(faults, call); });
  router.add("POST", "/emulator/release", [&faults](const Call&) -> Reply<Response> {
    faults.release();
    return emptyResponse();
  });
  router.add("GET", "/emulator/requests", [&log](const Call& call) { return showLog(log, call); });
  router.add("DELETE", "/emulator/requests", [&log](const Call&) -> Reply<Response> {
    log.clear();
    return emptyResponse();
  });
  router.add("GET", "/emulator/clock",
             [&clock](const Call&) -> Reply<Response> { return jsonResponse(describeClock(clock)); });
  router.add("POST", "/emulator/clock", [&clock](const Call& call) { return advanceClock(clock, call); });
}

}  // namespace trowel::emulator
