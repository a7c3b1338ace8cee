// SPDX-License-Identifier: Apache-2.0
#include "databricks/reading/statement_reading.hpp"

#include <nlohmann/json.hpp>

#include "databricks/reading/fields.hpp"

namespace trowel::databricks {

namespace {

StatementColumn readColumn(const core::Json& json) {
  return {.name = core::stringAt(json, "name"),
          .type = core::stringAt(json, "type_text"),
          .typeName = core::stringAt(json, "type_name"),
          .position = core::intAt(json, "position"),
          .precision = core::intAt(json, "type_precision"),
          .scale = core::intAt(json, "type_scale")};
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

}  // namespace

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

}  // namespace trowel::databricks
