// SPDX-License-Identifier: Apache-2.0
// The credential chain: finds the way of signing in that a configuration allows, and makes credentials of it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "trowel/auth/azure_cloud.hpp"
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

// What a token of the editor's Microsoft account is for.
struct MicrosoftScope {
  const AzureCloud& cloud;  // each has accounts of its own
  std::string tenant = {};  // empty: the account's home
  std::string scope = {};   // "…/.default"
  bool mayAsk = false;      // the user, to sign in
};

// What credentials are made with. Everything outlives them.
struct Outside {
  http::HttpClient& http;
  core::Clock& clock;
  os::Keyring& keyring;
  http::Environment environment = {};  // empty: none
  std::string home;                    // where ~/.databricks is
  // Where a virtual machine in Azure asks for its identity: the one address that is plain http and not of this machine.
  std::string imds = "http://169.254.169.254";
  // The editor's Microsoft account. Empty: there is none.
  std::function<core::Result<AccessToken>(const MicrosoftScope& wanted, const core::CancelToken& cancel)> microsoft =
      {};
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

// Where Azure Resource Manager of a cloud answers, without a slash at the end: the variable ARM_ENDPOINT, else the
// cloud's own address. InvalidParams where the variable names no https address.
core::Result<std::string> armAddressOf(const AzureCloud& cloud, const http::Environment& environment);

}  // namespace trowel::auth
