// SPDX-License-Identifier: Apache-2.0
#include "http/transport_error.hpp"

#include <fmt/format.h>

namespace trowel::http {

std::unexpected<TransportError> transportFailure(Stage stage, core::ErrorCode code, std::string message,
                                                 std::string detail, std::source_location place) {
  TransportError error;
  error.code = code;
  error.message = std::move(message);
  error.detail = std::move(detail);
  error.place = place;
  error.stage = stage;
  return std::unexpected(std::move(error));
}

std::unexpected<TransportError> stopped(std::string phase) {
  return transportFailure(Stage::Stopped, core::ErrorCode::Cancelled, std::move(phase));
}

std::unexpected<TransportError> proxyRefusal(const Proxy& proxy, const Origin& server, int status) {
  auto refusal = [&](const std::string& what) {
    return transportFailure(Stage::Proxy, core::ErrorCode::Unavailable,
                            fmt::format("The proxy {} (from {}) {}", proxy.origin.text(), proxy.from, what),
                            fmt::format("it answered with {}", status));
  };
  const bool password = status == 407 || status == 401;  // the latter is tinyproxy's word for a wrong one
  if (password && proxy.authorization.empty())
    return refusal(
        "wants a user name and a password. Put them into its address (http://user:password@proxy:port), or into the "
        "setting http.proxyAuthorization.");
  if (password)
    return refusal(fmt::format("does not accept the user name and the password in {}. Correct them there.",
                               proxy.authorizationFrom));
  if (status == 403)
    return refusal(
        fmt::format("does not allow connections to {}. Ask those who run it to allow the host, or add it to NO_PROXY "
                    "or to the setting http.noProxy if it can be reached without.",
                    server.host));
  return refusal(fmt::format("gave no way to {} (status {}).", server.host, status));
}

}  // namespace trowel::http
