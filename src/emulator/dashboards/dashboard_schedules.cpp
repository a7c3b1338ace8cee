// SPDX-License-Identifier: Apache-2.0
#include "emulator/dashboards/dashboard_schedules.hpp"

#include <nlohmann/json.hpp>

#include "emulator/server/fields.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using enum FieldType;
using enum FieldUse;

constexpr Field kFields[] = {{"cron_schedule", Object, Required},
                             {"display_name"},
                             {"pause_status", Text, Optional, "\"UNPAUSED\""},
                             {"warehouse_id"}};
constexpr Field kSubscriptionFields[] = {{"subscriber", Object, Required}, {"skip_notify", Flag}};

std::unexpected<ApiError> missing(std::string_view what, const std::string& id) {
  return doesNotExist("Unable to find " + std::string(what) + " [" + core::toValidUtf8(id) + "]");
}

Reply<void> checkEtag(const Json& object, const std::string& etag) {
  if (etag.empty() || etag == core::stringAt(object, "etag")) return {};
  return refuse(409, "RESOURCE_CONFLICT", "Invalid etag: " + core::toValidUtf8(etag));
}

Reply<Json> read(const Json& given) {
  Json schedule = TROWEL_TRY(readNew(given, kFields));
  const Json& cron = schedule["cron_schedule"];
  for (auto field : {"quartz_cron_expression", "timezone_id"})
    if (core::stringAt(cron, field).empty()) return missingField("cron_schedule." + std::string(field));
  std::string status = core::stringAt(schedule, "pause_status");
  if (status != "UNPAUSED" && status != "PAUSED")
    return invalidParameter("Invalid value for field pause_status: " + status);
  return schedule;
}

// Exactly one of a user and a destination.
Reply<void> checkSubscriber(const Json& subscriber) {
  std::int64_t user = core::intAt(core::objectAt(subscriber, "user_subscriber"), "user_id");
  std::string destination = core::stringAt(core::objectAt(subscriber, "destination_subscriber"), "destination_id");
  if ((user != 0) != !destination.empty()) return {};
  return invalidParameter("subscriber must name either a user_subscriber or a destination_subscriber.");
}

Json shown(Json schedule) {
  schedule.erase("subscriptions");
  return schedule;
}

}  // namespace

DashboardSchedules::DashboardSchedules(World& world) : world_(world), documents_(world.state, "dashboard.schedule") {}

Reply<Json> DashboardSchedules::find(const std::string& dashboard, const std::string& id) const {
  auto schedule = documents_.find(dashboard + "/" + id);
  if (!schedule) return missing("schedule", id);
  return *std::move(schedule);
}

std::vector<Json> DashboardSchedules::all(const std::string& dashboard) const {
  std::vector<Json> found;
  for (auto& [key, schedule] : documents_.all())
    if (key.starts_with(dashboard + "/")) found.push_back(shown(std::move(schedule)));
  return found;
}

Reply<Json> DashboardSchedules::get(const std::string& dashboard, const std::string& id) const {
  Json schedule = TROWEL_TRY(find(dashboard, id));
  return shown(std::move(schedule));
}

Reply<Json> DashboardSchedules::store(Json schedule) {
  schedule["update_time"] = toIsoTime(world_.now());
  schedule["etag"] = core::randomHex(16);
  documents_.put(core::stringAt(schedule, "dashboard_id") + "/" + core::stringAt(schedule, "schedule_id"), schedule);
  return shown(std::move(schedule));
}

Reply<Json> DashboardSchedules::create(const std::string& dashboard, const Json& given) {
  Json schedule = TROWEL_TRY(read(given));
  schedule.update({{"schedule_id", world_.ids.command()},
                   {"dashboard_id", dashboard},
                   {"create_time", toIsoTime(world_.now())},
                   {"subscriptions", Json::array()}});
  std::lock_guard lock(mutex_);
  return store(std::move(schedule));
}

Reply<Json> DashboardSchedules::replace(const std::string& dashboard, const std::string& id, const Json& given) {
  Json wanted = TROWEL_TRY(read(given));
  std::lock_guard lock(mutex_);
  Json schedule = TROWEL_TRY(find(dashboard, id));
  TROWEL_TRY(checkEtag(schedule, core::stringAt(given, "etag")));
  for (auto field : {"schedule_id", "dashboard_id", "create_time", "subscriptions"}) wanted[field] = schedule[field];
  return store(std::move(wanted));
}

Reply<void> DashboardSchedules::remove(const std::string& dashboard, const std::string& id, const std::string& etag) {
  std::lock_guard lock(mutex_);
  Json schedule = TROWEL_TRY(find(dashboard, id));
  TROWEL_TRY(checkEtag(schedule, etag));
  documents_.remove(dashboard + "/" + id);
  return {};
}

// Subscriptions ---------------------------------------------------------------------------------------------------

Reply<std::vector<Json>> DashboardSchedules::subscriptions(const std::string& dashboard,
                                                           const std::string& schedule) const {
  Json found = TROWEL_TRY(find(dashboard, schedule));
  return std::vector<Json>(found["subscriptions"].begin(), found["subscriptions"].end());
}

Reply<Json> DashboardSchedules::subscription(const std::string& dashboard, const std::string& schedule,
                                             const std::string& id) const {
  auto all = TROWEL_TRY(subscriptions(dashboard, schedule));
  for (auto& one : all)
    if (core::stringAt(one, "subscription_id") == id) return std::move(one);
  return missing("subscription", id);
}

Reply<Json> DashboardSchedules::subscribe(const std::string& dashboard, const std::string& schedule, const Json& given,
                                          const User& user) {
  Json subscription = TROWEL_TRY(readNew(given, kSubscriptionFields));
  TROWEL_TRY(checkSubscriber(subscription["subscriber"]));
  std::string now = toIsoTime(world_.now());
  subscription.update({{"subscription_id", world_.ids.command()},
                       {"dashboard_id", dashboard},
                       {"schedule_id", schedule},
                       {"created_by_user_id", std::strtoll(user.id.c_str(), nullptr, 10)},
                       {"create_time", now},
                       {"update_time", now},
                       {"etag", core::randomHex(16)}});
  std::lock_guard lock(mutex_);
  Json found = TROWEL_TRY(find(dashboard, schedule));
  found["subscriptions"].push_back(subscription);
  documents_.put(dashboard + "/" + schedule, found);
  return subscription;
}

Reply<void> DashboardSchedules::unsubscribe(const std::string& dashboard, const std::string& schedule,
                                            const std::string& id, const std::string& etag) {
  std::lock_guard lock(mutex_);
  Json found = TROWEL_TRY(find(dashboard, schedule));
  Json& all = found["subscriptions"];
  for (auto it = all.begin(); it != all.end(); ++it) {
    if (core::stringAt(*it, "subscription_id") != id) continue;
    TROWEL_TRY(checkEtag(*it, etag));
    all.erase(it);
    documents_.put(dashboard + "/" + schedule, found);
    return {};
  }
  return missing("subscription", id);
}

}  // namespace trowel::emulator
