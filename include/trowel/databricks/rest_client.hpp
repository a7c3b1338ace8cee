// SPDX-License-Identifier: Apache-2.0
// One workspace's REST API: puts a Call and its parameters on the wire with credential and retries, and turns every
// way to fail into an Error. The services (scim.hpp, workspace.hpp, clusters.hpp, …) are thin typed layers over it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "trowel/core/clock.hpp"
#include "trowel/core/json.hpp"
#include "trowel/databricks/call.hpp"
#include "trowel/databricks/listing.hpp"
#include "trowel/http/client.hpp"
#include "trowel/http/credentials.hpp"
#include "trowel/http/origin.hpp"
#include "trowel/http/retry.hpp"

namespace trowel::databricks {

struct RestConfig {
  http::Origin host;
  std::shared_ptr<http::Credentials> credentials;
  http::Headers headers = {};  // of every request: X-Databricks-Workspace-Id where one host serves many workspaces
  // Where the user renews the token, as the end of "…, then update": "the profile DEFAULT in ~/.databrickscfg".
  std::string credentialSource = "the connection's token";
  std::string userAgent = "trowel";
  http::RetryPolicy retry = {};
  http::Random random = http::systemRandom();
  // Told how each call ended, null for success: whoever owns the connection sees how the host is. Any thread; quick.
  std::function<void(const core::Error* error)> finished = {};
};

// Any thread. Errors of every call: Unauthenticated, PermissionDenied, NotFound, AlreadyExists, Conflict, InvalidParams
// (what the workspace refused, in its words), RateLimited, Unavailable, DataLoss (a damaged answer), Cancelled and
// DeadlineExceeded; with HTTP status, error_code and request id where an answer came.
class RestClient {
 public:
  // `http` and `clock` outlive the client and its listings.
  RestClient(RestConfig config, http::HttpClient& http, core::Clock& clock);

  // `params` is an object (or null for none): it becomes the query of GET, HEAD and DELETE and the JSON body of the
  // other verbs. Members that are null are left out. An empty answer is an empty object. `headers` receives those of
  // the answer, for the few facts that stand nowhere else.
  core::Result<core::Json> call(const Call& call, const core::Json& params, const CallOptions& options = {},
                                http::Headers* headers = nullptr) const;

  // The same with raw bytes as the body; `params` go into path and query.
  core::Result<core::Json> upload(const Call& call, const core::Json& params, std::string bytes,
                                  const CallOptions& options = {}) const;

  // The same with raw bytes as the answer.
  core::Result<http::HttpResponse> fetch(const Call& call, const core::Json& params,
                                         const CallOptions& options = {}) const;

  // The items of a list call, page by page as the reader gets there. `read` makes a T of one item.
  template <typename T>
  Listing<T> list(const Call& call, const core::Json& params, T (*read)(const core::Json&),
                  const CallOptions& options = {}) const {
    return Listing<T>(Pager(*this, call, params, options), read);
  }

  const http::Origin& host() const { return config_.host; }

 private:
  using Accept = std::function<core::Result<void>(const http::HttpResponse&)>;
  core::Result<http::HttpResponse> exchange(const Call& call, http::HttpRequest request, const CallOptions& options,
                                            const Accept& accept) const;
  core::Result<http::HttpResponse> attempts(const Call& call, http::HttpRequest request, const CallOptions& options,
                                            const Accept& accept) const;
  core::Result<core::Json> exchangeJson(const Call& call, http::HttpRequest request, const CallOptions& options,
                                        http::Headers* headers) const;
  http::HttpRequest requestFor(const Call& call, std::string target) const;

  RestConfig config_;
  http::HttpClient& http_;
  core::Clock& clock_;
};

}  // namespace trowel::databricks
