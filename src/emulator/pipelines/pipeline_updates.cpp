// SPDX-License-Identifier: Apache-2.0
#include "emulator/pipelines/pipeline_updates.hpp"

#include <nlohmann/json.hpp>

#include "emulator/state/ids.hpp"
#include "emulator/state/timestamps.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::string_view kCourse[] = {
    "CREATED", "WAITING_FOR_RESOURCES", "INITIALIZING", "SETTING_UP_TABLES", "RUNNING", "COMPLETED"};

Json eventOf(const Json& update, const Json& origin, std::size_t number, std::string_view type, std::int64_t at,
             std::string message) {
  Json event{{"id", uuidOf(core::stringAt(update, "update_id") + "/" + std::to_string(number))},
             {"sequence", {{"control_plane_seq_no", at * 1000 + static_cast<std::int64_t>(number)}}},
             {"origin", origin},
             {"timestamp", toIsoTime(at)},
             {"message", std::move(message)},
             {"level", "INFO"},
             {"event_type", type},
             {"maturity_level", "STABLE"}};
  event["origin"]["update_id"] = core::stringAt(update, "update_id");
  return event;
}

}  // namespace

bool isOver(std::string_view state) { return state == "COMPLETED" || state == "FAILED" || state == "CANCELED"; }

Course courseOf(const Json& update) {
  const std::int64_t step = core::intAt(update, "step");
  const std::int64_t stopped = core::intAt(update, "stopped_at");
  const bool fails = update.contains("failure");
  Course course;
  std::int64_t at = core::intAt(update, "creation_time");
  for (auto state : kCourse) {
    if (stopped != 0 && at >= stopped) break;
    // What does not even load is found out when the graph is set up; a continuous pipeline has no end of its own.
    if (fails && state == "SETTING_UP_TABLES") state = "FAILED";
    if (state == "COMPLETED" && core::boolAt(update, "continuous")) break;
    course.then(state, at);
    if (isOver(state)) return course;
    at += step;
    if (state == "INITIALIZING" && core::boolAt(update, "full_refresh") && !fails) {
      if (stopped != 0 && at >= stopped) break;
      course.then("RESETTING", at);
      at += step;
    }
  }
  if (stopped != 0) course.then("STOPPING", stopped).then("CANCELED", stopped + step);
  return course;
}

std::string stateOf(const Json& update, std::int64_t now) {
  std::string state = courseOf(update).at(now).state;
  return state.empty() ? "QUEUED" : state;
}

std::vector<Json> eventsOf(const Json& update, const Json& origin, std::int64_t now) {
  const std::string id = core::stringAt(update, "update_id");
  std::vector<Json> events;
  const Course course = courseOf(update);
  for (const auto& step : course.stages()) {
    if (step.from > now) break;
    if (events.empty()) {
      Json created = eventOf(update, origin, 0, "create_update", step.from,
                             "Update " + id.substr(0, 6) + " started by " + core::stringAt(update, "cause") + ".");
      created["details"] = {{"create_update", {{"cause", core::stringAt(update, "cause")}}}};
      events.push_back(std::move(created));
    }
    Json event = eventOf(update, origin, events.size(), "update_progress", step.from,
                         "Update " + id.substr(0, 6) + " is " + step.state + ".");
    event["details"] = {{"update_progress", {{"state", step.state}}}};
    if (step.state == "FAILED") {
      std::string why = core::stringAt(update, "failure");
      event["level"] = "ERROR";
      event["message"] = "Update " + id.substr(0, 6) + " is FAILED: " + why;
      event["error"] = {
          {"fatal", true},
          {"exceptions",
           {{{"class_name", "com.databricks.pipelines.common.errors.DLTAnalysisException"}, {"message", why}}}}};
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace trowel::emulator
