// SPDX-License-Identifier: Apache-2.0
#include "emulator/sql/statement_chunks.hpp"

#include <nlohmann/json.hpp>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

using core::Json;

namespace {

std::string csvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return '"' + core::replaceAll(text, "\"", "\"\"") + '"';
}

std::string csvLine(const Json& row) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) line += ',';
    line += row[i].is_string() ? csvField(row[i].get_ref<const std::string&>()) : "null";
  }
  return line + "\r\n";
}

}  // namespace

StatementChunks::StatementChunks(ResultFormat format, const Json& columns, std::size_t maxRows, std::size_t maxBytes)
    : format_(format), maxRows_(maxRows), maxBytes_(maxBytes) {
  Json names = Json::array();
  for (const auto& column : columns) names.push_back(core::stringAt(column, "name"));
  if (format == ResultFormat::Csv) header_ = csvLine(names);
}

void StatementChunks::add(const Json& row, std::string_view json) {
  const bool csv = format_ == ResultFormat::Csv;
  std::string line = csv ? csvLine(row) : std::string(json);
  if (chunks_.empty() || (maxRows_ != 0 && chunks_.back().place.count >= maxRows_) ||
      chunks_.back().text.size() + line.size() > maxBytes_) {
    std::string start = !csv ? "[" : chunks_.empty() ? header_ : "";
    bytes_ += start.size();
    chunks_.push_back({.place = {.offset = rows_}, .text = std::move(start)});
  }
  auto& [place, text] = chunks_.back();
  if (!csv && place.count > 0) line.insert(0, 1, ',');
  text += line;
  bytes_ += line.size();
  ++place.count;
  ++rows_;
}

std::string StatementChunks::text(std::size_t index) const {
  return chunks_[index].text + (format_ == ResultFormat::Json ? "]" : "");
}

}  // namespace trowel::emulator
