// SPDX-License-Identifier: Apache-2.0
#include "message.hpp"

#include "trowel/core/text.hpp"

namespace trowel::rpc {

namespace {

using core::ErrorCode;
using core::Json;

std::optional<Id> parseId(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  if (json.is_number_integer()) return json.get<std::int64_t>();
  return std::nullopt;
}

Malformed invalid(const std::optional<Id>& id, std::string message) {
  core::Error error;
  error.code = ErrorCode::InvalidRequest;
  error.message = std::move(message);
  return {errorReply(id, error)};
}

Response parseResponse(Id id, Json& json) {
  auto error = json.find("error");
  if (error == json.end()) {
    auto result = json.find("result");
    return {std::move(id), result == json.end() ? Json() : std::move(*result)};
  }
  // The editor's own codes beyond the shared ones count as Internal.
  core::Error failure;
  auto code = core::intAt(*error, "code");
  failure.code = code == static_cast<int>(ErrorCode::MethodNotFound) ? ErrorCode::MethodNotFound
                 : code == static_cast<int>(ErrorCode::Cancelled)    ? ErrorCode::Cancelled
                                                                     : ErrorCode::Internal;
  failure.message = core::stringAt(*error, "message", "The editor could not do it.");
  return {std::move(id), std::unexpected(std::move(failure))};
}

void putId(Json& json, const std::optional<Id>& id) {
  if (!id) {
    json["id"] = nullptr;
  } else if (const auto* number = std::get_if<std::int64_t>(&*id)) {
    json["id"] = *number;
  } else {
    json["id"] = std::get<std::string>(*id);
  }
}

}  // namespace

Message parseMessage(std::string_view text) {
  // The library would pass over a byte order mark; JSON text on a network has none (RFC 8259, 8.1).
  auto parsed = text.starts_with("\xEF\xBB\xBF")
                    ? core::fail(ErrorCode::ParseError, "The message begins with a byte order mark.")
                    : core::parseJson(text);
  if (!parsed) {
    parsed.error().code = ErrorCode::ParseError;
    return Malformed{errorReply(std::nullopt, parsed.error())};
  }
  Json& json = *parsed;
  if (json.is_array()) return invalid(std::nullopt, "Batches of requests are not part of this protocol.");
  if (!json.is_object()) return invalid(std::nullopt, "A message must be a JSON object.");

  std::optional<Id> id;
  auto idField = json.find("id");
  bool hasId = idField != json.end();
  if (hasId) {
    id = parseId(*idField);
    bool isReply = json.contains("result") || json.contains("error");
    if (!id && !(isReply && idField->is_null())) return invalid(std::nullopt, "An id must be an integer or a string.");
    if (!id) return Notification{"$/ignored", Json()};  // a reply to something we could not be understood in
  }
  auto method = json.find("method");
  if (method == json.end()) {
    if (!hasId) return invalid(std::nullopt, "A message needs a method, or an id with a result or an error.");
    return parseResponse(*std::move(id), json);
  }
  if (!method->is_string()) return invalid(id, "A method must be a string.");
  Json params = json.contains("params") ? std::move(json["params"]) : Json();
  if (!params.is_null() && !params.is_object() && !params.is_array()) {
    if (!hasId) return Notification{"$/ignored", Json()};
    core::Error error;
    error.code = ErrorCode::InvalidParams;
    error.message = "Parameters must be an object.";
    return Malformed{errorReply(id, error)};
  }
  auto& name = method->get_ref<std::string&>();
  if (!hasId) return Notification{std::move(name), std::move(params)};
  return Request{*std::move(id), std::move(name), std::move(params)};
}

std::string successReply(const Id& id, const Json& result) {
  std::string text = R"({"jsonrpc":"2.0","id":)";
  if (const auto* number = std::get_if<std::int64_t>(&id)) {
    text += std::to_string(*number);
  } else {
    text += core::dumpJson(std::get<std::string>(id));
  }
  text += R"(,"result":)";
  text += core::dumpJson(result);
  text += '}';
  return text;
}

std::string errorReply(const std::optional<Id>& id, const core::Error& error) {
  Json data{{"name", core::toString(error.code)}};
  if (error.httpStatus != 0) data["httpStatus"] = error.httpStatus;
  if (!error.errorCode.empty()) data["errorCode"] = error.errorCode;
  if (!error.requestId.empty()) data["requestId"] = error.requestId;
  Json json{{"jsonrpc", "2.0"},
            {"error",
             {{"code", static_cast<int>(error.code)},
              {"message", core::redact(core::toValidUtf8(error.message))},
              {"data", std::move(data)}}}};
  putId(json, id);
  return core::dumpJson(json);
}

std::string requestText(std::int64_t id, std::string_view method, const Json& params) {
  return core::dumpJson({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
}

std::string notificationText(std::string_view method, const Json& params) {
  return core::dumpJson({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
}

}  // namespace trowel::rpc
