// SPDX-License-Identifier: Apache-2.0
// The emulator's own reading of the main notebook formats: source with cell markers, and Jupyter's .ipynb.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/workspace/workspace_object.hpp"

namespace trowel::emulator {

// "py", "sql", "scala", "r"; and back, without regard to case. Nothing for another extension.
std::string_view extensionOf(Language language);
std::optional<Language> languageOfExtension(std::string_view extension);

// Whether the first line is the header "Databricks notebook source" in the language's comment.
bool hasNotebookHeader(std::string_view source, Language language);

// The source with the header in front, as an export always has it.
std::string withNotebookHeader(std::string_view source, Language language);

// What a notebook is called in the workspace whose file has that name or path: without the extension of its kind, but
// for *.designer.ipynb, which keeps it. Other names stay as they are. And what the file of one is called.
std::string notebookStem(std::string_view path);
std::string notebookFile(std::string_view name, std::string_view extension);
// Those that files of notebooks have, in the usual spellings.
const std::vector<std::string_view>& notebookExtensions();

struct NotebookCell {
  std::string title = {};
  std::string text = {};  // without MAGIC prefixes; of Markdown without %md
  bool markdown = false;
};
// In order, empty ones as well.
std::vector<NotebookCell> notebookCells(std::string_view source, Language language);
// With the header.
std::string cellsToSource(const std::vector<NotebookCell>& cells, Language language);

// "python", "sql", "scala", "r": as the metadata of notebooks spells them; and back.
std::string_view lowerName(Language language);
std::optional<Language> languageNamed(std::string_view name);  // without regard to case

std::string sourceToJupyter(std::string_view source, Language language, std::string_view name);
// `ipynb` has passed jupyterLanguage. Outputs do not survive: source has none.
std::string jupyterToSource(std::string_view ipynb, Language language);

}  // namespace trowel::emulator
