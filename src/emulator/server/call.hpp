// SPDX-License-Identifier: Apache-2.0
// One API call as an endpoint sees it: parameters of path, query and body in one place, with tolerant readers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "emulator/server/api_error.hpp"
#include "emulator/server/http_message.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

class Call {
 public:
  // `params` outlives the call.
  Call(const Request& request, const core::Json& params, std::map<std::string, std::string> path)
      : request_(request), params_(params), path_(std::move(path)) {}

  const Request& request() const { return request_; }
  const core::Json& params() const { return params_; }

  // A variable of the route, decoded.
  const std::string& path(const std::string& name) const { return path_.at(name); }

  // The parameter, or nothing / `fallback` where it is absent, null or empty.
  std::string text(const char* field, std::string_view fallback = {}) const;
  std::int64_t number(const char* field, std::int64_t fallback = 0) const;
  bool flag(const char* field, bool fallback = false) const;  // true, "true" and 1 as well
  std::vector<std::string> texts(const char* field) const;    // a repeated query parameter or an array

  // The parameter, or the error for a missing one or one that is no string.
  Reply<std::string> required(const char* field) const;

 private:
  const Request& request_;
  const core::Json& params_;
  std::map<std::string, std::string> path_;
};

using Endpoint = std::function<Reply<Response>(const Call&)>;

Response jsonResponse(const core::Json& body);
Response emptyResponse();  // {}

// Query and body in one object. The body of a GET counts only where there is no query, as old clients expect.
// MALFORMED_REQUEST where a JSON body is none.
Reply<core::Json> mergeParams(const Request& request);

}  // namespace trowel::emulator
