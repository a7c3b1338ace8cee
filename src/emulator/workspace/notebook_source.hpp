// SPDX-License-Identifier: Apache-2.0
// The source text of a notebook, for whoever runs or exports it.
#pragma once

#include <string>
#include <string_view>

#include "emulator/workspace/workspace_store.hpp"

namespace trowel::emulator {

struct NotebookSource {
  Language language = Language::Python;
  std::string source;  // begins with the header "Databricks notebook source", whatever the notebook was made from
};

// `path` is absolute, with or without /Workspace, and names the notebook without its extension. 404 where nothing is
// there, INVALID_PARAMETER_VALUE where that is no notebook. Any thread.
Reply<NotebookSource> notebookSource(const WorkspaceStore& workspace, std::string_view path);
// The same of a notebook that has been found.
Reply<NotebookSource> notebookSource(const WorkspaceStore& workspace, const WorkspaceObject& notebook);

}  // namespace trowel::emulator
