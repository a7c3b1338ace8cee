// SPDX-License-Identifier: Apache-2.0
// The notebook or file that a command is about: a row of the workspace, a file of the explorer, or what the editor
// shows.
#pragma once

#include <string>

#include "features/action.hpp"
#include "script_task.hpp"

namespace trowel::features {

struct ScriptSource {
  Script script;
  std::string path;   // in the workspace; empty: it is local, and goes there first
  std::string local;  // of a file on this machine; may be empty

  // Tells it apart from others.
  const std::string& key() const { return path.empty() ? (local.empty() ? script.name : local) : path; }
};

// Asks for a file where nothing is selected or open. Unsupported where it cannot run as a job.
core::Result<ScriptSource> scriptSource(Action& action);

// Imports a local script; without `overwrite` AlreadyExists where something has its path.
core::Result<void> importScript(const databricks::RestClient& rest, const Script& script, const std::string& path,
                                bool overwrite, const core::CancelToken& cancel);

}  // namespace trowel::features
