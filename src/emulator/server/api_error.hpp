// SPDX-License-Identifier: Apache-2.0
// The errors that the service answers with, in their several shapes.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "emulator/server/http_message.hpp"

namespace trowel::emulator {

// How the body is written: {"error_code","message"} of 2.x, {"error"} of the command execution API 1.2,
// {"schemas","detail","status","scimType"} of SCIM (RFC 7644), {"error","error_description","error_id"} of OAuth (RFC
// 6749).
enum class ErrorShape : std::uint8_t { Standard, Command, Scim, OAuth };

struct ApiError {
  int status = 400;
  std::string code = {};  // error_code, scimType or error; empty: left out
  std::string message = {};
  ErrorShape shape = ErrorShape::Standard;
  std::string reason = {};  // of the Files API, e.g. FILES_API_DIRECTORY_IS_NOT_EMPTY: sent within `details`
  Fields headers = {};      // e.g. Retry-After
};

template <typename T>
using Reply = std::expected<T, ApiError>;

Response toResponse(const ApiError& error);

std::unexpected<ApiError> refuse(int status, std::string_view code, std::string message);
std::unexpected<ApiError> invalidParameter(std::string message);        // 400 INVALID_PARAMETER_VALUE
std::unexpected<ApiError> invalidState(std::string message);            // 400 INVALID_STATE
std::unexpected<ApiError> malformedRequest(std::string message);        // 400 MALFORMED_REQUEST
std::unexpected<ApiError> doesNotExist(std::string message);            // 404 RESOURCE_DOES_NOT_EXIST
std::unexpected<ApiError> alreadyExists(std::string message);           // 400 RESOURCE_ALREADY_EXISTS
std::unexpected<ApiError> missingField(std::string_view field);         // 400, worded as the service does
std::unexpected<ApiError> commandError(int status, std::string error);  // the shape of 1.2
std::unexpected<ApiError> permissionDenied(std::string message);        // 403 PERMISSION_DENIED
std::unexpected<ApiError> scimError(int status, std::string_view scimType, std::string detail);
std::unexpected<ApiError> oauthError(int status, std::string_view error, std::string description);

}  // namespace trowel::emulator
