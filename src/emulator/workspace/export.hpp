// SPDX-License-Identifier: Apache-2.0
// Objects of the workspace in the formats that the API exports.
#pragma once

#include <string>

#include "emulator/workspace/workspace_store.hpp"

namespace trowel::emulator {

struct Exported {
  std::string content;
  std::string fileType;  // as the API says it: "py", "ipynb", "zip", ...; of a file its own extension
};

// `format` as the API spells it. Folders become archives, whose entries are named from that folder on.
// INVALID_PARAMETER_VALUE for what does not go together, MAX_NOTEBOOK_SIZE_EXCEEDED above kMaxImport bytes.
Reply<Exported> exportObject(const WorkspaceStore& store, const WorkspaceObject& object, const std::string& format);

// The error for contents above `limit` bytes.
std::unexpected<ApiError> contentTooLarge(std::size_t limit);

}  // namespace trowel::emulator
