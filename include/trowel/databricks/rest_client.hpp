// SPDX-License-Identifier: Apache-2.0
// One workspace's REST API: puts a Call and its parameters on the wire with credential and retries, and turns every
// way to fail into an Error. The services (scim.hpp, workspace.hpp, clusters.hpp, …) are thin typed layers over it.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>

#include "trowel/core/clock.hpp"
#include "trowel/core/json.hpp"
#include "trowel/databricks/call.hpp"
#include "trowel/databricks/listing.hpp"
#include "trowel/http/client.hpp"
#include "trowel/http/credentials.hpp"
#include "trowel/http/host_gate.hpp"
#include "trowel/http/origin.hpp"
#include "trowel/http/retry.hpp"

namespace trowel::databricks {

struct RestConfig {
  http::Origin host;
  std::shared_ptr<http::Credentials> credentials;
  http::Headers headers = {};  // of every request: X-Databricks-Workspace-Id where one host serves many workspaces
  // Where the user renews the token, as the end of "…, then update": "the profile DEFAULT in ~/.databrickscfg".
  std::string credentialSource = "the connection's token";
  // Instead of that, where no token of the user's making is refused: "Sign in again with `trowel auth login`."
  std::string renewal = {};
  std::string userAgent = "trowel";
  http::RetryPolicy retry = {};
  http::Random random = http::systemRandom();
  // Told how each call ended, null for success: whoever owns the connection sees how the host is. Any thread; quick.
  std::function<void(const core::Error* error)> finished = {};
  // Of the host, shared with everybody else who calls it; the time there counts against retry.budget. None: no limits.
  std::shared_ptr<http::HostGate> gate = {};
};

// Takes the bytes of a download in their order, each once. A failure ends the call with that error.
using Sink = std::function<core::Result<void>(std::string_view)>;

// Where an answer of the workspace says to get or to put bytes: cloud storage, with the permission in the address.
struct SignedLink {
  core::SecretString url;      // whoever has it may use it
  http::Headers headers = {};  // that the storage wants to see with it
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

  // The same with raw bytes as the answer. `headers` go with the request: Range and its like.
  core::Result<http::HttpResponse> fetch(const Call& call, const core::Json& params, const CallOptions& options = {},
                                         const http::Headers& headers = {}) const;

  // The same for bodies that need not fit into memory. These take as long as bytes keep moving: options.stall ends
  // them, options.timeout does not.
  // Of a source that cannot rewind() there is one attempt, even where the token was refused.
  core::Result<core::Json> upload(const Call& call, const core::Json& params, http::BodySource& source,
                                  const CallOptions& options = {}) const;
  // The headers of the answer. What breaks off after its first bytes goes on where it was if `call.ranges`, as long as
  // it moves at all, and is an error otherwise; Conflict where it was changed meanwhile.
  core::Result<http::Headers> download(const Call& call, const core::Json& params, const Sink& sink,
                                       const CallOptions& options = {}) const;

  // The same at other hosts, without any credential. A PUT may be repeated. PermissionDenied: the link has expired;
  // ask the workspace for a new one.
  core::Result<http::HttpResponse> fetch(const SignedLink& link, const CallOptions& options = {}) const;
  core::Result<http::HttpResponse> upload(const SignedLink& link, http::BodySource& source,
                                          const CallOptions& options = {}) const;
  core::Result<http::Headers> download(const SignedLink& link, const Sink& sink, const CallOptions& options = {}) const;
  core::Result<http::HttpResponse> remove(const SignedLink& link, const CallOptions& options = {}) const;

  // The items of a list call, page by page as the reader gets there. `read` makes a T of one item. The client outlives
  // the list.
  template <typename T>
  Listing<T> list(const Call& call, const core::Json& params, T (*read)(const core::Json&),
                  const CallOptions& options = {}) const {
    return Listing<T>(Pager(*this, call, params, options), read);
  }

  // An object whose long arrays go on on further pages, put together (jobs/get, jobs/runs/get): `arrays` are joined
  // ("tasks", "settings.tasks"), everything else is as on the first page. Errors as Pager::next.
  core::Result<core::Json> gather(const Call& call, const core::Json& params,
                                  std::initializer_list<std::string_view> arrays,
                                  const CallOptions& options = {}) const;

  const http::Origin& host() const { return config_.host; }
  core::Clock& clock() const { return clock_; }

 private:
  friend class Pager;
  struct Job;
  using Check = std::function<core::Result<void>(const http::HttpResponse& success)>;

  // The two halves of call(), for a GET: the answer, once `check` has found nothing wrong with it (its DataLoss counts
  // as a lost answer, and goes again), and what it says.
  core::Result<http::HttpResponse> ask(const Call& call, const core::Json& params, const CallOptions& options,
                                       const Check& check) const;
  core::Result<core::Json> readAnswer(const http::HttpResponse& success) const;

  core::Result<http::HttpResponse> run(Job& job, const CallOptions& options) const;
  core::Result<http::HttpResponse> attempts(Job& job, const CallOptions& options) const;
  core::Result<core::Json> runForJson(Job& job, const CallOptions& options, http::Headers* headers) const;
  core::Result<http::Headers> receive(Job& job, const Sink& sink, bool ranges, CallOptions options) const;
  Job jobFor(const Call& call, std::string target) const;
  static void keepSilent(Job& job, core::SecretString secret);
  core::Result<Job> jobFor(const SignedLink& link, Verb verb) const;

  RestConfig config_;
  http::HttpClient& http_;
  core::Clock& clock_;
};

}  // namespace trowel::databricks
