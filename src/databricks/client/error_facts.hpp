// SPDX-License-Identifier: Apache-2.0
// Reads an error answer, whichever of its many shapes it has. Pure. Source: the REST API and its official SDKs.
#pragma once

#include <optional>
#include <string>

#include "trowel/core/clock.hpp"
#include "trowel/http/client.hpp"

namespace trowel::databricks {

struct ErrorFacts {
  std::string errorCode = {};  // as sent, a number as its digits; empty where the shape has none
  std::string message = {};    // the server's, without markup and request id; may be empty
  std::string reason = {};     // of google.rpc.ErrorInfo: says more than error_code where one is there
  std::string requestId = {};
  std::optional<core::Duration> retryDelay = {};  // of google.rpc.RetryInfo: advice
};
ErrorFacts readError(const http::HttpResponse& response);

// A page meant for people.
bool isWebPage(const http::HttpResponse& response);

}  // namespace trowel::databricks
