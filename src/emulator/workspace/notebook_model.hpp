// SPDX-License-Identifier: Apache-2.0
// The service's own form of a notebook, as it lies in DBC archives and in exported HTML pages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/workspace/notebook_format.hpp"

namespace trowel::emulator {

struct NotebookContent {
  Language language = Language::Python;
  std::vector<NotebookCell> cells;
};

// JSON with one command per cell.
std::string writeNotebookModel(const NotebookContent& notebook, std::string_view name);
// Nothing where it is no such JSON.
std::optional<NotebookContent> readNotebookModel(std::string_view json);

// A page that can be read in a browser as it is, and imported again: it carries the model, percent-encoded and then in
// base64, where the service's own pages have it.
std::string writeNotebookPage(const NotebookContent& notebook, std::string_view name);
// Nothing where the page carries no model.
std::optional<NotebookContent> readNotebookPage(std::string_view html);

// R Markdown: chunks of R are cells, the text between them is Markdown. R notebooks only.
std::string writeRMarkdown(const NotebookContent& notebook);
NotebookContent readRMarkdown(std::string_view text);

}  // namespace trowel::emulator
