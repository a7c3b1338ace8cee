// SPDX-License-Identifier: Apache-2.0
#include "emulator/compute/cluster_api.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "emulator/compute/cluster_catalog.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

// Page tokens are opaque to clients: base64 of an offset.
std::string pageToken(std::size_t offset) { return core::toBase64("offset:" + std::to_string(offset)); }

Reply<std::size_t> offsetOf(const std::string& token) {
  if (token.empty()) return 0;
  auto decoded = core::fromBase64(token).value_or("");
  std::size_t offset = 0;
  std::string_view digits = decoded.starts_with("offset:") ? std::string_view(decoded).substr(7) : std::string_view();
  auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), offset);
  if (digits.empty() || problem != std::errc() || end != digits.data() + digits.size())
    return invalidParameter("Invalid page token: " + token);
  return offset;
}

bool contains(const std::vector<std::string>& values, const std::string& value) {
  return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

Reply<Response> listAll(Clusters& clusters, const Call&) {
  Json all = clusters.describeAll();
  return jsonResponse(all.empty() ? Json::object() : Json{{"clusters", std::move(all)}});
}

Reply<Response> listPage(Clusters& clusters, const Call& call) {
  auto states = call.texts("filter_by.cluster_states");
  auto sources = call.texts("filter_by.cluster_sources");
  bool onlyPinned = call.flag("filter_by.is_pinned");
  std::vector<Json> all;
  for (auto& cluster : clusters.describeAll()) {
    if (!contains(states, core::stringAt(cluster, "state"))) continue;
    if (!contains(sources, core::stringAt(cluster, "cluster_source"))) continue;
    if (!onlyPinned || cluster.contains("pinned_by_user_name")) all.push_back(std::move(cluster));
  }
  if (call.text("sort_by.field") == "CLUSTER_NAME")
    std::stable_sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
      return core::stringAt(a, "cluster_name") < core::stringAt(b, "cluster_name");
    });
  if (call.text("sort_by.direction") == "DESC") std::reverse(all.begin(), all.end());

  auto size = static_cast<std::size_t>(std::clamp<std::int64_t>(call.number("page_size", 20), 1, 100));
  std::size_t offset = std::min(TROWEL_TRY(offsetOf(call.text("page_token"))), all.size());
  std::size_t end = std::min(offset + size, all.size());
  Json page = Json::array();
  for (std::size_t i = offset; i < end; ++i) page.push_back(std::move(all[i]));
  Json body = Json::object();
  if (!page.empty()) body["clusters"] = std::move(page);
  if (end < all.size()) body["next_page_token"] = pageToken(end);
  if (offset > 0) body["prev_page_token"] = pageToken(offset - std::min(offset, size));
  return jsonResponse(body);
}

Reply<Response> events(Clusters& clusters, const Call& call) {
  auto id = TROWEL_TRY(call.required("cluster_id"));
  Json all = clusters.events(id);
  if (all.is_null()) return invalidParameter("Cluster " + id + " does not exist");
  auto types = call.texts("event_types");
  std::int64_t from = call.number("start_time");
  std::int64_t to = call.number("end_time", std::numeric_limits<std::int64_t>::max());
  std::vector<Json> found;
  for (auto& event : all) {
    std::int64_t time = core::intAt(event, "timestamp");
    if (time >= from && time <= to && contains(types, core::stringAt(event, "type"))) found.push_back(std::move(event));
  }
  const std::string order = call.text("order", "DESC");
  if (order != "ASC") std::reverse(found.begin(), found.end());

  bool byToken = call.params().contains("page_size") || call.params().contains("page_token");
  std::int64_t wanted = byToken ? call.number("page_size") : call.number("limit");
  auto size = static_cast<std::size_t>(wanted <= 0 ? 50 : std::min<std::int64_t>(wanted, 500));
  auto offset = byToken ? TROWEL_TRY(offsetOf(call.text("page_token")))
                        : static_cast<std::size_t>(std::max<std::int64_t>(0, call.number("offset")));
  offset = std::min(offset, found.size());
  std::size_t end = std::min(offset + size, found.size());
  Json body = Json::object();
  Json page = Json::array();
  for (std::size_t i = offset; i < end; ++i) page.push_back(std::move(found[i]));
  if (!page.empty()) body["events"] = std::move(page);
  body["total_count"] = byToken ? 0 : found.size();
  if (end < found.size()) {
    if (byToken)
      body["next_page_token"] = pageToken(end);
    else
      body["next_page"] = {{"cluster_id", id}, {"order", order}, {"offset", end}, {"limit", size}};
  }
  return jsonResponse(body);
}

}  // namespace

void addClusterRoutes(Router& router, Clusters& clusters, const std::function<void(const std::string& id)>& stopped) {
  using Change = std::function<Reply<void>(const std::string& id, const Call&)>;
  for (std::string version : {"2.0", "2.1"}) {
    const std::string base = "/api/" + version + "/clusters/";
    // An action on one cluster that answers {}.
    auto action = [&](const std::string& name, bool losesWork, Change change) {
      router.add("POST", base + name,
                 [change = std::move(change), losesWork, stopped](const Call& call) -> Reply<Response> {
                   auto id = TROWEL_TRY(call.required("cluster_id"));
                   if (auto done = change(id, call); !done) return std::unexpected(done.error());
                   if (losesWork) stopped(id);
                   return emptyResponse();
                 });
    };
    router.add("GET", base + "list", [&clusters, version](const Call& call) {
      return version == "2.0" ? listAll(clusters, call) : listPage(clusters, call);
    });
    router.add("GET", base + "get", [&clusters](const Call& call) -> Reply<Response> {
      auto id = TROWEL_TRY(call.required("cluster_id"));
      return jsonResponse(TROWEL_TRY(clusters.describe(id)));
    });
    router.add("POST", base + "create", [&clusters](const Call& call) -> Reply<Response> {
      auto id = TROWEL_TRY(clusters.create(call.params(), "API"));
      return jsonResponse({{"cluster_id", id}});
    });
    router.add("POST", base + "events", [&clusters](const Call& call) { return events(clusters, call); });
    router.add("GET", base + "spark-versions",
               [](const Call&) -> Reply<Response> { return jsonResponse(sparkVersions()); });
    router.add("GET", base + "list-node-types",
               [](const Call&) -> Reply<Response> { return jsonResponse(nodeTypes()); });
    action("edit", true, [&](const std::string& id, const Call& call) { return clusters.edit(id, call.params()); });
    action("start", false, [&](const std::string& id, const Call&) { return clusters.start(id); });
    action("restart", true, [&](const std::string& id, const Call&) { return clusters.restart(id); });
    action("delete", true, [&](const std::string& id, const Call&) { return clusters.terminate(id); });
    action("permanent-delete", true, [&](const std::string& id, const Call&) { return clusters.remove(id); });
    action("pin", false, [&](const std::string& id, const Call&) { return clusters.pin(id, true); });
    action("unpin", false, [&](const std::string& id, const Call&) { return clusters.pin(id, false); });
  }
}

}  // namespace trowel::emulator
