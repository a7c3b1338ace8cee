// SPDX-License-Identifier: Apache-2.0
// One request of a RestClient and what belongs to its attempts.
#pragma once

#include <functional>

#include "databricks/client/errors.hpp"
#include "trowel/databricks/rest_client.hpp"

namespace trowel::databricks {

// What an answer that is no success comes to.
struct Refusal {
  core::Error error;
  http::Verdict verdict = http::Verdict::Final;
  std::optional<core::Duration> retryAfter;
};

struct RestClient::Job {
  http::HttpRequest request;
  Safety safety = Safety::Unsafe;
  bool isOurHost = true;  // the workspace: it gets the credential and has the gate
  std::string name;       // for the log
  std::function<Refusal(const http::HttpResponse&)> refusal;

  // Looks at an answer of success; its DataLoss counts as a lost answer and may be repeated like one.
  std::function<core::Result<void>(const http::HttpResponse&)> accept = {};
  // Makes the request ready for another attempt; false: it cannot have one.
  std::function<bool(http::HttpRequest&)> rewind = {};
  // How far it has come: an attempt that got further starts the policy's budget anew.
  std::function<std::uint64_t()> progress = {};
};

}  // namespace trowel::databricks
