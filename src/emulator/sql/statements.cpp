// SPDX-License-Identifier: Apache-2.0
// A statement belongs to the worker that runs it; its state and outcome change under the lock, in one step at the end.
#include "emulator/sql/statements.hpp"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <tuple>

#include "emulator/sql/sql_text.hpp"
#include "emulator/sql/statement_result.hpp"
#include "emulator/state/ids.hpp"
#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

constexpr std::size_t kMaxRunning = 16;
constexpr std::size_t kMaxWaiting = 1000;
constexpr std::size_t kMaxRemembered = 2000;
constexpr std::size_t kInlineBytes = 26'214'400;
constexpr std::size_t kChunkBytes = 4UL * 1024 * 1024;
constexpr std::int64_t kResultLife = 60 * 60'000;  // milliseconds after the end
constexpr std::int64_t kStatementLife = 12 * 60 * 60'000;

std::unexpected<ApiError> notFound(const std::string& id) {
  return refuse(404, "NOT_FOUND", "The statement " + core::toValidUtf8(id) + " was not found.");
}

// "Error in SQL statement: AnalysisException: [X] …" as HTML -> "[X] …"
std::string messageOf(const Json& error) {
  std::string text = core::stringAt(error, "summary");
  for (const auto& [escaped, plain] :
       {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#x27;", "'"}, {"&amp;", "&"}})
    text = core::replaceAll(std::move(text), escaped, plain);
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
  struct Chunk {
    std::size_t offset = 0;
    std::size_t count = 0;
  };
  State state = State::Canceled;
  std::string code = {};  // of a failure
  std::string message = {};
  std::string sqlState = {};
  Json columns = Json::array();
  Json rows = Json::array();
  std::vector<Chunk> chunks = {};
  bool truncated = false;
};

struct Statements::Statement {
  std::string id;
  StatementRequest request;
  User user;
  State state = State::Pending;
  std::int64_t submitted = 0;  // epoch milliseconds
  std::int64_t ended = 0;
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
    if (order_.size() > kMaxRemembered && statements_[order_.front()]->over()) {
      statements_.erase(order_.front());
      order_.pop_front();
    }
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

Reply<void> Statements::cancel(const std::string& id) {
  auto statement = TROWEL_TRY(find(id));
  statement->cancel.cancel(core::CancelReason::Client);
  std::lock_guard lock(mutex_);
  changed_.notify_all();
  return {};
}

Reply<Statements::StatementPtr> Statements::find(const std::string& id) {
  std::lock_guard lock(mutex_);
  auto it = statements_.find(id);
  if (it == statements_.end()) return notFound(id);
  const Statement& statement = *it->second;
  if (statement.over() && world_.now() >= statement.ended + kStatementLife) return notFound(id);
  return it->second;
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
  statement.state = statement.outcome.state;
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
  auto result = runSql(settings_, statement.user, sql + *bound, statement.cancel.token());
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
  outcome.truncated = core::boolAt(result, "truncated");
  std::size_t bytes = 0;
  std::size_t chunkBytes = 0;
  const std::size_t cap = world_.options.pageCap;
  for (const auto& row : core::arrayAt(result, "data")) {
    Json texts = statementRow(schema, row);
    std::size_t size = core::dumpJson(texts).size() + 1;
    bool full = (request.rowLimit != 0 && outcome.rows.size() >= request.rowLimit) ||
                (request.byteLimit != 0 && bytes + size > request.byteLimit);
    if (full) {
      outcome.truncated = true;
      break;
    }
    auto& chunks = outcome.chunks;
    if (chunks.empty() || chunkBytes + size > kChunkBytes || (cap != 0 && chunks.back().count >= cap)) {
      chunks.push_back({.offset = outcome.rows.size()});
      chunkBytes = 0;
    }
    ++chunks.back().count;
    bytes += size;
    chunkBytes += size;
    outcome.rows.push_back(std::move(texts));
  }
  if (bytes <= kInlineBytes) return outcome;
  return failure("BAD_REQUEST",
                 "Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at "
                 "most 26214400 bytes. Please execute the statement with disposition=EXTERNAL_LINKS if you want to "
                 "download the full result.");
}

// Showing ---------------------------------------------------------------------------------------------------------

Reply<Json> Statements::describe(const std::string& id) {
  auto statement = TROWEL_TRY(find(id));
  std::lock_guard lock(mutex_);
  const State state = stateNow(*statement);
  const Outcome& outcome = statement->outcome;
  Json status{{"state", toString(state)}};
  if (state == State::Failed) status["error"] = {{"error_code", outcome.code}, {"message", outcome.message}};
  if (!outcome.sqlState.empty()) status["sql_state"] = outcome.sqlState;
  Json answer{{"statement_id", id}, {"status", std::move(status)}};
  if (state != State::Succeeded) return answer;
  Json schema{{"column_count", outcome.columns.size()}};
  if (!outcome.columns.empty()) schema["columns"] = outcome.columns;
  Json manifest{{"format", "JSON_ARRAY"},
                {"schema", std::move(schema)},
                {"total_chunk_count", outcome.chunks.size()},
                {"total_row_count", outcome.rows.size()},
                {"truncated", outcome.truncated}};
  for (std::size_t i = 0; i < outcome.chunks.size(); ++i)
    manifest["chunks"].push_back(
        {{"chunk_index", i}, {"row_offset", outcome.chunks[i].offset}, {"row_count", outcome.chunks[i].count}});
  answer["manifest"] = std::move(manifest);
  answer["result"] = outcome.chunks.empty() ? Json::object() : chunkOf(*statement, 0);
  return answer;
}

Reply<Json> Statements::chunk(const std::string& id, std::size_t index) {
  auto statement = TROWEL_TRY(find(id));
  std::lock_guard lock(mutex_);
  State state = stateNow(*statement);
  if (state == State::Closed) return refuse(404, "NOT_FOUND", "The result of the statement " + id + " has expired.");
  if (state != State::Succeeded)
    return invalidState("The statement " + id + " is in state " + std::string(toString(state)) + " and has no result.");
  if (index >= statement->outcome.chunks.size())
    return invalidParameter("Chunk index " + std::to_string(index) + " is out of range: the result has " +
                            std::to_string(statement->outcome.chunks.size()) + " chunks.");
  return chunkOf(*statement, index);
}

Json Statements::chunkOf(const Statement& statement, std::size_t index) const {
  const auto& [rows, chunks] = std::tie(statement.outcome.rows, statement.outcome.chunks);
  const auto& chunk = chunks[index];
  auto begin = rows.begin() + static_cast<std::ptrdiff_t>(chunk.offset);
  Json data = Json::array();
  std::copy(begin, begin + static_cast<std::ptrdiff_t>(chunk.count), std::back_inserter(data));
  Json answer{{"chunk_index", index},
              {"row_offset", chunk.offset},
              {"row_count", chunk.count},
              {"data_array", std::move(data)}};
  if (index + 1 == chunks.size()) return answer;
  answer["next_chunk_index"] = index + 1;
  answer["next_chunk_internal_link"] = "/api/2.0/sql/statements/" + statement.id + "/result/chunks/" +
                                       std::to_string(index + 1) +
                                       "?row_offset=" + std::to_string(chunks[index + 1].offset);
  return answer;
}

std::vector<Json> Statements::history() {
  std::lock_guard lock(mutex_);
  std::vector<Json> entries;
  for (auto id = order_.rbegin(); id != order_.rend(); ++id) {
    const Statement& statement = *statements_.at(*id);
    std::string_view status = statement.state == State::Pending     ? "QUEUED"
                              : statement.state == State::Succeeded ? "FINISHED"
                                                                    : toString(statement.state);
    std::string first = statement.request.text.substr(0, statement.request.text.find_first_of(" \t\n("));
    std::transform(first.begin(), first.end(), first.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    const std::int64_t userId = std::strtoll(statement.user.id.c_str(), nullptr, 10);
    Json entry{{"query_id", statement.id},
               {"status", status},
               {"query_text", statement.request.text},
               {"statement_type", first},
               {"warehouse_id", statement.request.warehouseId},
               {"endpoint_id", statement.request.warehouseId},
               {"user_id", userId},
               {"user_name", statement.user.name},
               {"executed_as_user_id", userId},
               {"executed_as_user_name", statement.user.name},
               {"query_start_time_ms", statement.submitted},
               {"is_final", statement.over()}};
    if (statement.over()) {
      entry["query_end_time_ms"] = statement.ended;
      entry["execution_end_time_ms"] = statement.ended;
      entry["duration"] = statement.ended - statement.submitted;
      entry["rows_produced"] = statement.outcome.rows.size();
    }
    if (statement.state == State::Failed) entry["error_message"] = statement.outcome.message;
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace trowel::emulator
