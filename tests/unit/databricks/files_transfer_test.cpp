// SPDX-License-Identifier: Apache-2.0
// Large files to and from volumes.
#include "support/catch.hpp"
#include "trowel/databricks/files.hpp"
#include "unit/databricks/tiny_volume.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

constexpr std::uint64_t kMiB = 1024UL * 1024;
constexpr const char* kPath = test::TinyVolume::kPath;
using test::TinyVolume;

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
  CHECK(volume.log.back() == std::string("GET ") + TinyVolume::kFile);
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
  CHECK(std::ranges::count(volume.log, std::string("POST ") + TinyVolume::kFile) == 2);
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
