// SPDX-License-Identifier: Apache-2.0
// The two lists about clusters: the clusters themselves and the events of one. Each has an older form without tokens.
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "emulator/compute/compute_api.hpp"
#include "emulator/server/fields.hpp"
#include "emulator/server/paging.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kOldJobClusters = 30;  // terminated ones that 2.0 still lists
constexpr std::size_t kOldOthers = 200;

constexpr Field kListFields[] = {{"page_size", FieldType::Number}, {"page_token"}};
constexpr Field kEventFields[] = {{"start_time", FieldType::Number},
                                  {"end_time", FieldType::Number},
                                  {"page_size", FieldType::Number},
                                  {"limit", FieldType::Number},
                                  {"offset", FieldType::Number}};
constexpr std::string_view kEventTypes[] = {"CREATING",
                                            "STARTING",
                                            "RESTARTING",
                                            "TERMINATING",
                                            "EDITED",
                                            "RUNNING",
                                            "RESIZING",
                                            "UPSIZE_COMPLETED",
                                            "NODES_LOST",
                                            "NODE_BLACKLISTED",
                                            "NODE_EXCLUDED_DECOMMISSIONED",
                                            "DECOMMISSION_STARTED",
                                            "DECOMMISSION_ENDED",
                                            "DRIVER_HEALTHY",
                                            "DRIVER_UNAVAILABLE",
                                            "DRIVER_NOT_RESPONDING",
                                            "SPARK_EXCEPTION",
                                            "METASTORE_DOWN",
                                            "DBFS_DOWN",
                                            "INIT_SCRIPTS_STARTED",
                                            "INIT_SCRIPTS_FINISHED",
                                            "DID_NOT_EXPAND_DISK",
                                            "EXPANDED_DISK",
                                            "FAILED_TO_EXPAND_DISK",
                                            "AUTOSCALING_STATS_REPORT",
                                            "AUTOSCALING_BACKOFF",
                                            "AUTOSCALING_FAILED",
                                            "AUTOMATIC_CLUSTER_UPDATE",
                                            "CLUSTER_MIGRATED",
                                            "PINNED",
                                            "UNPINNED"};

bool contains(const std::vector<std::string>& values, const std::string& value) {
  return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

// A member of a nested parameter: dotted in a query, an object in a JSON body, or an object as JSON text in a query.
Json nested(const Call& call, const std::string& group, const char* member) {
  const Json& params = call.params();
  for (const std::string& name : {group + "." + member, group + "." + member + "[]"})
    if (params.contains(name)) return params[name];
  const Json& object = core::objectAt(params, group.c_str());
  if (object.contains(member)) return object[member];
  if (auto text = core::stringAt(params, group.c_str()); !text.empty())
    if (auto parsed = core::parseJson(text); parsed && parsed->is_object() && parsed->contains(member))
      return (*parsed)[member];
  return nullptr;
}

std::string textOf(const Json& value) {
  const Json holder{{"value", value}};
  return core::stringAt(holder, "value");
}

bool flagOf(const Json& value) {
  return value.is_boolean() ? value.get<bool>() : core::equalsIgnoreCase(textOf(value), "true");
}

std::vector<std::string> textsOf(const Json& value) {
  std::vector<std::string> all;
  if (value.is_string()) all.push_back(value.get<std::string>());
  if (value.is_array())
    for (const auto& item : value)
      if (item.is_string()) all.push_back(item.get<std::string>());
  return all;
}

// Each value is one of the enum's, or the service refuses the whole call.
Reply<std::vector<std::string>> choices(const Call& call, const char* member,
                                        std::initializer_list<std::string_view> known) {
  auto values = textsOf(nested(call, "filter_by", member));
  for (const auto& value : values)
    if (std::find(known.begin(), known.end(), value) == known.end())
      return invalidParameter("Invalid value for filter_by." + std::string(member) + ": " + core::toValidUtf8(value));
  return values;
}

std::vector<Json> visible(Compute& compute, const Call& call) {
  std::vector<Json> all;
  for (auto& cluster : compute.clusters().describeAll()) {
    auto id = core::stringAt(cluster, "cluster_id");
    auto owner = core::stringAt(cluster, "creator_user_name");
    if (hasRight(compute.grants(), call.caller(), id, owner, ClusterRight::Attach)) all.push_back(std::move(cluster));
  }
  return all;
}

// 2.0 gives everything at once, but of what has ended only the latest.
Reply<Response> listAll(Compute& compute, const Call& call) {
  auto all = visible(compute, call);
  auto endedBefore = [](const Json& a, const Json& b) {
    return core::intAt(a, "terminated_time") > core::intAt(b, "terminated_time");
  };
  std::vector<Json> ended;
  for (const auto& cluster : all)
    if (cluster.contains("terminated_time") && !cluster.contains("pinned_by_user_name")) ended.push_back(cluster);
  std::stable_sort(ended.begin(), ended.end(), endedBefore);
  std::size_t jobs = 0;
  std::size_t others = 0;
  std::vector<std::string> dropped;
  for (const auto& cluster : ended) {
    bool job = core::stringAt(cluster, "cluster_source") == "JOB";
    if ((job ? ++jobs : ++others) > (job ? kOldJobClusters : kOldOthers))
      dropped.push_back(core::stringAt(cluster, "cluster_id"));
  }
  Json shown = Json::array();
  for (auto& cluster : all)
    if (dropped.empty() || !contains(dropped, core::stringAt(cluster, "cluster_id")))
      shown.push_back(std::move(cluster));
  return jsonResponse(shown.empty() ? Json::object() : Json{{"clusters", std::move(shown)}});
}

Reply<std::vector<Json>> filtered(Compute& compute, const Call& call) {
  auto states = TROWEL_TRY(
      choices(call, "cluster_states",
              {"PENDING", "RUNNING", "RESTARTING", "RESIZING", "TERMINATING", "TERMINATED", "ERROR", "UNKNOWN"}));
  auto sources = TROWEL_TRY(
      choices(call, "cluster_sources", {"UI", "JOB", "API", "SQL", "MODELS", "PIPELINE", "PIPELINE_MAINTENANCE"}));
  auto policy = textOf(nested(call, "filter_by", "policy_id"));
  Json pinned = nested(call, "filter_by", "is_pinned");
  auto all = visible(compute, call);
  std::erase_if(all, [&](const Json& cluster) {
    if (!contains(states, core::stringAt(cluster, "state"))) return true;
    if (!contains(sources, core::stringAt(cluster, "cluster_source"))) return true;
    if (!policy.empty() && core::stringAt(cluster, "policy_id") != policy) return true;
    return !pinned.is_null() && flagOf(pinned) != cluster.contains("pinned_by_user_name");
  });
  return all;
}

Reply<Response> listPage(Compute& compute, const Call& call) {
  TROWEL_TRY(readNew(call.params(), kListFields));
  auto field = textOf(nested(call, "sort_by", "field"));
  auto direction = textOf(nested(call, "sort_by", "direction"));
  if (!field.empty() && field != "CLUSTER_NAME" && field != "DEFAULT")
    return invalidParameter("Invalid value for sort_by.field: " + core::toValidUtf8(field));
  if (!direction.empty() && direction != "ASC" && direction != "DESC")
    return invalidParameter("Invalid value for sort_by.direction: " + core::toValidUtf8(direction));
  auto page = TROWEL_TRY(readPage(call, "page_size", 20, 100));
  auto all = TROWEL_TRY(filtered(compute, call));
  if (field == "CLUSTER_NAME")
    std::stable_sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
      return core::stringAt(a, "cluster_name") < core::stringAt(b, "cluster_name");
    });
  if (direction == "DESC") std::reverse(all.begin(), all.end());

  Json body = Json::object();
  Json shown = Json::array();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) shown.push_back(std::move(all[i]));
  if (!shown.empty()) body["clusters"] = std::move(shown);
  setNextPage(body, page, all.size());
  if (page.offset > 0) body["prev_page_token"] = pageToken(page.offset - std::min(page.offset, page.size));
  return jsonResponse(body);
}

struct EventPage {
  Page page;
  bool byToken = false;  // else by offset and limit, which is deprecated
};

Reply<EventPage> readEventPage(const Call& call, const std::string& order) {
  const Json& params = call.params();
  bool byOffset = params.contains("limit") || params.contains("offset");
  if (!byOffset) {
    auto page = TROWEL_TRY(readPage(call, "page_size", 50, 500));
    return EventPage{page, params.contains("page_size") || params.contains("page_token")};
  }
  auto page = TROWEL_TRY(readPage(call, "limit", 50, 500));
  auto offset = call.number("offset");
  if (offset < 0) return invalidParameter("offset must not be negative.");
  // Counted from the newest: without an end, events that arrive meanwhile would move the rest.
  if (offset > 0 && order == "DESC" && !params.contains("end_time"))
    return invalidParameter("end_time is required when offset is used with the order DESC.");
  page.offset = static_cast<std::size_t>(offset);
  return EventPage{page, false};
}

Reply<Response> events(Compute& compute, const Call& call) {
  auto id = TROWEL_TRY(call.required("cluster_id"));
  TROWEL_TRY(readNew(call.params(), kEventFields));
  const std::string order = call.text("order", "DESC");
  if (order != "ASC" && order != "DESC")
    return invalidParameter("Invalid value for order: " + core::toValidUtf8(order));
  auto [page, byToken] = TROWEL_TRY(readEventPage(call, order));
  auto types = call.texts("event_types");
  for (const auto& type : types)
    if (std::find(std::begin(kEventTypes), std::end(kEventTypes), type) == std::end(kEventTypes))
      return invalidParameter("Invalid value for event_types: " + core::toValidUtf8(type));
  std::int64_t from = call.number("start_time");
  std::int64_t to = call.number("end_time", std::numeric_limits<std::int64_t>::max());
  if (auto status = compute.clusters().status(id)) {
    auto allowed = requireRight(compute.grants(), call.caller(), id, status->owner, ClusterRight::Attach);
    if (!allowed) return std::unexpected(allowed.error());
  }
  std::vector<Json> found;
  Json all = TROWEL_TRY(compute.clusters().events(id));
  for (auto& event : all) {
    std::int64_t time = core::intAt(event, "timestamp");
    if (time >= from && time <= to && contains(types, core::stringAt(event, "type"))) found.push_back(std::move(event));
  }
  if (order == "DESC") std::reverse(found.begin(), found.end());

  auto newest = found.empty() ? 0 : core::intAt(found.front(), "timestamp");

  Json body = Json::object();
  Json shown = Json::array();
  for (std::size_t i = page.begin(found.size()); i < page.end(found.size()); ++i) shown.push_back(std::move(found[i]));
  if (!shown.empty()) body["events"] = std::move(shown);
  body["total_count"] = byToken ? 0 : found.size();
  if (byToken) {
    setNextPage(body, page, found.size());
    if (page.offset > 0) body["prev_page_token"] = pageToken(page.offset - std::min(page.offset, page.size));
  } else if (page.end(found.size()) < found.size()) {
    Json next{{"cluster_id", id}, {"order", order}, {"offset", page.end(found.size())}, {"limit", page.size}};
    if (call.params().contains("start_time")) next["start_time"] = from;
    if (call.params().contains("end_time"))
      next["end_time"] = to;
    else if (order == "DESC")
      next["end_time"] = newest;
    if (!types.empty()) next["event_types"] = types;
    body["next_page"] = std::move(next);
  }
  return jsonResponse(body);
}

}  // namespace

void addClusterListRoutes(Router& router, Compute& compute) {
  router.add("GET", "/api/2.0/clusters/list", [&compute](const Call& call) { return listAll(compute, call); });
  router.add("GET", "/api/2.1/clusters/list", [&compute](const Call& call) { return listPage(compute, call); });
  for (const char* path : {"/api/2.0/clusters/events", "/api/2.1/clusters/events"})
    router.add("POST", path, [&compute](const Call& call) { return events(compute, call); });
}

}  // namespace trowel::emulator
