// SPDX-License-Identifier: Apache-2.0
// JSON-RPC 2.0 messages: text to what it means, and replies to text. Pure.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "trowel/core/error.hpp"
#include "trowel/core/json.hpp"

namespace trowel::rpc {

using Id = std::variant<std::int64_t, std::string>;

struct Request {
  Id id;
  std::string method;
  core::Json params;
};

struct Notification {
  std::string method;
  core::Json params;
};

struct Response {
  Id id;
  core::Result<core::Json> result;
};

// Not to be acted on; `reply` is what the sender is told.
struct Malformed {
  std::string reply;
};

using Message = std::variant<Request, Notification, Response, Malformed>;

Message parseMessage(std::string_view text);

std::string successReply(const Id& id, const core::Json& result);
// A null id where the request's own could not be read. The message is redacted; a detail for the log stays here.
std::string errorReply(const std::optional<Id>& id, const core::Error& error);
std::string requestText(std::int64_t id, std::string_view method, const core::Json& params);
std::string notificationText(std::string_view method, const core::Json& params);

}  // namespace trowel::rpc
