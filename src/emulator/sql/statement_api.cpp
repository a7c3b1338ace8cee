// SPDX-License-Identifier: Apache-2.0
#include <charconv>
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
  if (!isInline) return refuse(501, "NOT_IMPLEMENTED", "ExternalLinks disposition is not yet implemented");
  return {};
}

Reply<Response> execute(Statements& statements, const Call& call) {
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

  auto id = TROWEL_TRY(statements.submit(std::move(request), call.caller()));
  bool over = timeout.count() != 0 && statements.wait(id, timeout);
  if (!over && timeout.count() != 0 && core::stringAt(fields, "on_wait_timeout") == "CANCEL") {
    TROWEL_TRY(statements.cancel(id));
    statements.wait(id, std::chrono::seconds(10));
  }
  auto answer = TROWEL_TRY(statements.describe(id));
  return jsonResponse(answer);
}

Reply<Response> chunk(Statements& statements, const Call& call) {
  const std::string& text = call.path("index");
  std::size_t index = 0;
  auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (problem != std::errc() || rest != text.data() + text.size())
    return invalidParameter("Invalid chunk index: " + text);
  auto answer = TROWEL_TRY(statements.chunk(call.path("id"), index));
  return jsonResponse(answer);
}

// filter_by comes as an object in a body and dotted in a query.
std::vector<std::string> filterTexts(const Call& call, const char* field) {
  auto values = call.texts(("filter_by." + std::string(field)).c_str());
  for (const auto& value : core::arrayAt(core::objectAt(call.params(), "filter_by"), field))
    if (value.is_string()) values.push_back(value.get<std::string>());
  return values;
}

Reply<Response> history(Statements& statements, const Call& call) {
  auto statuses = filterTexts(call, "statuses");
  auto warehouses = filterTexts(call, "warehouse_ids");
  auto ids = filterTexts(call, "statement_ids");
  auto matches = [](const std::vector<std::string>& wanted, const Json& entry, const char* field) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), core::stringAt(entry, field)) != wanted.end();
  };
  auto all = statements.history();
  std::erase_if(all, [&](const Json& entry) {
    return !matches(statuses, entry, "status") || !matches(warehouses, entry, "warehouse_id") ||
           !matches(ids, entry, "query_id");
  });
  Page page = TROWEL_TRY(readPage(call, "max_results", 100, 1000));
  Json entries = Json::array();
  for (std::size_t i = page.begin(all.size()); i < page.end(all.size()); ++i) entries.push_back(std::move(all[i]));
  Json answer{{"has_next_page", page.end(all.size()) < all.size()}};
  if (!entries.empty()) answer["res"] = std::move(entries);
  setNextPage(answer, page, all.size());
  return jsonResponse(answer);
}

}  // namespace

void addStatementRoutes(Router& router, Statements& statements) {
  const std::string base = "/api/2.0/sql/statements";
  router.add("POST", base, [&statements](const Call& call) { return execute(statements, call); });
  router.add("GET", base + "/{id}", [&statements](const Call& call) -> Reply<Response> {
    auto answer = TROWEL_TRY(statements.describe(call.path("id")));
    return jsonResponse(answer);
  });
  router.add("GET", base + "/{id}/result/chunks/{index}",
             [&statements](const Call& call) { return chunk(statements, call); });
  router.add("POST", base + "/{id}/cancel", [&statements](const Call& call) -> Reply<Response> {
    TROWEL_TRY(statements.cancel(call.path("id")));
    return emptyResponse();
  });
  router.add("GET", "/api/2.0/sql/history/queries",
             [&statements](const Call& call) { return history(statements, call); });
}

}  // namespace trowel::emulator
