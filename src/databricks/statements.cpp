// SPDX-License-Identifier: Apache-2.0
#include "trowel/databricks/statements.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "databricks/reading/statement_reading.hpp"

namespace trowel::databricks {

namespace {

constexpr Call kExecute{Verb::Post, "/api/2.0/sql/statements", Safety::Unsafe};
constexpr Call kGet{Verb::Get, "/api/2.0/sql/statements/{id}", Safety::Safe};
constexpr Call kCancel{Verb::Post, "/api/2.0/sql/statements/{id}/cancel", Safety::Safe};
constexpr Call kChunk{Verb::Get, "/api/2.0/sql/statements/{id}/result/chunks/{index}", Safety::Safe};

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
