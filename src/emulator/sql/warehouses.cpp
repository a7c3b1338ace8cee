// SPDX-License-Identifier: Apache-2.0
#include "emulator/sql/warehouses.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/server/fields.hpp"
#include "emulator/state/course.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using enum FieldType;
using enum FieldUse;

constexpr Field kFields[] = {
    {"name", Text, Required},
    {"cluster_size", Text, Required},
    {"min_num_clusters", Number, Optional, "1"},
    {"max_num_clusters", Number, Optional, "1"},
    {"auto_stop_mins", Number, Optional, "120"},
    {"enable_photon", Flag, Optional, "true"},
    {"enable_serverless_compute", Flag, Optional, "false"},
    {"warehouse_type", Text, Optional, "\"PRO\""},
    {"spot_instance_policy", Text, Optional, "\"COST_OPTIMIZED\""},
    {"channel", Object, Optional, R"({"name":"CHANNEL_NAME_CURRENT"})"},
    {"tags", Object},
    {"instance_profile_arn"},
};

constexpr std::string_view kSizes[] = {"2X-Small", "X-Small",  "Small",    "Medium",   "Large",
                                       "X-Large",  "2X-Large", "3X-Large", "4X-Large", "5X-Large"};

std::unexpected<ApiError> notFound(const std::string& id) {
  return doesNotExist("SQL warehouse " + core::toValidUtf8(id) + " does not exist.");
}

constexpr std::int64_t kMaxAutoStop = 7 * 24 * 60;  // minutes

// Other members than custom_tags are no fields of the service's tags, and ignored as such.
Json withKnownTags(Json spec) {
  auto tags = spec.find("tags");
  if (tags == spec.end()) return spec;
  Json known = Json::object();
  if (auto custom = tags->find("custom_tags"); custom != tags->end() && custom->is_array())
    known["custom_tags"] = *custom;
  *tags = std::move(known);
  return spec;
}

// {"custom_tags":[{"key","value"}]}
Reply<void> checkTags(const Json& tags) {
  for (const auto& tag : core::arrayAt(tags, "custom_tags")) {
    bool texts = tag.is_object();
    for (auto field : {"key", "value"}) texts = texts && (!tag.contains(field) || tag.at(field).is_string());
    if (!texts)
      return malformedRequest("Could not parse request object: Expected 'VALUE_STRING' for field custom_tags");
    if (core::stringAt(tag, "key").empty()) return missingField("custom_tags.key");
  }
  return {};
}

Reply<void> check(const Json& spec) {
  auto size = core::stringAt(spec, "cluster_size");
  if (std::find(std::begin(kSizes), std::end(kSizes), size) == std::end(kSizes))
    return invalidParameter("Invalid cluster size: " + size);
  auto type = core::stringAt(spec, "warehouse_type");
  if (type != "PRO" && type != "CLASSIC") return invalidParameter("Invalid warehouse type: " + type);
  bool serverless = core::boolAt(spec, "enable_serverless_compute");
  if (serverless && type != "PRO") return invalidParameter("Serverless compute requires the warehouse type PRO.");
  auto minutes = core::intAt(spec, "auto_stop_mins");
  if (minutes != 0 && (minutes < (serverless ? 1 : 10) || minutes > kMaxAutoStop))
    return invalidParameter("auto_stop_mins must be 0 or at least " + std::string(serverless ? "1" : "10") +
                            ", and at most " + std::to_string(kMaxAutoStop) + ".");
  TROWEL_TRY(checkTags(core::objectAt(spec, "tags")));
  auto least = core::intAt(spec, "min_num_clusters");
  auto most = core::intAt(spec, "max_num_clusters");
  if (least < 1 || most < least || most > 40)
    return invalidParameter("min_num_clusters and max_num_clusters must be between 1 and 40, in this order.");
  return {};
}

}  // namespace

Warehouses::Warehouses(World& world, std::chrono::milliseconds startTime)
    : world_(world), startTime_(startTime.count()), documents_(world.state, "sql.warehouse") {}

Reply<void> Warehouses::requireFreeName(const std::string& name, const std::string& except) {
  for (const auto& [id, warehouse] : documents_.all())
    if (id != except && core::stringAt(core::objectAt(warehouse, "spec"), "name") == name)
      return alreadyExists("SQL warehouse with name `" + name + "` already exists.");
  return {};
}

Reply<std::string> Warehouses::create(const Json& given, const User& user) {
  Json read = TROWEL_TRY(readNew(given, kFields));
  Json spec = withKnownTags(std::move(read));
  TROWEL_TRY(check(spec));
  std::lock_guard lock(mutex_);
  TROWEL_TRY(requireFreeName(core::stringAt(spec, "name"), ""));
  std::string id = world_.ids.warehouse();
  Json warehouse{{"spec", spec}, {"creator", user.name}};
  setOut(id, warehouse, "STARTING", "RUNNING", startTime_);
  return id;
}

Reply<void> Warehouses::edit(const std::string& id, const Json& given) {
  Json read = TROWEL_TRY(readChanges(given, kFields));
  Json changes = withKnownTags(std::move(read));
  std::lock_guard lock(mutex_);
  Json warehouse = TROWEL_TRY(find(id));
  Json spec = warehouse["spec"];
  spec.update(changes);
  TROWEL_TRY(check(spec));
  TROWEL_TRY(requireFreeName(core::stringAt(spec, "name"), id));
  bool resized = core::stringAt(spec, "cluster_size") != core::stringAt(warehouse["spec"], "cluster_size");
  const std::string state = stateOf(id, warehouse);
  warehouse["spec"] = std::move(spec);
  // Another size is other machines; and another auto_stop_mins does not wake what has stopped.
  if (resized && state == "RUNNING")
    setOut(id, warehouse, "STARTING", "RUNNING", startTime_ / 2);
  else if (state == "STOPPED")
    setOut(id, warehouse, "STOPPING", "STOPPED", 0);
  else
    documents_.put(id, warehouse);
  return {};
}

Reply<void> Warehouses::start(const std::string& id) {
  std::lock_guard lock(mutex_);
  Json warehouse = TROWEL_TRY(find(id));
  auto state = stateOf(id, warehouse);
  if (state == "STOPPED" || state == "STOPPING") setOut(id, warehouse, "STARTING", "RUNNING", startTime_);
  return {};
}

Reply<void> Warehouses::stop(const std::string& id) {
  std::lock_guard lock(mutex_);
  Json warehouse = TROWEL_TRY(find(id));
  auto state = stateOf(id, warehouse);
  if (state == "RUNNING" || state == "STARTING") setOut(id, warehouse, "STOPPING", "STOPPED", startTime_ / 2);
  return {};
}

Reply<void> Warehouses::remove(const std::string& id) {
  std::lock_guard lock(mutex_);
  if (!documents_.remove(id)) return notFound(id);
  return {};
}

Reply<std::chrono::milliseconds> Warehouses::use(const std::string& id) {
  std::lock_guard lock(mutex_);
  Json warehouse = TROWEL_TRY(find(id));
  if (stateOf(id, warehouse) == "STOPPED") setOut(id, warehouse, "STARTING", "RUNNING", startTime_);
  if (stateOf(id, warehouse) == "RUNNING") return std::chrono::milliseconds(0);
  const std::int64_t end = Course(core::arrayAt(warehouse, "course")).end();
  return std::chrono::milliseconds(std::max<std::int64_t>(1, end - world_.now()));
}

void Warehouses::statementBegins(const std::string& id) {
  std::lock_guard lock(mutex_);
  ++statements_[id];
}

void Warehouses::statementEnds(const std::string& id) {
  std::lock_guard lock(mutex_);
  --statements_[id];
  auto warehouse = documents_.find(id);
  if (!warehouse) return;
  (*warehouse)["active"] = world_.now();
  documents_.put(id, *warehouse);
}

Reply<Json> Warehouses::find(const std::string& id) {
  auto warehouse = documents_.find(id);
  if (!warehouse) return notFound(id);
  return *std::move(warehouse);
}

// From now on the warehouse is on its `way` to the `goal`.
void Warehouses::setOut(const std::string& id, Json& warehouse, std::string_view way, std::string_view goal,
                        std::int64_t milliseconds) {
  warehouse["course"] = Course().then(way, world_.now()).then(goal, world_.now() + milliseconds).toJson();
  documents_.put(id, warehouse);
}

std::string Warehouses::stateOf(const std::string& id, const Json& warehouse) {
  auto [state, since] = Course(core::arrayAt(warehouse, "course")).at(world_.now());
  if (state.empty()) return "STOPPED";
  const std::int64_t minutes = core::intAt(core::objectAt(warehouse, "spec"), "auto_stop_mins");
  if (state != "RUNNING" || minutes == 0 || statements_[id] != 0) return state;
  const std::int64_t idleSince = std::max(since, core::intAt(warehouse, "active"));
  return world_.now() >= idleSince + minutes * 60'000 ? "STOPPED" : state;
}

Reply<Json> Warehouses::describe(const std::string& id, const std::string& host) {
  std::lock_guard lock(mutex_);
  Json warehouse = TROWEL_TRY(find(id));
  return described(id, warehouse, host);
}

std::vector<Json> Warehouses::describeAll(const std::string& host) {
  std::lock_guard lock(mutex_);
  std::vector<Json> all;
  for (const auto& [id, warehouse] : documents_.all()) all.push_back(described(id, warehouse, host));
  std::sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
    return std::pair(core::stringAt(a, "name"), core::stringAt(a, "id")) <
           std::pair(core::stringAt(b, "name"), core::stringAt(b, "id"));
  });
  return all;
}

Json Warehouses::described(const std::string& id, const Json& warehouse, const std::string& host) {
  Json all = core::objectAt(warehouse, "spec");
  const std::string state = stateOf(id, warehouse);
  const std::string path = "/sql/1.0/warehouses/" + id;
  // "http://127.0.0.1:8080" -> http, 127.0.0.1, 8080
  auto slashes = host.find("://");
  auto colon = host.rfind(':');
  std::string protocol = host.substr(0, slashes);
  bool hasPort = colon != slashes;
  std::string name = host.substr(slashes + 3, (hasPort ? colon : host.size()) - slashes - 3);
  std::string port = hasPort ? host.substr(colon + 1) : "443";
  all["id"] = id;
  all["state"] = state;
  all["creator_name"] = core::stringAt(warehouse, "creator");
  all["num_clusters"] = state == "RUNNING" ? core::intAt(all, "min_num_clusters", 1) : 0;
  all["num_active_sessions"] = statements_[id];
  all["jdbc_url"] =
      "jdbc:spark://" + name + ":" + port + "/default;transportMode=http;ssl=1;AuthMech=3;httpPath=" + path + ";";
  all["odbc_params"] = {{"hostname", name}, {"path", path}, {"protocol", protocol}, {"port", std::stoi(port)}};
  all["health"] = Json::object();
  if (state == "RUNNING") all["health"]["status"] = "HEALTHY";
  return all;
}

}  // namespace trowel::emulator
