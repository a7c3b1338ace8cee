// SPDX-License-Identifier: Apache-2.0
#include "emulator/execution/host_calls.hpp"

#include <nlohmann/json.hpp>

#include "emulator/jobs/task_runner.hpp"

namespace trowel::emulator {

using core::Json;

void HostCalls::add(const std::string& name, Handler handler) { handlers_[name] = std::move(handler); }

Reply<Json> HostCalls::answer(const std::string& name, const HostCall& call) const {
  auto it = handlers_.find(name);
  if (it == handlers_.end()) return refuse(501, "NOT_IMPLEMENTED", "The Trowel emulator has no " + name + ".");
  return it->second(call);
}

void addTaskValueCalls(HostCalls& calls) {
  calls.add("taskValues/set", [](const HostCall& call) -> Reply<Json> {
    auto key = core::stringAt(call.parameters, "key");
    if (key.empty()) return missingField("key");
    auto value = call.parameters.find("value");
    if (value == call.parameters.end()) return missingField("value");
    if (call.origin.task && !call.origin.task->setTaskValue(key, *value))
      return invalidParameter("The value of the task value " + key + " is longer than 48 KiB as JSON.");
    return Json::object();
  });
  calls.add("taskValues/get", [](const HostCall& call) -> Reply<Json> {
    auto task = core::stringAt(call.parameters, "taskKey");
    auto key = core::stringAt(call.parameters, "key");
    auto value = call.origin.task ? call.origin.task->taskValue(task, key) : std::nullopt;
    if (!value) return doesNotExist("Task " + task + " has set no task value with the key " + key + ".");
    return Json{{"value", *value}};
  });
}

}  // namespace trowel::emulator
