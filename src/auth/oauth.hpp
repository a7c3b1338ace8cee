// SPDX-License-Identifier: Apache-2.0
// OAuth's common parts: the endpoints of a host, and tokens asked for at one of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/web.hpp"
#include "trowel/auth/config.hpp"

namespace trowel::auth {

// What a host says about itself (`/.well-known/databricks-config`). Best effort: older hosts have no such document.
struct HostFacts {
  std::string oidcEndpoint = {};  // may contain "{account_id}"
  std::string accountId = {};
  std::string workspaceId = {};
  std::vector<std::string> audiences = {};  // for token exchange
};
// An error only where the host cannot be reached at all, so that nothing further of it can.
core::Result<HostFacts> askHostFacts(const http::Origin& host, const Outside& outside, const core::CancelToken& cancel);

struct OidcEndpoints {
  WebAddress authorization = {};
  WebAddress token = {};
  std::string accountId = {};               // of a host that serves accounts; else empty
  std::string workspaceId = {};             // as the host says; may be empty
  std::vector<std::string> audiences = {};  // that the host accepts for token exchange; may be empty
};

// From `discovery_url` where the configuration has one, else as the host says. Both endpoints lie on the host that was
// asked or on a domain of Databricks: what is for this host is sent to nobody else. Unsupported where the host knows no
// OAuth.
core::Result<OidcEndpoints> discoverOidc(const Config& config, const http::Origin& host, const Outside& outside,
                                         const core::CancelToken& cancel);

struct OAuthToken {
  AccessToken access;
  core::SecretString refresh = {};
};

// POSTs the form. `basic`: the client's id and secret, sent as HTTP Basic. The lifetime is read as a number or as text;
// `who` begins the error's sentence, whose errorCode is OAuth's ("invalid_grant").
core::Result<OAuthToken> requestToken(const WebAddress& endpoint, const Form& form,
                                      const std::optional<std::pair<std::string, std::string>>& basic,
                                      std::string_view who, const Outside& outside, const core::CancelToken& cancel);

// A token out of an answer of `access_token`, `token_type`, `expires_in` or `expires_on`, `refresh_token`.
core::Result<OAuthToken> readToken(const core::Json& answer, std::string_view who, core::WallTime now);

}  // namespace trowel::auth
