// SPDX-License-Identifier: Apache-2.0
#include "kernel/result_view.hpp"

namespace trowel::kernel {

notebook::ResultView toView(const databricks::CommandResult& result) {
  using Kind = notebook::ResultView::Kind;
  notebook::ResultView view;
  if (result.type == "table") {
    view.kind = Kind::Table;
    for (const auto& column : result.columns) view.columns.push_back({column.name, column.type});
    view.rows.reserve(result.rows.size());
    for (const auto& row : result.rows) {
      auto& values = view.rows.emplace_back();
      values.reserve(row.size());
      for (const auto& cell : row) {
        bool null = cell.kind == databricks::ResultCell::Kind::Null;
        values.push_back(null ? std::nullopt : std::optional(cell.text));
      }
    }
    view.truncated = result.truncated;
  } else if (result.type == "image" || result.type == "images") {
    view.kind = Kind::Images;
    view.images = result.images;
  } else if (result.type == "error") {
    view.kind = Kind::Error;
    view.summary = result.summary;
    view.cause = result.cause;
  } else if (!result.type.empty()) {
    view.kind = Kind::Text;
    view.text = result.text;
  }
  return view;
}

}  // namespace trowel::kernel
