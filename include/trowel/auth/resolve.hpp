// SPDX-License-Identifier: Apache-2.0
// Puts a configuration together from what was given, the environment and the configuration file, by the rules of the
// official SDKs and the CLI. Pure.
#pragma once

#include <cstdint>

#include "trowel/auth/config.hpp"
#include "trowel/auth/config_file.hpp"
#include "trowel/core/error.hpp"
#include "trowel/http/network_options.hpp"

namespace trowel::auth {

// Who comes before whom. What was given always comes first, and everybody only fills what is still empty.
enum class Overlay : std::uint8_t {
  // The environment, then the profile that is chosen; no profile is looked for where host or credentials are known.
  Sdk,
  // As --profile of the CLI: a profile comes before the environment, which only fills what the profile leaves open and
  // never says anything about account, workspace id, auth_type, discovery, audience or cloud.
  CliProfile,
  // As a bundle: its profile as above; with a host alone the environment, then the one profile for that host.
  Project,
};

struct Request {
  Config given = {};  // with Attribute::Profile for a profile that was asked for
  Overlay overlay = Overlay::Sdk;
};

// Hosts come out normalised, with the ids that their query held; the profile that was used as Attribute::Profile; yes
// and no as "true" and nothing. InvalidParams, NotFound or Unsupported name file and line, or the variable, and end
// with what is set. There may be no host and no credential in what comes out: the chain says what that means.
//
// Stricter than the CLI in one point, because a credential goes only to the host that it was stored for: secrets of a
// profile are not used with another host, and those of the environment not where DATABRICKS_HOST is another one.
core::Result<Config> resolve(const Request& request, const http::Environment& environment, const ConfigFile& file);

}  // namespace trowel::auth
