// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/statements.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "databricks/fields.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kExecute{Verb::Post, "/api/2.0/sql/statements", Safety::Unsafe};
constexpr Call kGet{Verb::Get, "/api/2.0/sql/statements/{id}", Safety::Safe};
constexpr Call kCancel{Verb::Post, "/api/2.0/sql/statements/{id}/cancel", Safety::Safe};
constexpr Call kChunk{Verb::Get, "/api/2.0/sql/statements/{id}/result/chunks/{index}", Safety::Safe};

StatementColumn readColumn(const core::Json& json) {
  return {.name = core::stringAt(json, "name"),
          .type = core::stringAt(json, "type_text"),
          .typeName = core::stringAt(json, "type_name"),
          .position = core::intAt(json, "position"),
          .precision = core::intAt(json, "type_precision"),
          .scale = core::intAt(json, "type_scale")};
}

StatementRow readRow(const core::Json& json) {
  StatementRow row;
  for (const auto& cell : json) {
    if (cell.is_null())
      row.emplace_back();
    else
      row.emplace_back(cell.is_string() ? cell.get<std::string>() : core::dumpJson(cell));
  }
  return row;
}

ExternalLink readLink(const core::Json& json) {
  ExternalLink link;
  link.link.url = core::SecretString(core::stringAt(json, "external_link"));
  for (const auto& [name, value] : textMapAt(json, "http_headers")) link.link.headers.emplace_back(name, value);
  link.chunk = core::intAt(json, "chunk_index");
  link.rowOffset = core::intAt(json, "row_offset");
  link.rowCount = core::intAt(json, "row_count");
  link.byteCount = core::intAt(json, "byte_count");
  link.expiration = timeAt(json, "expiration");
  return link;
}

// Of links, each tells the chunk after its own; the last one counts.
std::optional<std::int64_t> nextChunk(const core::Json& result) {
  const auto& links = core::arrayAt(result, "external_links");
  auto next = core::intAt(links.empty() ? result : links.back(), "next_chunk_index", -1);
  return next < 0 ? std::nullopt : std::optional(next);
}

StatementChunk readChunk(const core::Json& json) {
  StatementChunk chunk;
  chunk.links = listAt(json, "external_links", &readLink);
  chunk.rows = listAt(json, "data_array", &readRow);
  chunk.index = chunk.links.empty() ? core::intAt(json, "chunk_index") : chunk.links.front().chunk;
  chunk.rowOffset = chunk.links.empty() ? core::intAt(json, "row_offset") : chunk.links.front().rowOffset;
  chunk.next = nextChunk(json);
  return chunk;
}

Statement readStatement(const core::Json& json) {
  Statement statement;
  statement.id = core::stringAt(json, "statement_id");
  const auto& status = core::objectAt(json, "status");
  statement.state = core::stringAt(status, "state");
  statement.sqlState = core::stringAt(status, "sql_state");
  const auto& error = core::objectAt(status, "error");
  statement.errorCode = core::stringAt(error, "error_code");
  statement.errorMessage = core::stringAt(error, "message");
  const auto& manifest = core::objectAt(json, "manifest");
  statement.format = core::stringAt(manifest, "format");
  statement.columns = listAt(core::objectAt(manifest, "schema"), "columns", &readColumn);
  statement.rowCount = core::intAt(manifest, "total_row_count");
  statement.byteCount = core::intAt(manifest, "total_byte_count");
  statement.chunkCount = core::intAt(manifest, "total_chunk_count");
  statement.truncated = core::boolAt(manifest, "truncated");
  statement.first = readChunk(core::objectAt(json, "result"));
  return statement;
}

core::Json parameterJson(const StatementParameter& parameter) {
  core::Json json = {{"name", parameter.name}, {"type", parameter.type}};
  if (parameter.value) json["value"] = *parameter.value;
  return json;
}

}  // namespace

core::Result<Statement> Statements::execute(const StatementRequest& request, const CallOptions& options) const {
  core::Json params = {{"statement", request.text},
                       {"warehouse_id", request.warehouseId},
                       {"wait_timeout", fmt::format("{}s", request.wait.count())},
                       {"disposition", request.disposition},
                       {"format", request.format}};
  if (!request.catalog.empty()) params["catalog"] = request.catalog;
  if (!request.schema.empty()) params["schema"] = request.schema;
  for (const auto& parameter : request.parameters) params["parameters"].push_back(parameterJson(parameter));
  if (request.rowLimit > 0) params["row_limit"] = request.rowLimit;
  if (request.byteLimit > 0) params["byte_limit"] = request.byteLimit;
  if (request.wait.count() > 0) params["on_wait_timeout"] = request.cancelAfterWait ? "CANCEL" : "CONTINUE";
  return readStatement(TROWEL_TRY(rest_.call(kExecute, params, options)));
}

core::Result<Statement> Statements::get(std::string_view id, const CallOptions& options) const {
  return readStatement(TROWEL_TRY(rest_.call(kGet, {{"id", id}}, options)));
}

core::Result<void> Statements::cancel(std::string_view id, const CallOptions& options) const {
  TROWEL_TRY(rest_.call(kCancel, {{"id", id}}, options));
  return {};
}

core::Result<StatementChunk> Statements::chunk(std::string_view id, std::int64_t index,
                                               const CallOptions& options) const {
  return readChunk(TROWEL_TRY(rest_.call(kChunk, {{"id", id}, {"index", index}}, options)));
}

core::Result<void> Statements::download(const ExternalLink& link, const Sink& sink, const CallOptions& options) const {
  TROWEL_TRY(rest_.download(link.link, sink, options));
  return {};
}

StatementRows::StatementRows(const RestClient& rest, Statement statement, CallOptions options)
    : statements_(rest),
      host_(rest.host().text()),
      id_(std::move(statement.id)),
      options_(std::move(options)),
      chunk_(std::move(statement.first)) {}

core::Result<std::optional<std::vector<StatementRow>>> StatementRows::next() {
  while (chunk_ || next_) {
    auto wanted = std::exchange(next_, std::nullopt);
    auto chunk = std::exchange(chunk_, std::nullopt);
    if (!chunk) chunk = TROWEL_TRY(statements_.chunk(id_, *wanted, options_));
    if (chunk->next && *chunk->next <= chunk->index)
      return core::fail(core::ErrorCode::DataLoss,
                        fmt::format("{} does not come to an end with this result: after part {} it names part {}.",
                                    host_, chunk->index, *chunk->next));
    auto after = chunk->next;
    auto rows = TROWEL_TRY(rowsOf(*std::move(chunk)));
    next_ = after;
    if (!rows.empty()) return rows;
  }
  return std::nullopt;
}

core::Result<std::vector<StatementRow>> StatementRows::rowsOf(StatementChunk chunk) {
  auto rows = std::move(chunk.rows);
  for (const auto& link : chunk.links) {
    auto more = rowsBehind(link);
    // Links live for some minutes; a reader may take longer than that to get to one.
    if (!more && more.error().code == core::ErrorCode::PermissionDenied) {
      auto renewed = TROWEL_TRY(statements_.chunk(id_, link.chunk, options_));
      if (!renewed.links.empty()) more = rowsBehind(renewed.links.front());
    }
    auto read = TROWEL_TRY(std::move(more));
    rows.insert(rows.end(), std::move_iterator(read.begin()), std::move_iterator(read.end()));
  }
  return rows;
}

core::Result<std::vector<StatementRow>> StatementRows::rowsBehind(const ExternalLink& link) {
  std::string text;
  auto append = [&](std::string_view piece) -> core::Result<void> {
    text += piece;
    return {};
  };
  TROWEL_TRY(statements_.download(link, append, options_));
  auto json = core::parseJson(text);
  if (!json || !json->is_array())
    return core::fail(core::ErrorCode::DataLoss,
                      fmt::format("Part {} of the result is damaged. Run the statement again.", link.chunk));
  std::vector<StatementRow> rows;
  for (const auto& row : *json) rows.push_back(readRow(row));
  return rows;
}

}  // namespace trowel::databricks
