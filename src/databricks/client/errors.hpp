// SPDX-License-Identifier: Apache-2.0
// What an answer that is no success means: classifies it, and puts it in words for the user.
// Pure. Source: the error shapes and tables of the REST API and its official SDKs.
#pragma once

#include <string_view>

#include "databricks/client/error_facts.hpp"
#include "trowel/core/error.hpp"
#include "trowel/databricks/call.hpp"
#include "trowel/http/retry.hpp"

namespace trowel::databricks {

// By error_code first, then by what the message says where the API is known to blur things, then by status.
core::ErrorCode classify(const Call& call, int status, const ErrorFacts& facts);

// May the call be tried again? Knows the messages by which a server says that it did not even begin.
http::Verdict verdictOf(int status, const ErrorFacts& facts);

// Whom the words are about.
struct Addressee {
  std::string_view host;              // "https://adb-1.azuredatabricks.net"
  std::string_view credentialSource;  // these two see RestConfig
  std::string_view renewal = {};
};
core::Error toError(const Call& call, const http::HttpResponse& response, const ErrorFacts& facts,
                    const Addressee& addressee);

// The error for a page meant for people where data was due: a wrong address, a proxy or a login page in between.
core::Error webPageError(const http::HttpResponse& response, const Addressee& addressee);

}  // namespace trowel::databricks
