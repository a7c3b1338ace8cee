// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/server/paging.hpp"
#include "emulator/sql/sql_api.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

struct Collection {
  SavedKind kind;
  const char* path;
  const char* wrapper;  // of the object in requests; empty: bare
  const char* list;
};
constexpr Collection kCollections[] = {
    {SavedKind::Query, "/api/2.0/sql/queries", "query", "results"},
    {SavedKind::Alert, "/api/2.0/sql/alerts", "alert", "results"},
    {SavedKind::AlertV2, "/api/2.0/alerts", "", "alerts"},
};

// The object in a request, narrowed to what update_mask names.
Json bodyOf(const Collection& collection, const Call& call) {
  Json body = collection.wrapper[0] == '\0' ? call.params() : core::objectAt(call.params(), collection.wrapper);
  const std::string mask = call.text("update_mask");
  if (mask.empty() || mask == "*") return body;
  Json narrowed = Json::object();
  for (auto name : core::split(mask, ','))
    if (auto it = body.find(std::string(core::trim(name))); it != body.end()) narrowed[it.key()] = *it;
  return narrowed;
}

// The shape that queries had in the API's preview.
Json legacyQuery(const Json& query) {
  return {{"id", core::stringAt(query, "id")},
          {"name", core::stringAt(query, "display_name")},
          {"query", core::stringAt(query, "query_text")},
          {"description", core::stringAt(query, "description")},
          {"created_at", core::stringAt(query, "create_time")},
          {"updated_at", core::stringAt(query, "update_time")},
          {"user", {{"email", core::stringAt(query, "owner_user_name")}}},
          {"is_archived", false},
          {"is_draft", false}};
}

// page and page_size, as nowhere else in the API.
Reply<Response> legacyPage(const Call& call, const std::vector<Json>& all) {
  auto number = call.number("page", 1);
  auto size = call.number("page_size", 25);
  if (number < 1 || size < 1) return invalidParameter("page and page_size must be at least 1.");
  size = std::min<std::int64_t>(size, 100);
  Json results = Json::array();
  auto total = static_cast<std::int64_t>(all.size());
  if (number <= total)
    for (std::int64_t i = (number - 1) * size; i < std::min(number * size, total); ++i)
      results.push_back(all[static_cast<std::size_t>(i)]);
  return jsonResponse({{"count", total}, {"page", number}, {"page_size", size}, {"results", std::move(results)}});
}

}  // namespace

void addSavedQueryRoutes(Router& router, SavedQueries& queries) {
  for (const auto& collection : kCollections) {
    const std::string base = collection.path;
    router.add("GET", base, [&](const Call& call) -> Reply<Response> {
      auto all = queries.all(collection.kind);
      Page page = TROWEL_TRY(readPage(call, "page_size", 20, 100));
      Json entries = Json::array();
      for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) entries.push_back(std::move(all[i]));
      Json answer = Json::object();
      if (!entries.empty()) answer[collection.list] = std::move(entries);
      setNextPage(answer, page, all.size());
      return jsonResponse(answer);
    });
    router.add("POST", base, [&](const Call& call) -> Reply<Response> {
      auto made = TROWEL_TRY(queries.create(collection.kind, bodyOf(collection, call), call.caller()));
      return jsonResponse(made);
    });
    router.add("GET", base + "/{id}", [&](const Call& call) -> Reply<Response> {
      auto found = TROWEL_TRY(queries.get(collection.kind, call.path("id")));
      return jsonResponse(found);
    });
    router.add("PATCH", base + "/{id}", [&](const Call& call) -> Reply<Response> {
      auto changed =
          TROWEL_TRY(queries.change(collection.kind, call.path("id"), bodyOf(collection, call), call.caller()));
      return jsonResponse(changed);
    });
    router.add("DELETE", base + "/{id}", [&](const Call& call) -> Reply<Response> {
      TROWEL_TRY(queries.trash(collection.kind, call.path("id")));
      return emptyResponse();
    });
  }
  router.add("GET", "/api/2.0/preview/sql/queries", [&](const Call& call) {
    std::vector<Json> all;
    for (const auto& query : queries.all(SavedKind::Query)) all.push_back(legacyQuery(query));
    return legacyPage(call, all);
  });
  router.add("GET", "/api/2.0/preview/sql/dashboards", [](const Call& call) { return legacyPage(call, {}); });
  router.add("GET", "/api/2.0/preview/sql/alerts",
             [](const Call&) -> Reply<Response> { return jsonResponse(Json::array()); });
}

}  // namespace trowel::emulator
