// SPDX-License-Identifier: Apache-2.0
#include "emulator/pipelines/pipeline_api.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <nlohmann/json.hpp>

#include "emulator/pipelines/event_filter.hpp"
#include "emulator/server/paging.hpp"
#include "trowel/core/like.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

const std::string kBase = "/api/2.0/pipelines";

constexpr std::size_t kMaxFilter = 1000;  // bytes

// Keeps the pipelines that `filter` (name LIKE '%x%' or notebook='/path') takes.
Reply<void> applyFilter(const std::string& filter, std::vector<Json>& pipelines) {
  if (filter.empty()) return {};
  if (filter.size() > kMaxFilter) return invalidParameter("The filter is longer than 1000 bytes.");
  auto first = filter.find('\'');
  auto last = filter.rfind('\'');
  std::string head = core::toLower(core::trim(filter.substr(0, std::min(first, filter.size()))));
  std::string value = first < last ? filter.substr(first + 1, last - first - 1) : "";
  bool byName = head.starts_with("name") && core::trim(head.substr(4)) == "like";
  bool byNotebook = head.starts_with("notebook") && core::trim(head.substr(8)) == "=";
  bool whole = first < last && core::trim(filter.substr(last + 1)).empty() && value.find('\'') == std::string::npos;
  if (!whole || (!byName && !byNotebook)) return invalidParameter("Invalid filter: " + filter);
  std::erase_if(pipelines, [&](const Json& pipeline) {
    if (byName) return !core::matchesLike(core::stringAt(pipeline, "name"), value);
    const Json& libraries = core::arrayAt(pipeline, "libraries");
    return std::none_of(libraries.begin(), libraries.end(), [&](const Json& library) {
      return core::stringAt(core::objectAt(library, "notebook"), "path") == value;
    });
  });
  return {};
}

Reply<Response> list(Pipelines& pipelines, const ObjectAccess& access, const Call& call) {
  auto all = pipelines.all();
  access.keepVisible(call, "CAN_VIEW", all, "pipeline_id");
  TROWEL_TRY(applyFilter(call.text("filter"), all));
  for (const auto& order : call.texts("order_by")) {
    bool byName = order.starts_with("name");
    if (!byName && !order.starts_with("id")) return invalidParameter("Invalid order_by: " + order);
    std::stable_sort(all.begin(), all.end(), [&](const Json& a, const Json& b) {
      const char* field = byName ? "name" : "pipeline_id";
      return core::stringAt(a, field) < core::stringAt(b, field);
    });
    if (order.ends_with(" desc")) std::reverse(all.begin(), all.end());
  }
  Page page = TROWEL_TRY(readPage(call, "max_results", 25, 100));
  Json statuses = Json::array();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) {
    all[i].erase("libraries");
    statuses.push_back(std::move(all[i]));
  }
  Json answer = Json::object();
  if (!statuses.empty()) answer["statuses"] = std::move(statuses);
  setNextPage(answer, page, all.size());
  return jsonResponse(answer);
}

Reply<Response> listUpdates(Pipelines& pipelines, const Call& call) {
  auto all = TROWEL_TRY(pipelines.updates(call.path("id")));
  if (std::string until = call.text("until_update_id"); !until.empty()) {
    auto last = std::find_if(all.begin(), all.end(),
                             [&](const Json& update) { return core::stringAt(update, "update_id") == until; });
    if (last != all.end()) all.erase(last + 1, all.end());
  }
  Page page = TROWEL_TRY(readPage(call, "max_results", 25, 100));
  Json updates = Json::array();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) updates.push_back(std::move(all[i]));
  Json answer = Json::object();
  if (!updates.empty()) answer["updates"] = std::move(updates);
  setNextPage(answer, page, all.size());
  if (page.offset > 0) answer["prev_page_token"] = pageToken(page.offset - std::min(page.offset, page.size));
  return jsonResponse(answer);
}

// What a page of events belongs to: a token carries the whole question, as it excludes all other parameters.
struct EventQuery {
  std::string filter;
  bool ascending = false;
  std::int64_t until = 0;  // events that came after the first page would shift the others
  std::size_t offset = 0;

  std::string token(std::size_t at) const {
    return core::toBase64(
        core::dumpJson({{"filter", filter}, {"ascending", ascending}, {"until", until}, {"offset", at}}));
  }
};

Reply<EventQuery> readQuery(const Call& call, std::int64_t now) {
  std::string token = call.text("page_token");
  if (token.empty()) {
    EventQuery query{.filter = call.text("filter"), .until = now};
    for (const auto& order : call.texts("order_by")) {
      if (order != "timestamp desc" && order != "timestamp asc" && order != "timestamp")
        return invalidParameter("Invalid order_by: " + order);
      query.ascending = order != "timestamp desc";
    }
    return query;
  }
  if (!call.text("filter").empty() || !call.texts("order_by").empty())
    return invalidParameter("page_token cannot be combined with other fields than max_results.");
  auto json = core::parseJson(core::fromBase64(token).value_or(""));
  if (!json || !json->is_object() || !json->contains("until"))
    return invalidParameter("Invalid page token: " + core::toValidUtf8(token));
  return EventQuery{.filter = core::stringAt(*json, "filter"),
                    .ascending = core::boolAt(*json, "ascending"),
                    .until = core::intAt(*json, "until"),
                    .offset = static_cast<std::size_t>(std::max<std::int64_t>(0, core::intAt(*json, "offset")))};
}

Reply<Response> listEvents(Pipelines& pipelines, const Call& call, std::int64_t now) {
  auto size = call.number("max_results", 25);
  if (size < 0 || size > 250) return invalidParameter("max_results must be between 0 and 250.");
  if (size == 0) size = 25;
  if (call.pageCap() != 0) size = std::min(size, static_cast<std::int64_t>(call.pageCap()));
  auto query = TROWEL_TRY(readQuery(call, now));
  auto filter = TROWEL_TRY(EventFilter::parse(query.filter));
  auto all = TROWEL_TRY(pipelines.events(call.path("id"), query.until));
  std::erase_if(all, [&](const Json& event) { return !filter.takes(event); });
  if (!query.ascending) std::reverse(all.begin(), all.end());
  const Page page{.offset = query.offset, .size = static_cast<std::size_t>(size)};
  Json events = Json::array();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) events.push_back(std::move(all[i]));
  Json answer = Json::object();
  if (!events.empty()) answer["events"] = std::move(events);
  if (page.end(all.size()) < all.size()) answer["next_page_token"] = query.token(page.end(all.size()));
  if (page.offset > 0) answer["prev_page_token"] = query.token(page.offset - std::min(page.offset, page.size));
  return jsonResponse(answer);
}

Reply<Response> create(Pipelines& pipelines, const Call& call) {
  if (call.flag("dry_run")) {
    auto settings = TROWEL_TRY(pipelines.dryRun(call.params(), call.caller()));
    return jsonResponse({{"effective_settings", settings}});
  }
  auto id = TROWEL_TRY(pipelines.create(call.params(), call.caller()));
  return jsonResponse({{"pipeline_id", id}});
}

// 400 for an id that cannot be one.
Reply<void> checkId(const std::string& id) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  bool valid = id.size() == kForm.size();
  for (std::size_t i = 0; valid && i < kForm.size(); ++i)
    valid = kForm[i] == '-' ? id[i] == '-' : std::isxdigit(static_cast<unsigned char>(id[i])) != 0;
  if (valid) return {};
  return invalidParameter("Invalid pipeline ID: " + core::toValidUtf8(id) + ".");
}

}  // namespace

void addPipelineRoutes(Router& router, Pipelines& pipelines, const ObjectAccess& access, const World& world) {
  const std::string one = kBase + "/{id}";
  using Act = std::function<Reply<Response>(const std::string& id, const Call&)>;
  auto add = [&](const char* method, const std::string& end, const char* level, Act act) {
    auto guarded = access.guard(level, [act = std::move(act)](const Call& call) { return act(call.path("id"), call); });
    router.add(method, one + end, [guarded = std::move(guarded)](const Call& call) -> Reply<Response> {
      TROWEL_TRY(checkId(call.path("id")));
      return guarded(call);
    });
  };
  router.add("GET", kBase, [&pipelines, access](const Call& call) { return list(pipelines, access, call); });
  router.add("POST", kBase, [&pipelines](const Call& call) { return create(pipelines, call); });
  add("GET", "", "CAN_VIEW", [&](const std::string& id, const Call&) -> Reply<Response> {
    auto pipeline = TROWEL_TRY(pipelines.get(id));
    return jsonResponse(pipeline);
  });
  add("PUT", "", "CAN_MANAGE", [&](const std::string& id, const Call& call) -> Reply<Response> {
    TROWEL_TRY(pipelines.edit(id, call.params()));
    return emptyResponse();
  });
  add("DELETE", "", "CAN_MANAGE", [&, access](const std::string& id, const Call&) -> Reply<Response> {
    TROWEL_TRY(pipelines.remove(id));
    access.removed(id);
    return emptyResponse();
  });
  add("POST", "/clone", "CAN_MANAGE", [&](const std::string& id, const Call& call) -> Reply<Response> {
    auto clone = TROWEL_TRY(pipelines.clone(id, call.params(), call.caller()));
    return jsonResponse({{"pipeline_id", clone}});
  });
  add("POST", "/updates", "CAN_RUN", [&](const std::string& id, const Call& call) -> Reply<Response> {
    auto update = TROWEL_TRY(pipelines.startUpdate(id, call.params()));
    return jsonResponse({{"update_id", update}});
  });
  add("GET", "/updates", "CAN_VIEW",
      [&](const std::string&, const Call& call) { return listUpdates(pipelines, call); });
  add("GET", "/updates/{update}", "CAN_VIEW", [&](const std::string& id, const Call& call) -> Reply<Response> {
    auto update = TROWEL_TRY(pipelines.update(id, call.path("update")));
    return jsonResponse({{"update", update}});
  });
  add("POST", "/stop", "CAN_RUN", [&](const std::string& id, const Call&) -> Reply<Response> {
    TROWEL_TRY(pipelines.stop(id));
    return emptyResponse();
  });
  add("GET", "/events", "CAN_VIEW",
      [&](const std::string&, const Call& call) { return listEvents(pipelines, call, world.now()); });
}

}  // namespace trowel::emulator
