// SPDX-License-Identifier: Apache-2.0
#include "emulator/apps/apps.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/server/fields.hpp"
#include "emulator/state/course.hpp"
#include "emulator/state/ids.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using enum FieldType;
using enum FieldUse;

constexpr Field kFields[] = {
    {"name", Text, Key},       {"description"},      {"resources", List},
    {"user_api_scopes", List}, {"budget_policy_id"}, {"compute_size", Text, Optional, "\"MEDIUM\""},
};
constexpr Field kDeploymentFields[] = {
    {"source_code_path", Text, Required}, {"mode", Text, Optional, "\"SNAPSHOT\""}, {"deployment_id"}};
constexpr std::size_t kMaxDeployments = 100;  // remembered for an app
constexpr std::string_view kInProgress = "IN_PROGRESS";

Reply<void> checkName(const std::string& name) {
  bool valid = name.size() >= 2 && name.size() <= 30 && std::all_of(name.begin(), name.end(), [](char c) {
                 return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
               });
  if (valid) return {};
  return invalidParameter(
      "App name must contain only lowercase letters, numbers, and dashes, and be between 2 and 30 "
      "characters long.");
}

std::unexpected<ApiError> notFound(const std::string& name) {
  return doesNotExist("App with name " + core::toValidUtf8(name) + " does not exist or is deleted.");
}

std::string messageOf(const std::string& computeState) {
  if (computeState == "ACTIVE") return "App compute is running.";
  if (computeState == "STOPPED") return "App compute is stopped.";
  return computeState == "STARTING" ? "App compute is starting." : "App compute is stopping.";
}

}  // namespace

Apps::Apps(World& world, std::chrono::milliseconds startTime, Exists exists)
    : world_(world), startTime_(startTime.count()), exists_(std::move(exists)), documents_(world.state, "app") {}

Reply<Json> Apps::find(const std::string& name) {
  auto app = documents_.find(name);
  if (!app) return notFound(name);
  return *std::move(app);
}

std::string Apps::computeState(const Json& app) const {
  std::string state = Course(core::arrayAt(app, "compute")).at(world_.now()).state;
  return state.empty() ? "STOPPED" : state;
}

Json Apps::starting() const {
  return Course().then("STARTING", world_.now()).then("ACTIVE", world_.now() + startTime_).toJson();
}

Json Apps::describedDeployment(const Json& deployment) const {
  Json described = deployment;
  std::string failure = core::stringAt(deployment, "failure");
  auto [state, since] = Course(core::arrayAt(deployment, "course")).at(world_.now());
  const bool over = state != kInProgress;
  described["status"] = {{"state", state},
                         {"message", !over             ? "Deployment is in progress."
                                     : failure.empty() ? "App started successfully"
                                                       : failure}};
  described["update_time"] = toIsoTime(over ? since : world_.now());
  described.erase("failure");
  described.erase("course");
  return described;
}

Json Apps::described(const Json& app, const std::string& host) const {
  Json all = app;
  std::string state = computeState(app);
  Json active;
  Json pending;
  for (const auto& deployment : core::arrayAt(app, "deployments")) {
    Json one = describedDeployment(deployment);
    std::string progress = core::stringAt(one["status"], "state");
    if (progress == "SUCCEEDED") active = one;
    if (progress == kInProgress) pending = one;
  }
  all.erase("deployments");
  all.erase("compute");
  all["compute_status"] = {{"state", state}, {"message", messageOf(state)}};
  bool runs = state == "ACTIVE" && !active.is_null();
  std::string_view status = runs ? "RUNNING" : state == "ACTIVE" && !pending.is_null() ? "DEPLOYING" : "UNAVAILABLE";
  all["app_status"] = {{"state", status}, {"message", runs ? "App is running" : "App status is unavailable."}};
  if (!active.is_null()) {
    all["default_source_code_path"] = core::stringAt(active, "source_code_path");
    all["active_deployment"] = std::move(active);
  }
  if (!pending.is_null()) all["pending_deployment"] = std::move(pending);
  all["url"] = host + "/apps/" + core::stringAt(app, "name");
  return all;
}

std::vector<Json> Apps::all(const std::string& host) {
  std::vector<Json> found;
  for (const auto& [name, app] : documents_.all()) found.push_back(described(app, host));
  return found;
}

Reply<Json> Apps::get(const std::string& name, const std::string& host) {
  Json app = TROWEL_TRY(find(name));
  return described(app, host);
}

Reply<Json> Apps::create(const Json& given, bool compute, const User& user, const std::string& host) {
  Json app = TROWEL_TRY(readNew(given, kFields));
  const std::string name = core::stringAt(app, "name");
  TROWEL_TRY(checkName(name));
  std::lock_guard lock(mutex_);
  if (documents_.find(name))
    return refuse(409, "RESOURCE_ALREADY_EXISTS", "An app with the same name already exists: " + name);
  std::string now = toIsoTime(world_.now());
  std::string principal = uuidOf("app:" + name);
  app.update({{"id", randomUuid()},
              {"creator", user.name},
              {"updater", user.name},
              {"create_time", now},
              {"update_time", now},
              {"service_principal_id", world_.ids.object()},
              {"service_principal_client_id", principal},
              {"service_principal_name", "app-" + principal.substr(0, 6) + " " + name},
              {"deployments", Json::array()},
              {"compute", compute ? starting() : Json::array()}});
  documents_.put(name, app);
  return described(app, host);
}

Reply<Json> Apps::change(const std::string& name, const Json& given, const User& user, const std::string& host) {
  Json changes = TROWEL_TRY(readChanges(given, kFields));
  std::lock_guard lock(mutex_);
  Json app = TROWEL_TRY(find(name));
  app.update(changes);
  app["updater"] = user.name;
  app["update_time"] = toIsoTime(world_.now());
  documents_.put(name, app);
  return described(app, host);
}

// As the service's answer to a deletion: the app on its way out.
Reply<Json> Apps::remove(const std::string& name, const std::string& host) {
  std::lock_guard lock(mutex_);
  Json app = TROWEL_TRY(find(name));
  documents_.remove(name);
  Json all = described(app, host);
  all["compute_status"] = {{"state", "DELETING"}, {"message", "App compute is being deleted."}};
  return all;
}

Reply<Json> Apps::start(const std::string& name, const std::string& host) {
  std::lock_guard lock(mutex_);
  Json app = TROWEL_TRY(find(name));
  std::string state = computeState(app);
  if (state != "STOPPED")
    return invalidState("Cannot start app " + name + " as its compute is in " + state + " state.");
  app["compute"] = starting();
  documents_.put(name, app);
  return described(app, host);
}

Reply<Json> Apps::stop(const std::string& name, const std::string& host) {
  std::lock_guard lock(mutex_);
  Json app = TROWEL_TRY(find(name));
  std::string state = computeState(app);
  if (state == "ACTIVE" || state == "STARTING") {
    app["compute"] = Course().then("STOPPING", world_.now()).then("STOPPED", world_.now() + startTime_ / 2).toJson();
    documents_.put(name, app);
  }
  return described(app, host);
}

// Deployments -----------------------------------------------------------------------------------------------------

Reply<Json> Apps::deploy(const std::string& name, const Json& given, const User& user) {
  Json deployment = TROWEL_TRY(readNew(given, kDeploymentFields));
  std::string mode = core::stringAt(deployment, "mode");
  if (mode != "SNAPSHOT" && mode != "AUTO_SYNC") return invalidParameter("Invalid value for field mode: " + mode);
  std::lock_guard lock(mutex_);
  Json app = TROWEL_TRY(find(name));
  if (std::string state = computeState(app); state != "ACTIVE")
    return invalidState("Cannot deploy app " + name + " as its compute is in " + state + " state.");
  Json& deployments = app["deployments"];
  if (!deployments.empty() && Course(core::arrayAt(deployments.back(), "course")).at(world_.now()).state == kInProgress)
    return refuse(409, "RESOURCE_CONFLICT",
                  "Cannot deploy app " + name + " as there is an active deployment in progress.");
  std::string source = core::stringAt(deployment, "source_code_path");
  if (!deployment.contains("deployment_id")) deployment["deployment_id"] = world_.ids.command();
  deployment.update({{"creator", user.name},
                     {"create_time", toIsoTime(world_.now())},
                     {"deployment_artifacts", {{"source_code_path", source}}}});
  const bool found = exists_(source);
  if (!found) deployment["failure"] = "Error downloading source code: path " + source + " does not exist.";
  deployment["course"] = Course()
                             .then(kInProgress, world_.now())
                             .then(found ? "SUCCEEDED" : "FAILED", world_.now() + startTime_ / 2)
                             .toJson();
  deployments.push_back(deployment);
  if (deployments.size() > kMaxDeployments) deployments.erase(0);
  documents_.put(name, app);
  return describedDeployment(deployment);
}

Reply<std::vector<Json>> Apps::deployments(const std::string& name) {
  Json app = TROWEL_TRY(find(name));
  std::vector<Json> found;
  for (const auto& deployment : core::arrayAt(app, "deployments")) found.push_back(describedDeployment(deployment));
  std::reverse(found.begin(), found.end());
  return found;
}

Reply<Json> Apps::deployment(const std::string& name, const std::string& id) {
  Json app = TROWEL_TRY(find(name));
  for (const auto& deployment : core::arrayAt(app, "deployments"))
    if (core::stringAt(deployment, "deployment_id") == id) return describedDeployment(deployment);
  return doesNotExist("Deployment " + core::toValidUtf8(id) + " of app " + name + " does not exist.");
}

}  // namespace trowel::emulator
