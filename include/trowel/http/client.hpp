// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange as seen by everybody above the transport: a request goes in, an answer or a transport failure comes
// out. A status of 400 or more is an answer; what it means is for the caller to say.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trowel/core/cancel.hpp"
#include "trowel/core/error.hpp"
#include "trowel/core/secret.hpp"

namespace trowel::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of that name (case does not matter), empty where there is none. Lives as long as
// `headers`.
std::string_view headerOf(const Headers& headers, std::string_view name);

// Headers whose values must not be shown.
using SecretHeaders = std::vector<std::pair<std::string, core::SecretString>>;

// A request body that is read while it is sent, so that it need not fit into memory.
class BodySource {
 public:
  virtual ~BodySource() = default;

  // In bytes; what is read must come to just that.
  virtual std::uint64_t size() const = 0;
  // The next bytes, at least one; called until size() is reached. A failure ends the exchange with that error.
  virtual core::Result<std::size_t> read(std::span<char> into) = 0;
  // Back to the first byte, for another attempt. Unsupported unless the source can do that: then there is no other.
  virtual core::Result<void> rewind();
};

struct HttpRequest {
  std::string method;  // "GET"
  std::string origin;  // scheme, host and port: "http://127.0.0.1:8080"
  std::string target;  // path and query, percent-encoded already: "/api/2.0/workspace/list?path=%2F"
  Headers headers = {};
  std::string body = {};
  BodySource* source = nullptr;  // instead of `body`; each attempt needs one that is at its start
  // The whole value of the Authorization header. Apart from the others, so that nothing that shows headers shows it.
  core::SecretString authorization = {};
  SecretHeaders secrets = {};
};

struct HttpResponse {
  int status = 0;
  Headers headers = {};
  std::string body = {};
};

// Who waits for a call: where a host is busy, people come before batches.
enum class Lane : std::uint8_t { Interactive, Bulk };

struct CallOptions {
  core::CancelToken cancel = {};
  core::Duration timeout = std::chrono::seconds(60);  // for one exchange as a whole, name lookup to last byte
  core::Duration stall = std::chrono::seconds(60);    // without a byte in either direction
  // Sees status and headers of an answer with a status of 2xx before its body comes, unless it has none. A failure ends
  // the exchange with that error.
  std::function<core::Result<void>(const HttpResponse&)> onHead = {};
  // Takes the body of an answer with a status of 2xx piece by piece as it comes, unpacked, instead of
  // HttpResponse::body. A failure ends the exchange with that error.
  std::function<core::Result<void>(std::string_view)> onBody = {};
  Lane lane = Lane::Interactive;
};

// How far an exchange had come when it failed: decides whether the server may have acted on the request.
enum class Stage : std::uint8_t {
  Request,   // refused on this side: nothing was sent
  Lookup,    // the host name has no address
  Connect,   // no connection came about: nothing was sent
  Proxy,     // the proxy refused or broke the way: nothing was sent
  Tls,       // no trust in the server, or no common language with it: nothing was sent
  Exchange,  // lost after the request may have been sent, before a complete head of an answer
  Body,      // the answer began but is cut off or damaged
  Stopped,   // cancelled, or out of time; the error's code says which
};

// An Error for everybody, a stage for whoever decides about another attempt. Decays to the Error through TROWEL_TRY.
struct TransportError : core::Error {
  Stage stage = Stage::Request;
};

using HttpResult = std::expected<HttpResponse, TransportError>;

// Any thread; calls run side by side.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Blocks until the answer is complete, the exchange has failed, the token is cancelled (within milliseconds, in every
  // phase) or the time is up. Follows no redirects; unpacks what came packed. Errors name the host, never a credential.
  virtual HttpResult send(const HttpRequest& request, const CallOptions& options) = 0;
};

}  // namespace trowel::http
