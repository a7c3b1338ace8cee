// SPDX-License-Identifier: Apache-2.0
#include "emulator/catalog/catalog_api.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/server/paging.hpp"
#include "trowel/core/like.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

const std::string kBase = "/api/2.1/unity-catalog/";

// max_results: 0 is the server's size, unset is everything, above the maximum is the maximum.
struct ListSizes {
  std::size_t standard = 100;
  std::size_t maximum = 1000;
};
constexpr ListSizes kTableSizes{50, 50};
constexpr ListSizes kVolumeSizes{10'000, 10'000};
constexpr std::size_t kMaxPattern = 1000;  // bytes

// One page of `all`. Where pages are capped on purpose, the first one is empty and has a token, as the service may do
// and clients must bear.
template <typename Entry, typename Describe>
Reply<Response> listPage(const Call& call, std::string_view field, ListSizes sizes, const std::vector<Entry>& all,
                         const Describe& describe) {
  bool unset = call.text("max_results").empty();
  std::size_t total = all.size();
  Page page = TROWEL_TRY(readPage(call, "max_results", unset ? std::max<std::size_t>(total, 1) : sizes.standard,
                                  unset ? std::max<std::size_t>(total, 1) : sizes.maximum));
  if (call.pageCap() != 0 && total > 0 && call.text("page_token").empty()) page.size = 0;
  Json entries = Json::array();
  for (std::size_t i = page.begin(total); i < page.end(total); ++i) {
    auto described = describe(all[i]);
    if (!described) return std::unexpected(described.error());
    entries.push_back(*std::move(described));
  }
  Json answer = Json::object();
  if (!entries.empty()) answer[std::string(field)] = std::move(entries);
  setNextPage(answer, page, total);
  return jsonResponse(answer);
}

// Empty where the list may span all; the error where the kind needs its parents.
Reply<std::string> parentOf(const SecurableKind& kind, const Call& call) {
  if (kind.level == 0) return std::string();
  bool optional = &kind == &securable::kModel && call.text("catalog_name").empty();
  if (optional) return std::string();
  auto catalog = TROWEL_TRY(call.required("catalog_name"));
  if (kind.level == 1) return catalog;
  auto schema = TROWEL_TRY(call.required("schema_name"));
  return catalog + "." + schema;
}

void addObjectRoutes(Router& router, Metastore& metastore, const SecurableKind& kind) {
  const std::string collection = kBase + std::string(kind.path);
  const ListSizes sizes = &kind == &securable::kVolume ? kVolumeSizes : ListSizes{};
  router.add("GET", collection, [&metastore, &kind, sizes](const Call& call) -> Reply<Response> {
    auto parent = TROWEL_TRY(parentOf(kind, call));
    auto all = TROWEL_TRY(metastore.list(kind, parent));
    return listPage(call, kind.list, sizes, all, [](const Json& object) -> Reply<Json> { return object; });
  });
  router.add("POST", collection, [&metastore, &kind](const Call& call) -> Reply<Response> {
    const Json& body = &kind == &securable::kFunction ? core::objectAt(call.params(), "function_info") : call.params();
    auto created = TROWEL_TRY(metastore.create(kind, body, call.caller()));
    return jsonResponse(created);
  });
  router.add("GET", collection + "/{name}", [&metastore, &kind](const Call& call) -> Reply<Response> {
    auto found = TROWEL_TRY(metastore.get(kind, call.path("name")));
    if (&kind == &securable::kModel && call.flag("include_aliases"))
      if (Json aliases = metastore.modelVersions().aliases(core::toLower(call.path("name"))); !aliases.empty())
        found["aliases"] = std::move(aliases);
    return jsonResponse(found);
  });
  router.add("PATCH", collection + "/{name}", [&metastore, &kind](const Call& call) -> Reply<Response> {
    auto changed = TROWEL_TRY(metastore.change(kind, call.path("name"), call.params(), call.caller()));
    return jsonResponse(changed);
  });
  router.add("DELETE", collection + "/{name}", [&metastore, &kind](const Call& call) -> Reply<Response> {
    TROWEL_TRY(metastore.remove(kind, call.path("name"), call.flag("force"), call.caller()));
    return emptyResponse();
  });
}

Reply<Response> listTables(Metastore& metastore, const Call& call) {
  auto catalog = TROWEL_TRY(call.required("catalog_name"));
  auto schema = TROWEL_TRY(call.required("schema_name"));
  auto all = TROWEL_TRY(metastore.tables(catalog, schema));
  return listPage(call, "tables", kTableSizes, all, [&](const SqlTable& table) -> Reply<Json> {
    Json described = TROWEL_TRY(metastore.describe(table, !call.flag("omit_columns")));
    if (call.flag("omit_properties")) described.erase("properties");
    if (call.flag("omit_username"))
      for (auto field : {"owner", "created_by", "updated_by"}) described.erase(field);
    return described;
  });
}

Reply<Response> listSummaries(Metastore& metastore, const Call& call) {
  auto catalog = TROWEL_TRY(call.required("catalog_name"));
  const std::string schemaPattern = core::toLower(call.text("schema_name_pattern", "%"));
  const std::string tablePattern = core::toLower(call.text("table_name_pattern", "%"));
  if (schemaPattern.size() > kMaxPattern || tablePattern.size() > kMaxPattern)
    return invalidParameter("A pattern is longer than 1000 bytes.");
  auto all = TROWEL_TRY(metastore.tables(catalog, ""));
  std::erase_if(all, [&](const SqlTable& table) {
    return !core::matchesLike(table.schema, schemaPattern) || !core::matchesLike(table.name, tablePattern);
  });
  return listPage(call, "tables", {10'000, 10'000}, all, [](const SqlTable& table) -> Reply<Json> {
    return Json{{"full_name", table.fullName()}, {"table_type", table.view ? "VIEW" : "MANAGED"}};
  });
}

void addTableRoutes(Router& router, Metastore& metastore) {
  router.add("GET", kBase + "tables", [&](const Call& call) { return listTables(metastore, call); });
  router.add("POST", kBase + "tables", [&](const Call& call) -> Reply<Response> {
    auto made = TROWEL_TRY(metastore.createTable(call.params(), call.caller()));
    return jsonResponse(made);
  });
  router.add("GET", kBase + "table-summaries", [&](const Call& call) { return listSummaries(metastore, call); });
  router.add("GET", kBase + "tables/{name}", [&](const Call& call) -> Reply<Response> {
    auto table = TROWEL_TRY(metastore.table(call.path("name")));
    auto described = TROWEL_TRY(metastore.describe(table, true));
    return jsonResponse(described);
  });
  router.add("GET", kBase + "tables/{name}/exists", [&](const Call& call) -> Reply<Response> {
    auto table = metastore.table(call.path("name"));
    if (!table && table.error().status != 404) return std::unexpected(table.error());
    return jsonResponse({{"table_exists", table.has_value()}});
  });
  router.add("PATCH", kBase + "tables/{name}", [&](const Call& call) -> Reply<Response> {
    auto changed = TROWEL_TRY(metastore.changeTable(call.path("name"), call.params(), call.caller()));
    return jsonResponse(changed);
  });
  router.add("DELETE", kBase + "tables/{name}", [&](const Call& call) -> Reply<Response> {
    TROWEL_TRY(metastore.removeTable(call.path("name"), call.caller()));
    return emptyResponse();
  });
}

// Narrowed to one principal where the call names one.
Json onlyPrincipal(Json answer, const std::string& principal) {
  if (principal.empty() || !answer.contains("privilege_assignments")) return answer;
  Json kept = Json::array();
  for (auto& assignment : answer["privilege_assignments"])
    if (core::equalsIgnoreCase(core::stringAt(assignment, "principal"), principal)) kept.push_back(assignment);
  if (kept.empty()) return Json::object();
  return {{"privilege_assignments", std::move(kept)}};
}

Reply<Response> grantsPage(const Call& call, Json answer) {
  answer = onlyPrincipal(std::move(answer), call.text("principal"));
  std::vector<Json> all = core::arrayAt(answer, "privilege_assignments");
  return listPage(call, "privilege_assignments", {}, all, [](const Json& entry) -> Reply<Json> { return entry; });
}

void addGrantRoutes(Router& router, Metastore& metastore) {
  router.add("GET", kBase + "permissions/{type}/{name}", [&](const Call& call) -> Reply<Response> {
    auto grants = TROWEL_TRY(metastore.grants(call.path("type"), call.path("name")));
    return grantsPage(call, std::move(grants));
  });
  router.add("GET", kBase + "effective-permissions/{type}/{name}", [&](const Call& call) -> Reply<Response> {
    auto grants = TROWEL_TRY(metastore.effectiveGrants(call.path("type"), call.path("name")));
    return grantsPage(call, std::move(grants));
  });
  router.add("PATCH", kBase + "permissions/{type}/{name}", [&](const Call& call) -> Reply<Response> {
    const Json& changes = core::arrayAt(call.params(), "changes");
    auto grants = TROWEL_TRY(metastore.changeGrants(call.path("type"), call.path("name"), changes, call.caller()));
    return jsonResponse(grants);
  });
}

void addMetastoreRoutes(Router& router, Metastore& metastore) {
  router.add("GET", kBase + "metastore_summary",
             [&](const Call&) -> Reply<Response> { return jsonResponse(metastore.summary()); });
  router.add("GET", kBase + "current-metastore-assignment",
             [&](const Call&) -> Reply<Response> { return jsonResponse(metastore.assignment()); });
  router.add("GET", kBase + "metastores", [&](const Call& call) {
    return listPage(call, "metastores", {}, std::vector<Json>{metastore.summary()},
                    [](const Json& entry) -> Reply<Json> { return entry; });
  });
  router.add("GET", kBase + "metastores/{id}", [&](const Call& call) -> Reply<Response> {
    if (call.path("id") == metastore.id()) return jsonResponse(metastore.summary());
    return refuse(404, "METASTORE_DOES_NOT_EXIST", "Metastore '" + call.path("id") + "' does not exist.");
  });
}

// There is no cloud storage behind the emulator that a credential could open. A metastore of the service says the same
// until an admin allows access from outside.
void addCredentialRoutes(Router& router) {
  constexpr std::pair<const char*, const char*> kKinds[] = {
      {"table", "table_id"}, {"volume", "volume_id"}, {"path", "url"}};
  for (const auto& [kind, field] : kKinds)
    for (std::string version : {"2.0", "2.1"})
      router.add("POST", "/api/" + version + "/unity-catalog/temporary-" + kind + "-credentials",
                 [field](const Call& call) -> Reply<Response> {
                   TROWEL_TRY(call.required(field));
                   TROWEL_TRY(call.required("operation"));
                   return refuse(403, "PERMISSION_DENIED",
                                 "Credential vending is rejected for this metastore: external data access is not "
                                 "enabled.");
                 });
}

}  // namespace

void addCatalogRoutes(Router& router, Metastore& metastore) {
  for (const auto* kind : securableKinds()) addObjectRoutes(router, metastore, *kind);
  addTableRoutes(router, metastore);
  addGrantRoutes(router, metastore);
  addMetastoreRoutes(router, metastore);
  addModelRoutes(router, metastore);
  addCredentialRoutes(router);
}

}  // namespace trowel::emulator
