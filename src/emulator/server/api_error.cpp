// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/api_error.hpp"

#include <nlohmann/json.hpp>

#include "emulator/state/ids.hpp"
#include "trowel/core/json.hpp"

namespace trowel::emulator {

Response toResponse(const ApiError& error) {
  core::Json body = core::Json::object();
  if (error.shape == ErrorShape::Command) {
    body["error"] = error.message;
  } else if (error.shape == ErrorShape::Scim) {
    body = {{"schemas", {"urn:ietf:params:scim:api:messages:2.0:Error"}},
            {"detail", error.message},
            {"status", std::to_string(error.status)}};
    if (!error.code.empty()) body["scimType"] = error.code;
    return {.status = error.status,
            .body = core::dumpJson(body),
            .contentType = "application/scim+json",
            .headers = error.headers};
  } else if (error.shape == ErrorShape::OAuth) {
    body = {{"error", error.code}, {"error_description", error.message}, {"error_id", randomUuid()}};
  } else {
    if (!error.code.empty()) body["error_code"] = error.code;
    // The gateway, unlike the services behind it, sends the status as a number.
    if (error.code == "401") body["error_code"] = 401;
    body["message"] = error.message;
    if (!error.reason.empty())
      body["details"] = {{{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                          {"reason", error.reason},
                          {"domain", "filesystem.databricks.com"}}};
  }
  return {.status = error.status, .body = core::dumpJson(body), .headers = error.headers};
}

std::unexpected<ApiError> refuse(int status, std::string_view code, std::string message) {
  return std::unexpected(ApiError{.status = status, .code = std::string(code), .message = std::move(message)});
}

std::unexpected<ApiError> invalidParameter(std::string message) {
  return refuse(400, "INVALID_PARAMETER_VALUE", std::move(message));
}

std::unexpected<ApiError> invalidState(std::string message) { return refuse(400, "INVALID_STATE", std::move(message)); }

std::unexpected<ApiError> malformedRequest(std::string message) {
  return refuse(400, "MALFORMED_REQUEST", std::move(message));
}

std::unexpected<ApiError> doesNotExist(std::string message) {
  return refuse(404, "RESOURCE_DOES_NOT_EXIST", std::move(message));
}

std::unexpected<ApiError> alreadyExists(std::string message) {
  return refuse(400, "RESOURCE_ALREADY_EXISTS", std::move(message));
}

std::unexpected<ApiError> missingField(std::string_view field) {
  return invalidParameter("Missing required field: " + std::string(field));
}

std::unexpected<ApiError> commandError(int status, std::string error) {
  return std::unexpected(ApiError{.status = status, .message = std::move(error), .shape = ErrorShape::Command});
}

std::unexpected<ApiError> permissionDenied(std::string message) {
  return refuse(403, "PERMISSION_DENIED", std::move(message));
}

std::unexpected<ApiError> scimError(int status, std::string_view scimType, std::string detail) {
  return std::unexpected(ApiError{
      .status = status, .code = std::string(scimType), .message = std::move(detail), .shape = ErrorShape::Scim});
}

std::unexpected<ApiError> oauthError(int status, std::string_view error, std::string description) {
  return std::unexpected(ApiError{
      .status = status, .code = std::string(error), .message = std::move(description), .shape = ErrorShape::OAuth});
}

}  // namespace trowel::emulator
