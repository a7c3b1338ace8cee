// SPDX-License-Identifier: Apache-2.0
// One API call as an endpoint sees it: parameters of path, query and body in one place, with tolerant readers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "emulator/identity/user.hpp"
#include "emulator/server/api_error.hpp"
#include "emulator/server/http_message.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

// Who calls, and how. The caller of what needs no sign-in has no name.
struct CallContext {
  User caller = {};
  std::string host = {};       // as clients reach us: http://127.0.0.1:PORT, without a slash
  std::size_t pageCap = 0;     // 0: none; see readPage
  BodyReader* body = nullptr;  // of a streamed route
};

class Call {
 public:
  // `params` outlives the call.
  Call(const Request& request, const core::Json& params, std::map<std::string, std::string> path, CallContext context)
      : request_(request), params_(params), path_(std::move(path)), context_(std::move(context)) {}

  const Request& request() const { return request_; }
  const core::Json& params() const { return params_; }
  const User& caller() const { return context_.caller; }
  const std::string& host() const { return context_.host; }
  std::size_t pageCap() const { return context_.pageCap; }
  // Of a streamed route only: the body as it arrives, which params() does not have.
  BodyReader& body() const { return *context_.body; }

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
  CallContext context_;
};

using Endpoint = std::function<Reply<Response>(const Call&)>;

Response jsonResponse(const core::Json& body);
Response emptyResponse();  // {}

// Query and body in one object. The body of a GET counts only where there is no query, as old clients expect.
// MALFORMED_REQUEST where a JSON body is none.
Reply<core::Json> mergeParams(const Request& request);

}  // namespace trowel::emulator
