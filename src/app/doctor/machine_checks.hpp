// SPDX-License-Identifier: Apache-2.0
// What this machine has to offer: folders, limits, keyring.
#pragma once

#include "app/doctor/report.hpp"
#include "trowel/core/error.hpp"
#include "trowel/os/keyring.hpp"

namespace trowel::app {

Check checkBinary();
// Made where it is missing, and written to.
Check checkFolder(const std::string& name, const std::string& folder, const std::string& variable);
// Whether others may read the tokens in it. A file that is not there is fine.
Check checkConfigFile(const std::string& file);
// The keyring's own answer to a question for an entry; reads only.
Check checkKeyring(os::Keyring& keyring);

struct Limits {
  long watches = 0;    // fs.inotify.max_user_watches
  long instances = 0;  // fs.inotify.max_user_instances
  long files = 0;      // open files of a process
};
Limits systemLimits();
// Pure.
Checks judgeLimits(const Limits& limits);

}  // namespace trowel::app
