// SPDX-License-Identifier: Apache-2.0
// Which connection a shell command uses for a folder, where no editor says it.
#pragma once

#include <string>

#include "trowel/app/daemon.hpp"
#include "trowel/auth/config_file.hpp"
#include "trowel/core/json.hpp"
#include "trowel/http/network_options.hpp"

namespace trowel::app {

// What an editor remembers, or its settings say, about a folder.
struct FolderWord {
  std::string id = {};      // of an offer; empty: nothing
  std::string folder = {};  // the one asked about, or the nearest around it that has a word
  bool chosen = false;      // by the user, else by the folder's settings
};

struct FolderConnection {
  std::string id = {};   // of an offer; empty: nobody names one
  std::string why = {};  // "Uses profile:DEV, which was chosen for /home/me/shop in the editor."; empty for a flag
};

// The flag --profile, then the environment where it names a host or a profile (DATABRICKS_HOST,
// DATABRICKS_CONFIG_PROFILE), as the CLI has it; then the word of the folder; then the default profile of the
// configuration file, and DEFAULT. Pure.
FolderConnection chooseConnection(const std::string& profile, const http::Environment& environment,
                                  const FolderWord& word, const auth::ConfigFile& file);

// The same, reading what there is. `folder` is absolute.
FolderConnection connectionOf(const std::string& folder, const std::string& profile, const DaemonOptions& system);

// How a shell user goes on where a connection cannot be had: the end of the error.
std::string adviceFor(const FolderConnection& connection);

// The folder's settings.json; an empty object where there is none.
core::Json readFolderSettings(const std::string& folder);

}  // namespace trowel::app
