// SPDX-License-Identifier: Apache-2.0
// A DBFS of a few lines that behaves and misbehaves.
#pragma once

#include <charconv>
#include <nlohmann/json.hpp>

#include "support/answering_http.hpp"
#include "support/generated_body.hpp"
#include "support/scripted_workspace.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/text.hpp"

namespace trowel::test {

inline std::int64_t numberIn(const std::string& target, std::string_view name) {
  auto at = target.find(name);
  std::int64_t value = -1;
  if (at != std::string::npos) std::from_chars(target.data() + at + name.size(), target.data() + target.size(), value);
  return value;
}

// One file, whose bytes follow from their positions.
struct TinyDbfs {
  std::int64_t size = 0;
  std::int64_t modifiedAt = 1;
  std::function<std::optional<http::HttpResponse>(const http::HttpRequest&)> fault = {};

  std::int64_t largestBlock = 0;
  std::int64_t uploaded = 0;  // since the last create
  int created = 0;            // handles
  bool right = true;          // what was uploaded is what it should be
  std::vector<std::string> log;

  ManualClock clock;
  AnsweringHttp http{[this](const http::HttpRequest& request) { return answer(request); }};
  databricks::RestClient rest{ScriptedWorkspace::config(), http, clock};

  TinyDbfs() { clock.advanceOnWait(); }

  http::HttpResponse answer(const http::HttpRequest& request) {
    log.push_back(request.target.substr(0, request.target.find('?')));
    if (fault)
      if (auto response = fault(request)) return *std::move(response);
    return act(request);
  }

  http::HttpResponse act(const http::HttpRequest& request) {
    auto path = request.target.substr(0, request.target.find('?'));
    core::Json body = core::parseJson(request.body).value_or(core::Json::object());
    core::Json reply = core::Json::object();
    if (path.ends_with("/get-status")) {
      reply = {{"path", "/f"}, {"file_size", size}, {"modification_time", modifiedAt}};
    } else if (path.ends_with("/read")) {
      auto offset = numberIn(request.target, "offset=");
      auto length = std::min(numberIn(request.target, "length="), std::max<std::int64_t>(0, size - offset));
      largestBlock = std::max(largestBlock, length);
      reply = {{"bytes_read", length},
               {"data", core::toBase64(bytesAt(static_cast<std::uint64_t>(offset), static_cast<std::size_t>(length)))}};
    } else if (path.ends_with("/create")) {
      uploaded = 0;
      ++created;
      reply = {{"handle", 7}};
    } else if (path.ends_with("/add-block") || path.ends_with("/put")) {
      auto bytes = core::fromBase64(core::stringAt(body, path.ends_with("/put") ? "contents" : "data")).value();
      largestBlock = std::max(largestBlock, std::ssize(bytes));
      right = right && bytes == bytesAt(static_cast<std::uint64_t>(uploaded), bytes.size());
      uploaded += std::ssize(bytes);
    }
    return {.status = 200, .headers = {}, .body = core::dumpJson(reply)};
  }
};

}  // namespace trowel::test
