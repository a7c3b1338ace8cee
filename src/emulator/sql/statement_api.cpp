// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>

#include "emulator/server/fields.hpp"
#include "emulator/server/paging.hpp"
#include "emulator/sql/sql_api.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

using enum FieldType;
using enum FieldUse;

constexpr Field kFields[] = {
    {"statement", Text, Required},
    {"warehouse_id", Text, Required},
    {"catalog"},
    {"schema"},
    {"parameters", List},
    {"row_limit", Number},
    {"byte_limit", Number},
    {"wait_timeout", Text, Optional, "\"10s\""},
    {"on_wait_timeout", Text, Optional, "\"CONTINUE\""},
    {"disposition", Text, Optional, "\"INLINE\""},
    {"format", Text, Optional, "\"JSON_ARRAY\""},
};
constexpr std::size_t kMaxStatement = 16UL * 1024 * 1024;

Reply<void> checkChoice(const Json& fields, const char* field, const std::set<std::string>& choices) {
  std::string value = core::stringAt(fields, field);
  if (choices.contains(value)) return {};
  return invalidParameter("Invalid value for field " + std::string(field) + ": " + value);
}

// "10s"; "0s" is not to wait at all.
Reply<std::chrono::seconds> waitTimeout(const Json& fields) {
  const std::string text = core::stringAt(fields, "wait_timeout");
  const char* end = text.data() + text.size();
  int seconds = -1;
  auto [rest, problem] = std::from_chars(text.data(), end, seconds);
  bool valid = problem == std::errc() && rest + 1 == end && *rest == 's';
  if (valid && (seconds == 0 || (seconds >= 5 && seconds <= 50))) return std::chrono::seconds(seconds);
  return invalidParameter("wait_timeout must be 0s or between 5s and 50s, not " + text + ".");
}

Reply<std::size_t> limit(const Json& fields, const char* field) {
  if (!fields.contains(field)) return 0;
  auto value = core::intAt(fields, field);
  if (value < 1) return invalidParameter(std::string(field) + " must be at least 1.");
  return static_cast<std::size_t>(value);
}

Reply<void> checkParameters(const Json& fields) {
  std::set<std::string> names;
  for (const auto& parameter : core::arrayAt(fields, "parameters")) {
    std::string name = core::stringAt(parameter, "name");
    if (name.empty()) return missingField("parameters.name");
    if (!names.insert(name).second) return invalidParameter("Duplicate parameter: " + name);
    auto value = parameter.find("value");
    if (value != parameter.end() && !value->is_null() && !value->is_string())
      return malformedRequest("Could not parse request object: Expected 'VALUE_STRING' for field parameters.value");
  }
  return {};
}

Reply<void> checkDelivery(const Json& fields) {
  TROWEL_TRY(checkChoice(fields, "disposition", {"INLINE", "EXTERNAL_LINKS"}));
  TROWEL_TRY(checkChoice(fields, "format", {"JSON_ARRAY", "ARROW_STREAM", "CSV"}));
  TROWEL_TRY(checkChoice(fields, "on_wait_timeout", {"CONTINUE", "CANCEL"}));
  bool isInline = core::stringAt(fields, "disposition") == "INLINE";
  if (isInline && core::stringAt(fields, "format") != "JSON_ARRAY")
    return invalidParameter("The format field must be JSON_ARRAY when the disposition field is INLINE.");
  if (core::stringAt(fields, "format") == "ARROW_STREAM")
    return refuse(501, "NOT_IMPLEMENTED", "The local workspace writes no ARROW_STREAM.");
  return {};
}

Reply<Response> execute(Statements& statements, const ObjectAccess& access, const Call& call) {
  Json fields = TROWEL_TRY(readNew(call.params(), kFields));
  StatementRequest request{.text = core::stringAt(fields, "statement"),
                           .warehouseId = core::stringAt(fields, "warehouse_id"),
                           .catalog = core::stringAt(fields, "catalog"),
                           .schema = core::stringAt(fields, "schema")};
  if (request.text.size() > kMaxStatement) return invalidParameter("The statement is longer than 16777216 bytes.");
  auto timeout = TROWEL_TRY(waitTimeout(fields));
  TROWEL_TRY(checkDelivery(fields));
  TROWEL_TRY(checkParameters(fields));
  request.rowLimit = TROWEL_TRY(limit(fields, "row_limit"));
  request.byteLimit = TROWEL_TRY(limit(fields, "byte_limit"));
  request.parameters = core::dumpJson(core::arrayAt(fields, "parameters"));
  request.links = core::stringAt(fields, "disposition") == "EXTERNAL_LINKS";
  if (core::stringAt(fields, "format") == "CSV") request.format = ResultFormat::Csv;
  TROWEL_TRY(access.require(call, request.warehouseId, "CAN_USE"));

  auto id = TROWEL_TRY(statements.submit(std::move(request), call.caller()));
  bool over = timeout.count() != 0 && statements.wait(id, timeout);
  if (!over && timeout.count() != 0 && core::stringAt(fields, "on_wait_timeout") == "CANCEL") {
    TROWEL_TRY(statements.cancel(id, call.caller()));
    statements.wait(id, std::chrono::seconds(10));
  }
  auto answer = TROWEL_TRY(statements.describe(id, call.caller(), call.host()));
  return jsonResponse(answer);
}

Reply<Response> chunk(Statements& statements, const Call& call) {
  const std::string& text = call.path("index");
  std::size_t index = 0;
  auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (problem != std::errc() || rest != text.data() + text.size())
    return invalidParameter("Invalid chunk index: " + text);
  auto answer = TROWEL_TRY(statements.chunk(call.path("id"), index, call.caller(), call.host()));
  return jsonResponse(answer);
}

Reply<Response> download(const Statements& statements, const Call& call) {
  const std::string& text = call.path("index");
  std::size_t index = 0;
  auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
  bool valid = problem == std::errc() && rest == text.data() + text.size();
  return statements.download(call.path("id"), valid ? index : SIZE_MAX, call.number("expires"), call.text("signature"));
}

// filter_by comes as an object in a body and dotted in a query.
std::vector<std::string> filterTexts(const Call& call, const char* field) {
  auto values = call.texts(("filter_by." + std::string(field)).c_str());
  for (const auto& value : core::arrayAt(core::objectAt(call.params(), "filter_by"), field))
    values.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  return values;
}

// A bound of filter_by.query_start_time_range, or `fallback`.
std::int64_t filterTime(const Call& call, const char* field, std::int64_t fallback) {
  const Json& range = core::objectAt(core::objectAt(call.params(), "filter_by"), "query_start_time_range");
  return call.number(("filter_by.query_start_time_range." + std::string(field)).c_str(),
                     core::intAt(range, field, fallback));
}

Reply<Response> history(Statements& statements, const ObjectAccess& access, const Call& call) {
  const std::pair<const char*, const char*> filters[] = {{"statuses", "status"},
                                                         {"warehouse_ids", "warehouse_id"},
                                                         {"statement_ids", "query_id"},
                                                         {"user_ids", "user_id"}};
  auto all = statements.history();
  for (auto [filter, field] : filters) {
    auto wanted = filterTexts(call, filter);
    std::erase_if(all, [&, member = field](const Json& entry) {
      const Json& value = entry.at(member);
      return !wanted.empty() && std::find(wanted.begin(), wanted.end(),
                                          value.is_string() ? value.get<std::string>() : value.dump()) == wanted.end();
    });
  }
  const auto from = filterTime(call, "start_time_ms", 0);
  const auto until = filterTime(call, "end_time_ms", INT64_MAX);
  std::erase_if(all, [&](const Json& entry) {
    auto started = core::intAt(entry, "query_start_time_ms");
    // Others' queries are for who may watch the warehouse.
    bool visible = call.caller().admin || core::stringAt(entry, "user_name") == call.caller().name ||
                   access.allows(call, core::stringAt(entry, "warehouse_id"), "CAN_MONITOR");
    return started < from || started > until || !visible;
  });
  if (!call.flag("include_metrics"))
    for (auto& entry : all) entry.erase("metrics");
  Page page = TROWEL_TRY(readPage(call, "max_results", 100, 1000));
  Json entries = Json::array();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) entries.push_back(std::move(all[i]));
  Json answer{{"has_next_page", page.end(all.size()) < all.size()}};
  if (!entries.empty()) answer["res"] = std::move(entries);
  setNextPage(answer, page, all.size());
  return jsonResponse(answer);
}

}  // namespace

void addStatementRoutes(Router& router, Statements& statements, const ObjectAccess& access) {
  const std::string base = "/api/2.0/sql/statements";
  router.add("POST", base, [&statements, access](const Call& call) { return execute(statements, access, call); });
  router.add("GET", base + "/{id}", [&statements](const Call& call) -> Reply<Response> {
    auto answer = TROWEL_TRY(statements.describe(call.path("id"), call.caller(), call.host()));
    return jsonResponse(answer);
  });
  router.add("GET", base + "/{id}/result/chunks/{index}",
             [&statements](const Call& call) { return chunk(statements, call); });
  // Outside of the API, as cloud storage is: whoever has the link may read.
  router.add("GET", "/sql-results/{id}/{index}",
             [&statements](const Call& call) { return download(statements, call); });
  router.add("POST", base + "/{id}/cancel", [&statements](const Call& call) -> Reply<Response> {
    TROWEL_TRY(statements.cancel(call.path("id"), call.caller()));
    return emptyResponse();
  });
  router.add("GET", "/api/2.0/sql/history/queries",
             [&statements, access](const Call& call) { return history(statements, access, call); });
}

}  // namespace trowel::emulator
