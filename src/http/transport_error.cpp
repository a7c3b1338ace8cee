// SPDX-License-Identifier: Apache-2.0
#include "http/transport_error.hpp"

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

std::unexpected<TransportError> stopped() {
  return transportFailure(Stage::Stopped, core::ErrorCode::Cancelled, "The request was stopped.");
}

}  // namespace trowel::http
