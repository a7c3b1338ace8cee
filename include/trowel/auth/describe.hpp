// SPDX-License-Identifier: Apache-2.0
// A configuration for people: each value with where it came from, secrets masked. Pure.
#pragma once

#include <string>
#include <vector>

#include "trowel/auth/config.hpp"

namespace trowel::auth {

struct DescribedValue {
  std::string key;     // as in the configuration file: "client_secret"
  std::string text;    // ******** for a secret, "unusable" for a host that is no plain address
  std::string source;  // "the variable DATABRICKS_HOST", "the profile DEV in ~/.databrickscfg:3"
};

// Every value that is set, in the order of attributes().
std::vector<DescribedValue> describe(const Config& config);

// "Set are: host = https://h (the variable DATABRICKS_HOST), token = ******** (…)." or "Nothing is set.": the end of
// an error about a configuration.
std::string whatIsSet(const Config& config);

}  // namespace trowel::auth
