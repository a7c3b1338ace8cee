// SPDX-License-Identifier: Apache-2.0
// Signing a person in with their browser, and out again; what is kept of it is kept where the Databricks CLI looks.
#pragma once

#include <functional>
#include <string>

#include "trowel/auth/config.hpp"
#include "trowel/auth/sign_in.hpp"

namespace trowel::auth {

// Shows that page to the user. An error ends the sign-in; whoever can only print the address does so and returns.
using OpenBrowser = std::function<core::Result<void>(const std::string& url)>;

struct SignedInPerson {
  std::string host;         // as credentials will name it
  std::string accountId;    // of a host that serves accounts; else empty
  std::string workspaceId;  // as the host says; may be empty
  core::WallTime expiry;    // of the first access token
  bool renewable = true;    // false: the sign-in ends with that token
  std::string place;        // where it is kept, for people
  bool inFile = false;      // nobody chose a store, and the keyring cannot be used
};

// OAuth's authorization code with PKCE: opens the browser and waits for it to come back to this machine, for at most
// five minutes, on the first free port of 8020 to 8040 or on `oauth_callback_port` alone. The listener has ended when
// this returns. Replaces an older sign-in under the same name. InvalidParams, Unsupported (the host knows no OAuth),
// Conflict (no port), PermissionDenied (the user said no), DeadlineExceeded (nothing came back); each says what to do.
core::Result<SignedInPerson> signInPerson(const Config& config, const Outside& outside, const OpenBrowser& openBrowser,
                                          const core::CancelToken& cancel);

// The access token of a stored sign-in, renewed where it is near its end, or in any case (`renew`). Unauthenticated,
// with the command to run, where there is no sign-in or it has ended.
core::Result<AccessToken> personToken(const Config& config, const Outside& outside, bool renew,
                                      const core::CancelToken& cancel);

// Where sign-ins of this configuration are kept, for people.
core::Result<std::string> signInPlace(const Config& config, const Outside& outside);

// Forgets the sign-in; false where there was none. The service is not told: it knows no way to.
core::Result<bool> signOutPerson(const Config& config, const Outside& outside, const core::CancelToken& cancel);

}  // namespace trowel::auth
