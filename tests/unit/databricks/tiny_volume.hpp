// SPDX-License-Identifier: Apache-2.0
// A workspace with one file in a volume, and a storage, of a few lines that behave and misbehave.
#pragma once

#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "support/answering_http.hpp"
#include "support/catch.hpp"
#include "support/generated_body.hpp"
#include "support/scripted_workspace.hpp"
#include "trowel/core/json.hpp"

namespace trowel::test {

// One file, whose bytes follow from their positions.
struct TinyVolume {
  static constexpr std::uint64_t kMiB = 1024UL * 1024;
  static constexpr const char* kPath = "/Volumes/m/d/v/größe 1";
  static constexpr const char* kFile = "/api/2.0/fs/files/Volumes/m/d/v/gr%C3%B6%C3%9Fe%201";
  static constexpr const char* kStorage = "http://storage.example";

  using Fault = std::function<std::optional<http::HttpResponse>(const http::HttpRequest&)>;

  std::uint64_t size = 0;  // of the file to download
  std::string modified = "Sun, 06 Nov 1994 08:49:37 GMT";
  std::string etag = {};  // of what is downloaded; empty: not told
  bool servesRanges = true;
  core::Json initiated = {{"multipart_upload", {{"session_token", "a+b/c"}}}};
  Fault fault = {};

  std::uint64_t partSize = 10 * kMiB;
  std::map<std::int64_t, std::uint64_t> parts;  // number to size
  bool right = true;                            // what was uploaded is what it should be
  bool leaked = false;                          // the storage saw a credential
  bool aborted = false;
  std::uint64_t completed = 0;
  std::uint64_t wholeUpload = 0;
  std::uint64_t served = 0;  // bytes of ranges
  std::uint64_t stored = 0;  // bytes of parts
  std::size_t largest = 0;
  std::vector<std::string> log;

  ManualClock clock;
  AnsweringHttp http{[this](const http::HttpRequest& request) { return answer(request); }};
  databricks::RestClient rest{ScriptedWorkspace::config(), http, clock};

  TinyVolume() { clock.advanceOnWait(); }

  http::HttpResponse answer(const http::HttpRequest& request) {
    log.push_back(request.method + " " + request.target.substr(0, request.target.find('?')));
    if (request.origin == kStorage && !(request.authorization.empty() && request.secrets.empty())) leaked = true;
    if (fault)
      if (auto response = fault(request)) return *std::move(response);
    return request.origin == kStorage ? store(request) : act(request);
  }

  static http::HttpResponse json(const core::Json& body) {
    return {.status = 200, .headers = {}, .body = core::dumpJson(body)};
  }

  http::HttpResponse store(const http::HttpRequest& request) {
    if (request.method == "DELETE") {
      aborted = true;
      return {.status = 204};
    }
    std::int64_t part = std::stoll(request.target.substr(6));  // "/part/3"
    if (http::headerOf(request.headers, "x-part") != std::to_string(part)) right = false;
    right = right && request.body == bytesAt(static_cast<std::uint64_t>(part - 1) * partSize, request.body.size());
    parts[part] = request.body.size();
    stored += request.body.size();
    largest = std::max(largest, request.body.size());
    return {.status = 200, .headers = {{"ETag", "\"e" + std::to_string(part) + "\""}}};
  }

  http::HttpResponse act(const http::HttpRequest& request) {
    core::Json body = core::parseJson(request.body).value_or(core::Json::object());
    if (request.method == "HEAD")
      return {.status = 200, .headers = {{"Content-Length", std::to_string(size)}, {"Last-Modified", modified}}};
    if (request.method == "GET") return download(request);
    if (request.method == "PUT") {
      wholeUpload = request.body.size();
      return {.status = 204};
    }
    if (request.target.ends_with("?action=initiate-upload&overwrite=true")) return json(initiated);
    if (request.target == "/api/2.0/fs/create-upload-part-urls") {
      CHECK(core::stringAt(body, "path") == kPath);
      CHECK(core::stringAt(body, "session_token") == "a+b/c");
      CHECK(core::stringAt(body, "expire_time").size() == 20);
      auto number = core::intAt(body, "start_part_number");
      return json({{"upload_part_urls",
                    {{{"part_number", number},
                      {"url", std::string(kStorage) + "/part/" + std::to_string(number)},
                      {"headers", {{{"name", "x-part"}, {"value", std::to_string(number)}}}}}}}});
    }
    if (request.target == "/api/2.0/fs/create-abort-upload-url")
      return json({{"abort_upload_url", {{"url", std::string(kStorage) + "/abort"}, {"headers", nullptr}}}});
    if (request.target.ends_with("?action=complete-upload&upload_type=multipart&session_token=a%2Bb%2Fc")) {
      std::int64_t next = 1;
      for (const auto& part : core::arrayAt(body, "parts")) {
        right = right && core::intAt(part, "part_number") == next &&
                core::stringAt(part, "etag") == "\"e" + std::to_string(next) + "\"";
        completed += parts[next++];
      }
      return json(core::Json::object());
    }
    return {.status = 404, .headers = {}, .body = R"({"error_code":"ENDPOINT_NOT_FOUND"})"};
  }

  http::HttpResponse download(const http::HttpRequest& request) {
    auto range = http::headerOf(request.headers, "Range");
    if (range.empty() || !servesRanges) return {.status = 200, .headers = {}, .body = bytesAt(0, size)};
    if (http::headerOf(request.headers, "If-Unmodified-Since") != modified) return {.status = 412};
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    range.remove_prefix(6);  // "bytes="
    auto dash = std::from_chars(range.data(), range.data() + range.size(), first).ptr;
    std::from_chars(dash + 1, range.data() + range.size(), last);
    last = std::min(last, size - 1);
    largest = std::max(largest, static_cast<std::size_t>(last - first + 1));
    served += last - first + 1;
    return {.status = 206, .headers = {{"ETag", etag}}, .body = bytesAt(first, last - first + 1)};
  }
};

}  // namespace trowel::test
