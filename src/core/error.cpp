// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/error.hpp"

#include <fmt/format.h>

namespace trowel::core {

std::unexpected<Error> fail(ErrorCode code, std::string message, std::string detail, std::source_location place) {
  return std::unexpected(
      Error{.code = code, .message = std::move(message), .detail = std::move(detail), .place = place});
}

std::unexpected<Error> failBecause(Error cause, std::string message, std::source_location place) {
  Error outer;
  outer.code = cause.code;
  outer.message = std::move(message);
  outer.httpStatus = cause.httpStatus;
  outer.errorCode = cause.errorCode;
  outer.requestId = cause.requestId;
  outer.place = place;
  outer.cause = std::make_shared<const Error>(std::move(cause));
  return std::unexpected(std::move(outer));
}

std::string describe(const Error& error) {
  std::string text = fmt::format("{}: {}", toString(error.code), error.message);
  if (!error.detail.empty()) text += fmt::format(" [{}]", error.detail);
  if (error.httpStatus != 0) text += fmt::format(" (HTTP {} {})", error.httpStatus, error.errorCode);
  if (!error.requestId.empty()) text += fmt::format(" (request {})", error.requestId);
  std::string_view file = error.place.file_name();
  if (auto slash = file.rfind('/'); slash != std::string_view::npos) file.remove_prefix(slash + 1);
  text += fmt::format(" at {}:{}", file, error.place.line());
  if (error.cause) text += "; caused by " + describe(*error.cause);
  return text;
}

}  // namespace trowel::core
