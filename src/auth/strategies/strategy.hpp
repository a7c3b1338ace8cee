// SPDX-License-Identifier: Apache-2.0
// One way of signing in: looks whether the configuration is for it, and makes credentials.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/host_of.hpp"
#include "auth/oauth.hpp"
#include "auth/token_credentials.hpp"
#include "trowel/auth/sign_in.hpp"

namespace trowel::auth {

struct Attempt {
  const Config& config;
  const Outside& outside;  // outlives what comes of the attempt
  core::CancelToken cancel;
  bool chosen = false;  // by auth_type, so that it may ask the user
};

struct Strategy {
  std::string_view name;  // as auth_type has it
  // NotConfigured, where the configuration is not for it: "needs a token". Any other error is what stands against it.
  // The token itself may be fetched later, by the credentials.
  core::Result<SignedIn> (*make)(const Attempt& attempt);
};

core::Result<SignedIn> makePat(const Attempt& attempt);
core::Result<SignedIn> makeBasic(const Attempt& attempt);
core::Result<SignedIn> makeOauthM2m(const Attempt& attempt);
core::Result<SignedIn> makeDatabricksCli(const Attempt& attempt);
core::Result<SignedIn> makeMetadataService(const Attempt& attempt);
core::Result<SignedIn> makeGithubOidc(const Attempt& attempt);
core::Result<SignedIn> makeAzureDevopsOidc(const Attempt& attempt);
core::Result<SignedIn> makeEnvOidc(const Attempt& attempt);
core::Result<SignedIn> makeFileOidc(const Attempt& attempt);
core::Result<SignedIn> makeGithubOidcAzure(const Attempt& attempt);
core::Result<SignedIn> makeAzureMsi(const Attempt& attempt);
core::Result<SignedIn> makeAzureClientSecret(const Attempt& attempt);
core::Result<SignedIn> makeAzureCli(const Attempt& attempt);
core::Result<SignedIn> makeVscodeMicrosoft(const Attempt& attempt);

// ---- what several of them do

// NotConfigured; `what` continues "it ".
std::unexpected<core::Error> notConfigured(std::string what);
// NotConfigured where one of them is not set: "needs host and token".
core::Result<void> needs(const Config& config, std::initializer_list<Attribute> wanted);

// With host, routing headers and source filled in. `decisive`: the value that the user renews.
SignedIn signedIn(const Attempt& attempt, std::string_view authType, const http::Origin& host, Attribute decisive,
                  std::shared_ptr<http::Credentials> credentials);

}  // namespace trowel::auth
