// SPDX-License-Identifier: Apache-2.0
// Reads and changes the Databricks configuration file on disk, beside other tools that do the same.
#pragma once

#include <functional>
#include <string>

#include "trowel/auth/config_file.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/http/network_options.hpp"

namespace trowel::auth {

// Where the file is: DATABRICKS_CONFIG_FILE, with a ~ for the home folder, else <home>/.databrickscfg.
std::string configFilePath(const http::Environment& environment, const std::string& home);

// The file as messages name it: the home folder shortened to ~.
std::string shownPath(const std::string& path, const std::string& home);

// An empty document where there is no file. A file that cannot be read, or is no UTF-8 text at all, is an error that
// says why and what to do. At most 1 MiB.
core::Result<ConfigFile> readConfigFile(const std::string& path, const std::string& home);
// For whoever goes on without it: the error as ConfigFile::unreadable().
ConfigFile configFileOrProblem(const std::string& path, const std::string& home);

// Applies `change` to what the file holds now and replaces the file atomically, with mode 0600 or a stricter one that
// it has; a symbolic link stays one and its target is replaced. Makes the file where there is none, and no copy beside
// it. Of several Trowels one at a time does so, by a lock under `lockFolder` (os::stateDir()). Another tool's write in
// between is not lost: `change` runs again on that one's text, so it must have no other effect; Conflict where that
// happens again and again. Blocks while another Trowel writes.
core::Result<void> changeConfigFile(const std::string& path, const std::string& home, const std::string& lockFolder,
                                    core::Clock& clock, const core::CancelToken& cancel,
                                    const std::function<core::Result<void>(ConfigFile&)>& change);

}  // namespace trowel::auth
