// SPDX-License-Identifier: Apache-2.0
// The page that runs/export sends: a notebook with its results, for people in a browser and for clients that read its
// model.
#pragma once

#include <string>

#include "emulator/execution/notebook_runner.hpp"

namespace trowel::emulator {

// `path` is the notebook's. The model is JSON, percent-encoded, then base64, in __DATABRICKS_NOTEBOOK_MODEL.
std::string runPage(const std::string& path, const NotebookOutcome& notebook);

}  // namespace trowel::emulator
