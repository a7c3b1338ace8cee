// SPDX-License-Identifier: Apache-2.0
// The credential chain: finds the way of signing in that a configuration allows, and makes credentials of it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "trowel/auth/config.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/http/credentials.hpp"
#include "trowel/http/network_options.hpp"
#include "trowel/os/keyring.hpp"

namespace trowel::auth {

struct AccessToken {
  core::SecretString value;
  core::WallTime expiry = core::WallTime::max();
  std::string type = "Bearer";
};

// With the end that a JSON web token names; other tokens do not say.
AccessToken accessTokenOf(core::SecretString value);

// What credentials are made with. Everything outlives them.
struct Outside {
  http::HttpClient& http;
  core::Clock& clock;
  os::Keyring& keyring;
  http::Environment environment = {};  // empty: none
  std::string home;                    // where ~/.databricks is
  // Where a virtual machine in Azure asks for its identity: the one address that is plain http and not of this machine.
  std::string imds = "http://169.254.169.254";
  // The editor's Microsoft account; asks the user only where `mayAsk`. Empty: there is none.
  std::function<core::Result<AccessToken>(const std::string& tenant, const std::string& scope, bool mayAsk,
                                          const core::CancelToken& cancel)>
      microsoft = {};
};

struct SignedIn {
  std::string authType = {};  // "pat", "databricks-cli", "azure-cli", …
  std::string host = {};      // normalised; may have been found by the way (an Azure resource id)
  std::shared_ptr<http::Credentials> credentials = {};
  http::Headers headers = {};  // of every request
  // "the profile DEV in ~/.databrickscfg": where the user renews it; the end of "…, then update".
  std::string source = {};
};

// With auth_type, that one or its error. Without, the first in the order of the CLI that is configured and whose token
// can be had; where there is none, an Unauthenticated that says for each one that was tried what stood against it.
// Blocks for as long as the network takes.
core::Result<SignedIn> signIn(const Config& config, const Outside& outside, const core::CancelToken& cancel);

}  // namespace trowel::auth
