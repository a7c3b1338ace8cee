// SPDX-License-Identifier: Apache-2.0
// Large files to and from volumes, against a workspace and a storage of a few lines that behave and misbehave.
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "support/answering_http.hpp"
#include "support/catch.hpp"
#include "support/generated_body.hpp"
#include "support/scripted_workspace.hpp"
#include "trowel/databricks/files.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

constexpr std::uint64_t kMiB = 1024UL * 1024;
constexpr const char* kPath = "/Volumes/m/d/v/größe 1";
constexpr const char* kFile = "/api/2.0/fs/files/Volumes/m/d/v/gr%C3%B6%C3%9Fe%201";
constexpr const char* kStorage = "http://storage.example";

// One file, whose bytes follow from their positions.
struct TinyVolume {
  using Fault = std::function<std::optional<http::HttpResponse>(const http::HttpRequest&)>;

  std::uint64_t size = 0;  // of the file to download
  std::string modified = "Sun, 06 Nov 1994 08:49:37 GMT";
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
  std::size_t largest = 0;
  std::vector<std::string> log;

  test::ManualClock clock;
  test::AnsweringHttp http{[this](const http::HttpRequest& request) { return answer(request); }};
  RestClient rest{test::ScriptedWorkspace::config(), http, clock};

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
    right =
        right && request.body == test::bytesAt(static_cast<std::uint64_t>(part - 1) * partSize, request.body.size());
    parts[part] = request.body.size();
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
    if (range.empty() || !servesRanges) return {.status = 200, .headers = {}, .body = test::bytesAt(0, size)};
    if (http::headerOf(request.headers, "If-Unmodified-Since") != modified) return {.status = 412};
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    range.remove_prefix(6);  // "bytes="
    auto dash = std::from_chars(range.data(), range.data() + range.size(), first).ptr;
    std::from_chars(dash + 1, range.data() + range.size(), last);
    last = std::min(last, size - 1);
    largest = std::max(largest, static_cast<std::size_t>(last - first + 1));
    return {.status = 206, .headers = {}, .body = test::bytesAt(first, last - first + 1)};
  }
};

http::HttpResponse refusal(int status, std::string body) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

}  // namespace

TEST_CASE("300 MiB come out of a volume by ranges, in order") {
  TinyVolume volume;
  volume.size = 300 * kMiB + 5;
  test::CheckedSink sink;
  REQUIRE(Files(volume.rest).download(kPath, std::ref(sink)));
  CHECK(sink.taken == volume.size);
  CHECK(sink.right);
  CHECK(volume.largest == 8 * kMiB);
  CHECK(sink.largest == 8 * kMiB);
  CHECK(volume.log.size() == 39);
  CHECK(volume.log.back() == std::string("GET ") + kFile);
}

TEST_CASE("without ranges a volume's file comes as one stream") {
  TinyVolume volume;
  volume.size = 20 * kMiB;
  volume.servesRanges = false;
  test::CheckedSink sink;
  REQUIRE(Files(volume.rest).download(kPath, std::ref(sink)));
  CHECK(sink.taken == volume.size);
  CHECK(sink.right);
  CHECK(sink.largest <= test::AnsweringHttp::kPiece);
}

TEST_CASE("a volume's file that changes under a download is told, and a lost range goes again alone") {
  TinyVolume volume;
  volume.size = 64 * kMiB;
  int gets = 0;
  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.method != "GET") return std::nullopt;
    ++gets;
    return gets == 3 ? std::optional(http::HttpResponse{}) : std::nullopt;
  };
  test::CheckedSink sink;
  REQUIRE(Files(volume.rest).download(kPath, std::ref(sink)));
  CHECK(sink.taken == volume.size);
  CHECK(sink.right);
  CHECK(gets == 9);

  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.method == "GET") volume.modified = "Mon, 07 Nov 1994 08:49:37 GMT";
    return std::nullopt;
  };
  sink = {};
  auto changed = Files(volume.rest).download(kPath, std::ref(sink));
  CHECK(changed.error().code == ErrorCode::Conflict);
  CHECK(changed.error().message == "The file /Volumes/m/d/v/größe 1 was changed while it was read. Read it again.");
}

TEST_CASE("300 MiB go into a volume in parts, and no credential to the storage") {
  TinyVolume volume;
  test::GeneratedSource source(300 * kMiB + 5);
  REQUIRE(Files(volume.rest).upload(kPath, source, true));
  CHECK(volume.completed == source.size());
  CHECK(volume.right);
  CHECK_FALSE(volume.leaked);
  CHECK_FALSE(volume.aborted);
  CHECK(volume.largest == 10 * kMiB);
  CHECK(source.largestRead() <= 10 * kMiB);
  CHECK(volume.parts.size() == 31);
}

TEST_CASE("a part that is lost goes again alone, one whose link has expired by a new link") {
  TinyVolume volume;
  int expired = 0;
  int lost = 0;
  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target == "/part/2" && ++expired <= 2) return refusal(403, "<Error><Code>AccessDenied</Code></Error>");
    if (request.target == "/part/4" && ++lost <= 2) return lost == 1 ? http::HttpResponse{} : refusal(503, "");
    return std::nullopt;
  };
  test::GeneratedSource source(60 * kMiB);
  REQUIRE(Files(volume.rest).upload(kPath, source, true));
  CHECK(volume.completed == source.size());
  CHECK(volume.right);
  CHECK(source.rewound() == 0);
  CHECK(std::ranges::count(volume.log, "POST /api/2.0/fs/create-upload-part-urls") == 6 + 2);
}

TEST_CASE("an upload in parts that fails for good is aborted, and says why") {
  TinyVolume volume;
  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target == "/part/3") return refusal(403, "");
    return std::nullopt;
  };
  test::GeneratedSource source(60 * kMiB);
  auto failed = Files(volume.rest).upload(kPath, source, true);
  CHECK(failed.error().code == ErrorCode::PermissionDenied);
  CHECK(failed.error().message.starts_with("The storage http://storage.example does not accept the link"));
  CHECK(volume.aborted);
  CHECK(volume.completed == 0);
}

TEST_CASE("a lost answer to the end of an upload is not asked for twice") {
  TinyVolume volume;
  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target.find("complete-upload") != std::string::npos) return http::HttpResponse{};
    return std::nullopt;
  };
  test::GeneratedSource source(60 * kMiB);
  CHECK(Files(volume.rest).upload(kPath, source, true).error().code == ErrorCode::Unavailable);
  CHECK(std::ranges::count(volume.log, std::string("POST ") + kFile) == 2);
}

TEST_CASE("a cancelled upload in parts ends with all its threads and without another call") {
  TinyVolume volume;
  core::CancelSource cancel;
  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target == "/part/2") cancel.cancel(core::CancelReason::Client);
    return std::nullopt;
  };
  test::GeneratedSource source(200 * kMiB);
  auto cancelled = Files(volume.rest).upload(kPath, source, true, {.cancel = cancel.token()});
  CHECK(cancelled.error().code == ErrorCode::Cancelled);
  CHECK_FALSE(volume.aborted);
  CHECK(volume.completed == 0);
}

TEST_CASE("where a workspace offers no parts a large file goes as one request") {
  for (int kind : {0, 1, 2}) {
    TinyVolume volume;
    if (kind == 0) volume.initiated = {{"resumable_upload", {{"session_token", "x"}}}};
    volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
      if (kind == 0 || request.target.find("initiate-upload") == std::string::npos) return std::nullopt;
      return kind == 1 ? refusal(404, R"({"error_code":"ENDPOINT_NOT_FOUND","message":"No API found."})")
                       : refusal(403, R"({"error_code":"PERMISSION_DENIED","message":"Unknown network zone.",
          "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",
                      "reason":"FILES_API_REQUESTER_NETWORK_ZONE_UNKNOWN"}]})");
    };
    test::GeneratedSource source(60 * kMiB);
    REQUIRE(Files(volume.rest).upload(kPath, source, true));
    CHECK(volume.wholeUpload == source.size());
    CHECK(source.largestRead() <= test::AnsweringHttp::kPiece);
  }
}

TEST_CASE("a file that a volume cannot take is refused before anything is sent") {
  TinyVolume volume;
  volume.initiated = core::Json::object();
  test::GeneratedSource source(5120 * kMiB + 1);
  auto refused = Files(volume.rest).upload(kPath, source, true);
  CHECK(refused.error().code == ErrorCode::InvalidParams);
  CHECK(refused.error().message ==
        "/Volumes/m/d/v/größe 1 is larger than the 5 GiB that this workspace takes for one file.");
  CHECK(source.largestRead() == 0);
}
