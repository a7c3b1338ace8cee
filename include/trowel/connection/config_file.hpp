// SPDX-License-Identifier: Apache-2.0
// The Databricks configuration file (~/.databrickscfg), which the CLI, the SDKs and Trowel share. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/secret.hpp"

namespace trowel::connection {

struct Profile {
  std::string name;
  std::string host;  // as written
  core::SecretString token;
  std::string problem;  // why it cannot be used, and what to do; empty where it can
};

// Every section of an INI text, in its order. Tolerates a BOM, CRLF, comments with # and ; and blank lines. A section
// that stands twice, or lacks a host or a token, comes with a problem that names the line.
std::vector<Profile> parseConfigFile(std::string_view text);

}  // namespace trowel::connection
