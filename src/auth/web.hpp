// SPDX-License-Identifier: Apache-2.0
// One question to a service that gives out tokens: over https only, without redirects, tried again for up to a minute.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trowel/auth/sign_in.hpp"
#include "trowel/core/json.hpp"
#include "trowel/http/origin.hpp"

namespace trowel::auth {

struct WebAddress {
  http::Origin origin;
  std::string target = "/";  // path and query

  std::string text() const { return origin.text() + target; }
};

// Nothing where it is no http or https address.
std::optional<WebAddress> splitWebAddress(std::string_view url);

// InvalidParams where `url` is no address, or one that bytes would travel to in the clear: http is for this machine
// only. `what` names it for the user: "The variable ACTIONS_ID_TOKEN_REQUEST_URL".
core::Result<WebAddress> parseWebAddress(std::string_view url, std::string_view what);

// Form fields, secret ones among them.
using Form = std::vector<std::pair<std::string, std::string>>;
std::string encodeForm(const Form& form);

struct WebQuestion {
  WebAddress address;
  std::string method = "GET";
  http::Headers headers = {};
  std::string body = {};
  core::SecretString authorization = {};
  core::Duration timeout = std::chrono::seconds(30);  // for one attempt
  bool once = false;                                  // no second attempt
};

// Any answer, whatever its status, once it is not one of "later". Tries again on 429, 502, 503, 504 and a lost
// connection, with a growing delay that is never shorter than Retry-After, for up to a minute altogether.
core::Result<http::HttpResponse> ask(const WebQuestion& question, const Outside& outside,
                                     const core::CancelToken& cancel);

// The same, where only a status of 200 with a JSON object will do. `who` begins the error's sentence.
core::Result<core::Json> askJson(const WebQuestion& question, std::string_view who, const Outside& outside,
                                 const core::CancelToken& cancel);

}  // namespace trowel::auth
