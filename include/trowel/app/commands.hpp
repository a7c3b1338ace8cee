// SPDX-License-Identifier: Apache-2.0
// The subcommands of the executable. Each returns the exit status: 0 done, 1 failed (said on stderr), 2 wrong usage.
#pragma once

#include <optional>
#include <string>

namespace trowel::app {

struct CommonOptions {
  std::string logLevels = "info";  // as core::setLogLevels takes them
};

// `trowel serve`: one conversation over stdin and stdout.
int serve(const CommonOptions& common);

struct CallOptions {
  std::string method;
  std::string params;   // JSON; empty: none
  std::string profile;  // empty: what the folder's settings say, else DEFAULT
  std::string folder;   // empty: the current one
};

// `trowel call`: the daemon's own dispatcher in this process, one request, its result on stdout.
int call(const CommonOptions& common, const CallOptions& options);

// `trowel --version --json`.
std::string versionJson();

}  // namespace trowel::app
