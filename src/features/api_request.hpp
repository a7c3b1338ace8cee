// SPDX-License-Identifier: Apache-2.0
// A REST call as a person writes it down, "POST /api/2.1/jobs/create" and JSON below, and its answer as a text. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trowel/core/json.hpp"
#include "trowel/databricks/call.hpp"

namespace trowel::features {

struct ApiRequest {
  databricks::Verb verb = databricks::Verb::Get;
  std::string path;       // below /api/, with its query, percent-encoded
  std::string body = {};  // a JSON object; empty: none

  bool writes() const { return verb != databricks::Verb::Get; }
  bool takesBody() const { return writes() && verb != databricks::Verb::Delete; }
  std::string line() const;  // "GET /api/2.1/clusters/list"
};

// A verb and a path; a path alone is read. InvalidParams for a verb that the API has not, and for every path that is
// not below /api/ of the host that is connected, however it is written.
core::Result<ApiRequest> readRequestLine(std::string_view line);

// Whether a text is a request from its first line on; lines that begin with # or // are left out before it.
bool isRequest(std::string_view text);
// Such a text: the line, and what stands below it as the body.
core::Result<ApiRequest> readRequest(std::string_view text);

// A JSON object as it is sent: InvalidParams says where it is none.
core::Result<std::string> readBody(std::string_view text);

struct LikelyRequest {
  std::string label;
  ApiRequest request;
};
// What the definition of a cluster or of a job is sent for, in the shape that each call wants: what jobs/get answers is
// not what jobs/reset takes. Empty for anything else.
std::vector<LikelyRequest> likelyRequests(std::string_view text);

// An answer for an editor. Members that hold a token or a secret are named, but not shown.
std::string answerText(std::string_view path, core::Json answer);

}  // namespace trowel::features
