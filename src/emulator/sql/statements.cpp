// SPDX-License-Identifier: Apache-2.0
// A statement belongs to the worker that runs it; its state and outcome change under the lock, in one step at the end.
#include "emulator/sql/statements.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "emulator/sql/sql_text.hpp"
#include "emulator/sql/statement_result.hpp"
#include "emulator/state/ids.hpp"
#include "emulator/state/timestamps.hpp"
#include "trowel/core/hash.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxRunning = 16;
constexpr std::size_t kMaxWaiting = 1000;
constexpr std::size_t kMaxRemembered = 2000;
constexpr std::size_t kInlineBytes = 26'214'400;
constexpr std::size_t kChunkBytes = 4UL * 1024 * 1024;
constexpr std::size_t kLinkedChunkBytes = 16UL * 1024 * 1024;
constexpr std::size_t kMaxHeld = 256UL * 1024 * 1024;  // bytes of all results together
constexpr std::int64_t kLinkLife = 15 * 60'000;
constexpr std::int64_t kResultLife = 60 * 60'000;  // milliseconds after the end
constexpr std::int64_t kStatementLife = 12 * 60 * 60'000;

std::unexpected<ApiError> notFound(const std::string& id) {
  return refuse(404, "NOT_FOUND", "The statement " + core::toValidUtf8(id) + " was not found.");
}

// "Error in SQL statement: AnalysisException: [X] …" as HTML -> "[X] …"
std::string messageOf(const Json& error) {
  std::string text = core::stringAt(error, "summary");
  for (const auto& [html, plain] : {std::pair{"<span class=\"ansi-red-fg\">", ""},
                                    {"</span>", ""},
                                    {"&lt;", "<"},
                                    {"&gt;", ">"},
                                    {"&quot;", "\""},
                                    {"&#x27;", "'"},
                                    {"&amp;", "&"}})
    text = core::replaceAll(std::move(text), html, plain);
  constexpr std::string_view kStart = "Error in SQL statement: ";
  if (!text.starts_with(kStart)) return text.empty() ? core::stringAt(error, "cause") : text;
  auto end = text.find(": ", kStart.size());
  return text.substr(end == std::string::npos ? kStart.size() : end + 2);
}

// "… SQLSTATE: 42P01" -> 42P01
std::string sqlStateOf(const std::string& message) {
  constexpr std::string_view kMark = "SQLSTATE: ";
  auto at = message.rfind(kMark);
  return at == std::string::npos ? "" : message.substr(at + kMark.size(), 5);
}

}  // namespace

// How a statement ended.
struct Statements::Outcome {
  State state = State::Canceled;
  std::string code = {};  // of a failure
  std::string message = {};
  std::string sqlState = {};
  Json columns = Json::array();
  StatementChunks chunks = {};
  bool truncated = false;
};

struct Statements::Statement {
  std::string id;
  StatementRequest request;
  User user;
  State state = State::Pending;
  std::int64_t submitted = 0;  // epoch milliseconds
  std::int64_t ended = 0;
  std::size_t rows = 0;  // that it produced
  Outcome outcome = {};
  core::CancelSource cancel = {};

  bool over() const { return state != State::Pending && state != State::Running; }
};

std::string_view Statements::toString(State state) {
  constexpr std::string_view kNames[] = {"PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "CLOSED"};
  return kNames[static_cast<std::size_t>(state)];
}

Statements::Statements(World& world, Warehouses& warehouses, ContextSettings settings)
    : world_(world),
      warehouses_(warehouses),
      settings_(std::move(settings)),
      pool_(kMaxRunning, kMaxWaiting, "emu-sql") {}

Statements::~Statements() { stop(); }

void Statements::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [id, statement] : statements_) statement->cancel.cancel(core::CancelReason::Shutdown);
    changed_.notify_all();
  }
  pool_.stop();
}

Reply<std::string> Statements::submit(StatementRequest request, const User& user) {
  TROWEL_TRY(warehouses_.use(request.warehouseId));
  auto statement = std::make_shared<Statement>();
  statement->id = "01ef" + randomUuid().substr(4);
  statement->request = std::move(request);
  statement->user = user;
  statement->submitted = world_.now();
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return refuse(503, "TEMPORARILY_UNAVAILABLE", "The emulator is stopping.");
    statements_[statement->id] = statement;
    order_.push_back(statement->id);
    forgetOld();
  }
  core::Job job = [this, statement] { run(*statement); };
  if (pool_.submit(job)) return statement->id;
  std::lock_guard lock(mutex_);
  statements_.erase(statement->id);
  std::erase(order_, statement->id);
  return refuse(429, "RESOURCE_EXHAUSTED", "Too many statements are waiting. Please retry your request later.");
}

bool Statements::wait(const std::string& id, std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  auto it = statements_.find(id);
  if (it == statements_.end()) return true;
  StatementPtr statement = it->second;
  return world_.clock.waitUntil(lock, changed_, world_.clock.now() + duration, [&] { return statement->over(); });
}

Reply<void> Statements::cancel(const std::string& id, const User& caller) {
  auto statement = TROWEL_TRY(find(id, caller, true));
  statement->cancel.cancel(core::CancelReason::Client);
  std::lock_guard lock(mutex_);
  changed_.notify_all();
  return {};
}

Reply<Statements::StatementPtr> Statements::find(const std::string& id, const User& caller, bool adminToo) {
  std::lock_guard lock(mutex_);
  auto it = statements_.find(id);
  if (it == statements_.end()) return notFound(id);
  const Statement& statement = *it->second;
  if (statement.user.id != caller.id && !(adminToo && caller.admin)) return notFound(id);
  if (statement.over() && world_.now() >= statement.ended + kStatementLife) return notFound(id);
  return it->second;
}

// Lets go of expired statements and results, and of the oldest ones where there are too many. Holds the lock.
void Statements::forgetOld() {
  const std::int64_t now = world_.now();
  while (!order_.empty()) {
    const Statement& oldest = *statements_.at(order_.front());
    bool expired = oldest.over() && now >= oldest.ended + kStatementLife;
    if (!expired && !(oldest.over() && order_.size() > kMaxRemembered)) break;
    statements_.erase(order_.front());
    order_.pop_front();
  }
  std::size_t held = 0;
  for (auto id = order_.rbegin(); id != order_.rend(); ++id) {
    Statement& statement = *statements_.at(*id);
    if (statement.state != State::Succeeded) continue;
    held += statement.outcome.chunks.bytes();
    if (now < statement.ended + kResultLife && held <= kMaxHeld) continue;
    statement.state = State::Closed;
    statement.outcome.chunks = {};
  }
}

// CLOSED: it succeeded, and its result is gone.
Statements::State Statements::stateNow(const Statement& statement) const {
  bool expired = statement.state == State::Succeeded && world_.now() >= statement.ended + kResultLife;
  return expired ? State::Closed : statement.state;
}

// Running ---------------------------------------------------------------------------------------------------------

Statements::Outcome Statements::failure(std::string_view code, std::string message, std::string sqlState) {
  Outcome outcome;
  outcome.state = State::Failed;
  outcome.code = code;
  outcome.message = std::move(message);
  outcome.sqlState = std::move(sqlState);
  return outcome;
}

void Statements::run(Statement& statement) {
  Outcome outcome;
  warehouses_.statementBegins(statement.request.warehouseId);
  if (awaitWarehouse(statement, outcome)) outcome = execute(statement);
  warehouses_.statementEnds(statement.request.warehouseId);
  std::lock_guard lock(mutex_);
  statement.outcome = std::move(outcome);
  statement.ended = world_.now();
  statement.rows = statement.outcome.chunks.rows();
  statement.state = statement.outcome.state;
  forgetOld();
  changed_.notify_all();
}

// False, and the outcome, where the statement has ended before the warehouse ran.
bool Statements::awaitWarehouse(Statement& statement, Outcome& outcome) {
  const core::CancelToken cancel = statement.cancel.token();
  while (true) {
    auto left = warehouses_.use(statement.request.warehouseId);
    if (!left) {
      outcome = failure("BAD_REQUEST", left.error().message);
      return false;
    }
    std::unique_lock lock(mutex_);
    bool runs = left->count() == 0;
    if (!runs) world_.clock.waitUntil(lock, changed_, world_.clock.now() + *left, [&] { return cancel.cancelled(); });
    if (cancel.cancelled()) return false;
    if (runs) statement.state = State::Running;
    if (runs) return true;
  }
}

Statements::Outcome Statements::execute(const Statement& statement) {
  const StatementRequest& request = statement.request;
  if (hasManyStatements(request.text))
    return failure("BAD_REQUEST", "[PARSE_SYNTAX_ERROR] Syntax error at or near ';': extra input ';'. SQLSTATE: 42601",
                   "42601");
  auto parameters = core::parseJson(request.parameters);
  auto bound = bindParameters(request.text, parameters ? *parameters : Json::array());
  if (!bound) return failure("BAD_REQUEST", bound.error().message, bound.error().state);
  std::string sql;
  if (!request.catalog.empty()) sql += "USE CATALOG " + sqlIdentifier(request.catalog) + ";\n";
  if (!request.schema.empty()) sql += "USE SCHEMA " + sqlIdentifier(request.schema) + ";\n";
  SqlLimits limits;
  if (request.rowLimit != 0) limits.rows = request.rowLimit + 1;  // one more tells that there is more
  auto result = runSql(settings_, statement.user, sql + *bound, statement.cancel.token(), limits);
  if (statement.cancel.token().cancelled()) return {};
  if (!result) return failure("INTERNAL_ERROR", result.error().message);
  if (core::stringAt(*result, "resultType") == "table") return takeResult(request, *result);
  std::string message = messageOf(*result);
  return failure("BAD_REQUEST", message, sqlStateOf(message));
}

Statements::Outcome Statements::takeResult(const StatementRequest& request, const Json& result) {
  const Json& schema = core::arrayAt(result, "schema");
  Outcome outcome;
  outcome.state = State::Succeeded;
  outcome.columns = statementColumns(schema);
  outcome.chunks = StatementChunks(request.format, outcome.columns, world_.options.pageCap,
                                   request.links ? kLinkedChunkBytes : kChunkBytes);
  std::size_t bytes = 0;
  for (const auto& row : core::arrayAt(result, "data")) {
    Json texts = statementRow(schema, row);
    std::string json = core::dumpJson(texts);
    bytes += json.size() + 1;
    outcome.truncated = (request.rowLimit != 0 && outcome.chunks.rows() >= request.rowLimit) ||
                        (request.byteLimit != 0 && bytes > request.byteLimit);
    if (outcome.truncated) return outcome;
    if (bytes > kInlineBytes && !request.links) break;
    outcome.chunks.add(texts, json);
  }
  if (bytes <= kInlineBytes && !core::boolAt(result, "truncated")) return outcome;
  if (request.links && !core::boolAt(result, "truncated")) return outcome;
  if (request.links) return failure("RESOURCE_EXHAUSTED", "The local workspace holds no results as large as this one.");
  return failure("BAD_REQUEST",
                 "Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at "
                 "most 26214400 bytes. Please execute the statement with disposition=EXTERNAL_LINKS if you want to "
                 "download the full result.");
}

// Showing ---------------------------------------------------------------------------------------------------------

Reply<Json> Statements::describe(const std::string& id, const User& caller, const std::string& host) {
  auto statement = TROWEL_TRY(find(id, caller, false));
  std::lock_guard lock(mutex_);
  const State state = stateNow(*statement);
  const Outcome& outcome = statement->outcome;
  Json status{{"state", toString(state)}};
  if (state == State::Failed) status["error"] = {{"error_code", outcome.code}, {"message", outcome.message}};
  if (!outcome.sqlState.empty()) status["sql_state"] = outcome.sqlState;
  Json answer{{"statement_id", id}, {"status", std::move(status)}};
  if (state != State::Succeeded) return answer;
  answer["manifest"] = manifestOf(*statement);
  answer["result"] = outcome.chunks.count() == 0 ? Json::object() : chunkOf(*statement, 0, host);
  return answer;
}

Json Statements::manifestOf(const Statement& statement) const {
  const Outcome& outcome = statement.outcome;
  Json schema{{"column_count", outcome.columns.size()}};
  if (!outcome.columns.empty()) schema["columns"] = outcome.columns;
  Json manifest{{"format", statement.request.format == ResultFormat::Csv ? "CSV" : "JSON_ARRAY"},
                {"schema", std::move(schema)},
                {"total_chunk_count", outcome.chunks.count()},
                {"total_row_count", outcome.chunks.rows()},
                {"truncated", outcome.truncated}};
  if (statement.request.links) manifest["total_byte_count"] = outcome.chunks.bytes();
  for (std::size_t i = 0; i < outcome.chunks.count(); ++i) {
    auto place = outcome.chunks.place(i);
    manifest["chunks"].push_back({{"chunk_index", i}, {"row_offset", place.offset}, {"row_count", place.count}});
    if (statement.request.links) manifest["chunks"].back()["byte_count"] = outcome.chunks.text(i).size();
  }
  return manifest;
}

Reply<Json> Statements::chunk(const std::string& id, std::size_t index, const User& caller, const std::string& host) {
  auto statement = TROWEL_TRY(find(id, caller, false));
  std::lock_guard lock(mutex_);
  State state = stateNow(*statement);
  if (state == State::Closed) return refuse(404, "NOT_FOUND", "The result of the statement " + id + " has expired.");
  if (state != State::Succeeded)
    return invalidState("The statement " + id + " is in state " + std::string(toString(state)) + " and has no result.");
  if (index >= statement->outcome.chunks.count())
    return invalidParameter("Chunk index " + std::to_string(index) + " is out of range: the result has " +
                            std::to_string(statement->outcome.chunks.count()) + " chunks.");
  return chunkOf(*statement, index, host);
}

Json Statements::chunkOf(const Statement& statement, std::size_t index, const std::string& host) const {
  const StatementChunks& chunks = statement.outcome.chunks;
  auto place = chunks.place(index);
  Json answer{{"chunk_index", index}, {"row_offset", place.offset}, {"row_count", place.count}};
  if (index + 1 < chunks.count()) {
    answer["next_chunk_index"] = index + 1;
    answer["next_chunk_internal_link"] = "/api/2.0/sql/statements/" + statement.id + "/result/chunks/" +
                                         std::to_string(index + 1) +
                                         "?row_offset=" + std::to_string(chunks.place(index + 1).offset);
  }
  if (!statement.request.links) {
    answer["data_array"] = core::parseJson(chunks.text(index)).value_or(Json::array());
    return answer;
  }
  const std::int64_t expires = world_.now() + kLinkLife;
  answer["byte_count"] = chunks.text(index).size();
  answer["expiration"] = toIsoTime(expires);
  answer["external_link"] = host + "/sql-results/" + statement.id + "/" + std::to_string(index) +
                            "?expires=" + std::to_string(expires) +
                            "&signature=" + signatureOf(statement.id, index, expires);
  return {{"external_links", {std::move(answer)}}};
}

std::string Statements::signatureOf(const std::string& id, std::size_t index, std::int64_t expires) const {
  return core::sha256(linkKey_ + "/" + id + "/" + std::to_string(index) + "/" + std::to_string(expires) + "/" +
                      linkKey_);
}

Reply<Response> Statements::download(const std::string& id, std::size_t index, std::int64_t expires,
                                     const std::string& signature) const {
  if (signature != signatureOf(id, index, expires) || world_.now() >= expires)
    return refuse(403, "PERMISSION_DENIED", "The link is not valid, or not any more.");
  std::lock_guard lock(mutex_);
  auto it = statements_.find(id);
  if (it == statements_.end() || index >= it->second->outcome.chunks.count()) return notFound(id);
  const Statement& statement = *it->second;
  Response response;
  response.body = statement.outcome.chunks.text(index);
  response.contentType = statement.request.format == ResultFormat::Csv ? "text/csv" : "application/json";
  return response;
}

std::vector<Json> Statements::history() const {
  std::lock_guard lock(mutex_);
  std::vector<Json> entries;
  for (auto id = order_.rbegin(); id != order_.rend(); ++id) entries.push_back(historyEntry(*statements_.at(*id)));
  return entries;
}

Json Statements::historyEntry(const Statement& statement) const {
  bool succeeded = statement.state == State::Succeeded || statement.state == State::Closed;
  std::string_view status = statement.state == State::Pending ? "QUEUED"
                            : succeeded                       ? "FINISHED"
                                                              : toString(statement.state);
  const std::int64_t userId = std::strtoll(statement.user.id.c_str(), nullptr, 10);
  Json entry{{"query_id", statement.id},
             {"status", status},
             {"query_text", statement.request.text},
             {"statement_type", statementType(statement.request.text)},
             {"warehouse_id", statement.request.warehouseId},
             {"endpoint_id", statement.request.warehouseId},
             {"user_id", userId},
             {"user_name", statement.user.name},
             {"executed_as_user_id", userId},
             {"executed_as_user_name", statement.user.name},
             {"query_start_time_ms", statement.submitted},
             {"is_final", statement.over()}};
  if (statement.state == State::Failed) entry["error_message"] = statement.outcome.message;
  if (!statement.over()) return entry;
  const std::int64_t duration = statement.ended - statement.submitted;
  entry.update({{"query_end_time_ms", statement.ended},
                {"execution_end_time_ms", statement.ended},
                {"duration", duration},
                {"rows_produced", statement.rows},
                {"metrics",
                 {{"total_time_ms", duration},
                  {"execution_time_ms", duration},
                  {"rows_produced_count", statement.rows},
                  {"result_from_cache", false}}}});
  return entry;
}

}  // namespace trowel::emulator
