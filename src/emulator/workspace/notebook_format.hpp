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

// The language of an .ipynb: Databricks' own metadata, then the kernel, then Python. Nothing where it is no notebook.
std::optional<Language> jupyterLanguage(std::string_view ipynb);

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
