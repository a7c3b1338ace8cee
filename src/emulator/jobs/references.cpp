// SPDX-License-Identifier: Apache-2.0
// The names are those of the service's dynamic value references; the older ones without dots came before them and
// still work. Times are UTC.
#include "emulator/jobs/references.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "emulator/jobs/run_states.hpp"
#include "emulator/jobs/task_rules.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::optional<std::string> timePart(std::int64_t milliseconds, std::string_view part) {
  using namespace std::chrono;
  auto moment = sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(milliseconds));
  auto day = floor<days>(moment);
  year_month_day date(day);
  hh_mm_ss time(floor<seconds>(moment - day));
  weekday today(day);
  auto year = static_cast<int>(date.year());
  auto month = static_cast<unsigned>(date.month());
  auto monthDay = static_cast<unsigned>(date.day());
  if (part == "iso_date") return fmt::format("{:04}-{:02}-{:02}", year, month, monthDay);
  if (part == "iso_datetime")
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", year, month, monthDay, time.hours().count(),
                       time.minutes().count(), time.seconds().count(), milliseconds % 1000);
  if (part == "timestamp_ms") return std::to_string(milliseconds);
  if (part == "year") return std::to_string(year);
  if (part == "month") return std::to_string(month);
  if (part == "day") return std::to_string(monthDay);
  if (part == "hour") return std::to_string(time.hours().count());
  if (part == "minute") return std::to_string(time.minutes().count());
  if (part == "second") return std::to_string(time.seconds().count());
  if (part == "iso_weekday") return std::to_string(today.iso_encoding());
  if (part == "is_weekday") return today.iso_encoding() <= 5 ? "true" : "false";
  return std::nullopt;
}

// "prefix.rest" -> rest
bool within(std::string_view name, std::string_view prefix, std::string& rest) {
  if (!name.starts_with(prefix)) return false;
  rest = name.substr(prefix.size());
  return !rest.empty();
}

// {{input}} as it came, {{input.a.b}} a member of it.
std::optional<std::string> inputPart(const std::string& input, const std::string& path) {
  auto document = core::parseJson(input);
  if (!document) return std::nullopt;
  const Json* value = &*document;
  for (auto step : core::split(path, '.')) {
    if (!value->is_object()) return std::nullopt;
    auto it = value->find(step);
    if (it == value->end()) return std::nullopt;
    value = &*it;
  }
  return plainText(*value);
}

}  // namespace

std::string plainText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : core::dumpJson(value);
}

References::References(const JobRun& run, const Attempt& attempt, const WorkspaceFacts& workspace)
    : run_(run), attempt_(attempt), workspace_(workspace), parameters_(run.effectiveParameters()) {}

std::string References::fill(const std::string& text) const {
  std::string filled;
  std::size_t at = 0;
  for (;;) {
    auto open = text.find("{{", at);
    auto close = open == std::string::npos ? open : text.find("}}", open + 2);
    if (close == std::string::npos) return filled + text.substr(at);
    // The innermost pair: "{{{{job.id}}" holds one reference.
    open = text.rfind("{{", close - 1);
    filled += text.substr(at, open - at);
    std::string value;
    if (lookUp(std::string(core::trim(std::string_view(text).substr(open + 2, close - open - 2))), value))
      filled += value;
    else
      filled += text.substr(open, close + 2 - open);
    at = close + 2;
  }
}

Json References::fill(Json value) const {
  if (value.is_string()) return fill(value.get<std::string>());
  if (value.is_array())
    for (auto& item : value) item = fill(std::move(item));
  if (!value.is_object()) return value;
  for (auto& [name, item] : value.items()) {
    // The task within a for_each task is filled for each iteration, which knows its input.
    bool loop = name == "for_each_task" && item.is_object() && item.contains("task");
    Json nested = loop ? std::move(item["task"]) : Json();
    item = fill(std::move(item));
    if (loop) item["task"] = std::move(nested);
  }
  return value;
}

bool References::lookUp(const std::string& name, std::string& value) const {
  std::string rest;
  auto set = [&](std::string found) {
    value = std::move(found);
    return true;
  };
  if (attempt_.parent != 0) {
    if (name == "input") return set(attempt_.input);
    if (within(name, "input.", rest)) {
      auto part = inputPart(attempt_.input, rest);
      return part && set(*part);
    }
  }
  if (name == "task.name" || name == "task_key") return set(attempt_.taskKey);
  if (name == "task.run_id" || name == "run_id") return set(std::to_string(attempt_.runId));
  if (name == "task.execution_count") return set(std::to_string(attempt_.number + 1));
  if (name == "task_retry_count") return set(std::to_string(attempt_.number));
  if (name == "task.notebook_path")
    return set(core::stringAt(core::objectAt(run_.taskOf(attempt_), "notebook_task"), "notebook_path"));
  if (name == "job_id") return set(std::to_string(run_.jobId));
  if (name == "parent_run_id") return set(std::to_string(run_.id));
  if (name == "start_date") return set(timePart(run_.startTime, "iso_date").value());
  if (name == "start_time") return set(std::to_string(run_.startTime));
  if (name == "workspace.id") return set(workspace_.id);
  if (name == "workspace.url") return set(workspace_.url);
  if (within(name, "job.", rest)) return ofJob(rest, value);
  if (within(name, "tasks.", rest)) return ofOtherTask(rest, value);
  return false;
}

bool References::ofJob(const std::string& name, std::string& value) const {
  std::string rest;
  auto set = [&](std::string found) {
    value = std::move(found);
    return true;
  };
  if (name == "id") return set(std::to_string(run_.jobId));
  if (name == "name") return set(run_.name);
  if (name == "run_id") return set(std::to_string(run_.id));
  if (name == "repair_count") return set(std::to_string(run_.parts.empty() ? 0 : run_.parts.size() - 1));
  if (name == "trigger.type") return set(core::toLower(run_.trigger));
  if (name == "trigger.file_arrival.location" && run_.trigger == "FILE_ARRIVAL")
    return set(core::stringAt(core::objectAt(core::objectAt(*run_.settings, "trigger"), "file_arrival"), "url"));
  if (within(name, "start_time.", rest) || within(name, "trigger.time.", rest)) {
    auto part = timePart(run_.startTime, rest);
    return part && set(*part);
  }
  if (within(name, "parameters.", rest)) {
    auto it = parameters_.find(rest);
    if (it == parameters_.end()) return false;
    std::string text = plainText(*it);
    // A default may itself refer to the run, but not to parameters again: that could go in circles.
    return set(text.find("job.parameters.") == std::string::npos ? fill(text) : text);
  }
  return false;
}

bool References::ofOtherTask(const std::string& name, std::string& value) const {
  auto dot = name.find('.');
  if (dot == std::string::npos) return false;
  std::string key = name.substr(0, dot);
  std::string field = name.substr(dot + 1);
  std::string rest;
  auto set = [&](std::string found) {
    value = std::move(found);
    return true;
  };
  if (within(field, "values.", rest)) {
    auto task = run_.taskValues.find(key);
    if (task == run_.taskValues.end()) return false;
    auto found = task->second.find(rest);
    return found != task->second.end() && set(plainText(found->second));
  }
  const Attempt* task = run_.latest(key);
  if (!task) return false;
  if (field == "run_id") return set(std::to_string(task->runId));
  if (field == "execution_count") return set(std::to_string(task->number + 1));
  if (field == "result_state" && !task->active()) return set(core::toLower(resultState(task->ending)));
  if (field == "error_code") return task->active() ? false : set(std::string(terminationOf(task->ending).code));
  if (field == "notebook_path")
    return set(core::stringAt(core::objectAt(run_.taskNamed(key), "notebook_task"), "notebook_path"));
  return false;
}

}  // namespace trowel::emulator
