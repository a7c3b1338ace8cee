// SPDX-License-Identifier: Apache-2.0
// Bodies in pieces, and the storages outside the workspace.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/scripted_workspace.hpp"
#include "trowel/core/log.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

constexpr Call kPut{Verb::Put, "/fs/files{path...}", Safety::Safe};
constexpr Call kAppend{Verb::Post, "/append", Safety::Unsafe};
constexpr Call kGet{.verb = Verb::Get, .path = "/f", .safety = Safety::Safe, .ranges = true};
constexpr Call kWhole{Verb::Get, "/w", Safety::Safe};

// Bytes in memory as if they were a file.
class Source final : public http::BodySource {
 public:
  explicit Source(std::string bytes, bool rewinds = true) : bytes_(std::move(bytes)), rewinds_(rewinds) {}
  std::uint64_t size() const override { return bytes_.size(); }
  core::Result<std::size_t> read(std::span<char> into) override {
    auto count = bytes_.copy(into.data(), into.size(), at_);
    at_ += count;
    return count;
  }
  core::Result<void> rewind() override {
    if (!rewinds_) return BodySource::rewind();
    at_ = 0;
    return {};
  }

 private:
  std::string bytes_;
  bool rewinds_;
  std::size_t at_ = 0;
};

struct Taken {
  std::string bytes;
  Sink sink = [this](std::string_view part) -> core::Result<void> {
    bytes += part;
    return {};
  };
};

// A token that can be renewed as often as one likes.
struct Renewing final : http::Credentials {
  core::Result<http::Authorization> authorize(const core::CancelToken&) override {
    return http::Authorization{.value = core::SecretString("Bearer " + std::to_string(number))};
  }
  bool refused(const http::Authorization&) override { return ++number > 0; }
  int number = 1;
};

const http::Headers kFirstVersion = {{"Last-Modified", "Fri, 20 Nov 2026 10:00:00 GMT"}, {"ETag", "\"1\""}};

http::Headers partFrom(int first, http::Headers headers = kFirstVersion) {
  headers.emplace_back("Content-Range", "bytes " + std::to_string(first) + "-9/10");
  return headers;
}

std::string headerOfLast(const test::ScriptedHttp& http, std::string_view name) {
  auto requests = http.requests();
  return std::string(http::headerOf(requests.back().headers, name));
}

}  // namespace

TEST_CASE("F46: an upload that may be repeated is, from its first byte") {
  test::ScriptedWorkspace scripted;
  const std::string bytes(5000, 'x');
  Source source(bytes);
  scripted.http.on("PUT", "/fs/files/Volumes/a%20b?overwrite=true").withBody(bytes).drop();
  scripted.http.on("PUT", "/fs/files/Volumes/a%20b?overwrite=true").withBody(bytes).reply(503, "");
  scripted.http.on("PUT", "/fs/files/Volumes/a%20b?overwrite=true").withBody(bytes).reply(204, "");
  CHECK(scripted.rest.upload(kPut, {{"path", "/Volumes/a b"}, {"overwrite", true}}, source));
  CHECK(headerOfLast(scripted.http, "Content-Type") == "application/octet-stream");
}

TEST_CASE("an upload that must not be repeated, or cannot, is not") {
  test::ScriptedWorkspace scripted;
  Source source("abc");
  scripted.http.on("POST", "/append").withBody("abc").drop();
  CHECK(scripted.rest.upload(kAppend, {}, source).error().message == "The connection was lost.");

  Source once("abc", false);
  scripted.http.on("PUT", "/fs/files").withBody("abc").reply(503, "");
  CHECK(scripted.rest.upload(kPut, {}, once).error().httpStatus == 503);
  CHECK(scripted.clock.waits().empty());
}

TEST_CASE("F39: a token that ends in mid-upload is renewed, and all bytes go again") {
  test::ScriptedWorkspace scripted;
  auto config = test::ScriptedWorkspace::config();
  config.credentials = std::make_shared<Renewing>();
  RestClient rest(config, scripted.http, scripted.clock);
  const std::string bytes(5000, 'x');
  Source source(bytes);
  scripted.http.on("POST", "/append").afterReading(2000).withBody(bytes.substr(0, 2000)).reply(401, "");
  scripted.http.on("POST", "/append").withBody(bytes);
  CHECK(rest.upload(kAppend, {}, source));
  CHECK(scripted.http.requests().back().authorization.reveal() == "Bearer 2");

  Source once(bytes, false);
  scripted.http.on("POST", "/append").afterReading(2000).reply(401, "");
  CHECK(rest.upload(kAppend, {}, once).error().code == ErrorCode::Unauthenticated);
}

TEST_CASE("a download hands on what comes, and tells the headers") {
  test::ScriptedWorkspace scripted;
  Taken taken;
  scripted.http.on("GET", "/w?path=%2Fx").reply(200, "0123456789", kFirstVersion);
  auto headers = scripted.rest.download(kWhole, {{"path", "/x"}}, taken.sink);
  REQUIRE(headers);
  CHECK(http::headerOf(*headers, "etag") == "\"1\"");
  CHECK(taken.bytes == "0123456789");

  scripted.http.on("GET", "/w").reply(200, "", {{"ETag", "\"0\""}});
  headers = scripted.rest.download(kWhole, {}, taken.sink);
  CHECK(http::headerOf(*headers, "etag") == "\"0\"");

  scripted.http.on("GET", "/w").reply(404, R"({"message":"Path (/x) doesn't exist"})");
  CHECK(scripted.rest.download(kWhole, {}, taken.sink).error().code == ErrorCode::NotFound);
  CHECK(taken.bytes == "0123456789");
}

TEST_CASE("a download that breaks off goes on where it was") {
  test::ScriptedWorkspace scripted;
  Taken taken;
  scripted.http.on("GET", "/f").drop();
  scripted.http.on("GET", "/f").replyInPart(200, "0123", kFirstVersion);
  scripted.http.on("GET", "/f").reply(503, "");
  scripted.http.on("GET", "/f").replyInPart(206, "45", partFrom(4));
  SECTION("with the rest only") { scripted.http.on("GET", "/f").reply(206, "6789", partFrom(6)); }
  SECTION("or with all of it again, of which the known part is dropped") {
    scripted.http.on("GET", "/f").reply(200, "0123456789", kFirstVersion);
  }
  CHECK(scripted.rest.download(kGet, {}, taken.sink));
  CHECK(taken.bytes == "0123456789");
  auto requests = scripted.http.requests();
  CHECK(http::headerOf(requests.at(1).headers, "Range").empty());
  CHECK(http::headerOf(requests.at(1).headers, "Accept-Encoding") == "identity");
  CHECK(http::headerOf(requests.at(2).headers, "Range") == "bytes=4-");
  CHECK(http::headerOf(requests.at(4).headers, "Range") == "bytes=6-");
  CHECK(http::headerOf(requests.at(4).headers, "If-Unmodified-Since") == "Fri, 20 Nov 2026 10:00:00 GMT");
}

TEST_CASE("a download never joins two versions of a file") {
  test::ScriptedWorkspace scripted;
  Taken taken;
  scripted.http.on("GET", "/f")
      .replyInPart(200, "0123", {kFirstVersion[0], kFirstVersion[1], {"Content-Length", "10"}});
  auto& next = scripted.http.on("GET", "/f");
  SECTION("the server says so") { next.reply(412, ""); }
  SECTION("it became shorter") { next.reply(416, ""); }
  SECTION("the part is of another version") { next.reply(206, "xxxxxx", partFrom(4, {{"ETag", "\"2\""}})); }
  SECTION("the file has another size") {
    next.reply(206, "xxxxxxx", {kFirstVersion[0], kFirstVersion[1], {"Content-Range", "bytes 4-10/11"}});
  }
  SECTION("the whole is of another version") { next.reply(200, "xxxxxxxxxx", {{"ETag", "\"2\""}}); }
  auto result = scripted.rest.download(kGet, {}, taken.sink);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::Conflict);
  CHECK(result.error().message ==
        "What is being read from http://127.0.0.1:8080 was changed meanwhile. Read it again.");
  CHECK(taken.bytes == "0123");
}

TEST_CASE("a part that was not asked for is not taken") {
  test::ScriptedWorkspace scripted;
  Taken taken;
  scripted.http.on("GET", "/f").replyInPart(200, "0123", kFirstVersion);
  auto range = GENERATE("bytes 5-9/10", "bytes */10", "bytes 4/10", "bytes 4-9", "", "4-9/10");
  scripted.http.on("GET", "/f").reply(206, "xxxxx", {kFirstVersion[0], kFirstVersion[1], {"Content-Range", range}});
  CHECK(scripted.rest.download(kGet, {}, taken.sink).error().code == ErrorCode::DataLoss);
  CHECK(taken.bytes == "0123");
}

TEST_CASE("a download that cannot go on ends with the failure, and nothing comes twice") {
  test::ScriptedWorkspace scripted;
  Taken taken;
  SECTION("the call knows no ranges") {
    scripted.http.on("GET", "/w").replyInPart(200, "0123");
    CHECK(scripted.rest.download(kWhole, {}, taken.sink).error().code == ErrorCode::Unavailable);
  }
  SECTION("it came packed, so that positions say nothing") {
    scripted.http.on("GET", "/f").replyInPart(200, "0123", {{"Content-Encoding", "gzip"}});
    CHECK(scripted.rest.download(kGet, {}, taken.sink).error().code == ErrorCode::Unavailable);
  }
  CHECK(taken.bytes == "0123");
}

TEST_CASE("a download that gets on has its time to retry anew") {
  test::ScriptedWorkspace scripted;
  Taken taken;
  scripted.http.on("GET", "/f").replyInPart(200, "0", kFirstVersion);
  for (int i = 1; i < 9; ++i) {
    scripted.http.on("GET", "/f").reply(503, "", {{"Retry-After", "60"}});
    scripted.http.on("GET", "/f").replyInPart(206, std::to_string(i), partFrom(i));
  }
  scripted.http.on("GET", "/f").reply(206, "9", partFrom(9));
  CHECK(scripted.rest.download(kGet, {}, taken.sink));
  CHECK(taken.bytes == "0123456789");
}

TEST_CASE("a token that ends in mid-download is renewed, once for each time that it got further") {
  test::ScriptedWorkspace scripted;
  auto config = test::ScriptedWorkspace::config();
  config.credentials = std::make_shared<Renewing>();
  RestClient rest(config, scripted.http, scripted.clock);
  Taken taken;
  scripted.http.on("GET", "/f").replyInPart(200, "0123", kFirstVersion);
  scripted.http.on("GET", "/f").reply(401, "");
  scripted.http.on("GET", "/f").replyInPart(206, "45", partFrom(4));
  scripted.http.on("GET", "/f").reply(401, "");
  SECTION("it goes on where it was") {
    scripted.http.on("GET", "/f").reply(206, "6789", partFrom(6));
    CHECK(rest.download(kGet, {}, taken.sink));
    CHECK(taken.bytes == "0123456789");
    CHECK(headerOfLast(scripted.http, "Range") == "bytes=6-");
    CHECK(scripted.http.requests().back().authorization.reveal() == "Bearer 3");
  }
  SECTION("a token that is refused twice in one place is the user's matter") {
    scripted.http.on("GET", "/f").reply(401, "");
    CHECK(rest.download(kGet, {}, taken.sink).error().code == ErrorCode::Unauthenticated);
    CHECK(taken.bytes == "012345");
  }
  CHECK(scripted.clock.waits().size() == 2);
}

TEST_CASE("a sink that is full ends the download with its own words") {
  test::ScriptedWorkspace scripted;
  scripted.http.on("GET", "/f").reply(200, "0123");
  auto full = [](std::string_view) -> core::Result<void> {
    return core::fail(ErrorCode::Unavailable, "The disk is full.");
  };
  CHECK(scripted.rest.download(kGet, {}, full).error().message == "The disk is full.");
}

TEST_CASE("a signed link gets no credential of the workspace and shows nothing of itself but its host") {
  std::string logged;
  core::setLogSink([&](core::LogLevel, std::string_view, std::string_view line) { logged += line; });
  core::setLogLevels("trace");
  std::string said;
  {
    test::ScriptedWorkspace scripted;
    auto config = test::ScriptedWorkspace::config();
    config.headers = {{"X-Databricks-Workspace-Id", "1"}};
    RestClient rest(config, scripted.http, scripted.clock);
    const SignedLink link{.url = core::SecretString("https://store.example.net/c/x?sig=s3cr%2Ft#part"),
                          .headers = {{"x-ms-blob-type", "BlockBlob"}}};
    Taken taken;
    Source source("part");
    scripted.http.on("GET", "/c/x?sig=s3cr%2Ft").reply(500, "");
    scripted.http.on("GET", "/c/x?sig=s3cr%2Ft").reply(200, "rows");
    CHECK(rest.fetch(link)->body == "rows");
    scripted.http.on("GET", "/c/x?sig=s3cr%2Ft").replyInPart(200, "ro", kFirstVersion);
    scripted.http.on("GET", "/c/x?sig=s3cr%2Ft").reply(206, "ws", partFrom(2));
    CHECK(rest.download(link, taken.sink));
    CHECK(taken.bytes == "rows");
    scripted.http.on("PUT", "/c/x?sig=s3cr%2Ft").withBody("part").reply(503, "");
    scripted.http.on("PUT", "/c/x?sig=s3cr%2Ft").withBody("part").reply(201, "", {{"ETag", "e"}});
    CHECK(http::headerOf(rest.upload(link, source)->headers, "ETag") == "e");
    scripted.http.on("GET", "/c/x?sig=s3cr%2Ft").reply(403, "<Error><Code>AccessDenied</Code></Error>");
    auto expired = rest.fetch(link).error();
    CHECK(expired.code == ErrorCode::PermissionDenied);
    said = core::describe(expired);
    for (const auto& request : scripted.http.requests()) {
      CHECK(request.origin == "https://store.example.net");
      CHECK(request.authorization.empty());
      CHECK(request.secrets.empty());
      CHECK(http::headerOf(request.headers, "X-Databricks-Workspace-Id").empty());
      CHECK(http::headerOf(request.headers, "x-ms-blob-type") == "BlockBlob");
    }
  }
  core::setLogSink({});
  core::setLogLevels("info");
  CHECK(said.find("The storage https://store.example.net does not accept the link") != std::string::npos);
  CHECK(logged.find("GET of a signed link to https://store.example.net") != std::string::npos);
  CHECK((said + logged).find("s3cr") == std::string::npos);
}

TEST_CASE("a link that leads nowhere, or out of TLS, is not followed") {
  test::ScriptedWorkspace scripted;
  auto config = test::ScriptedWorkspace::config();
  config.host = http::parseOrigin("https://adb-1.azuredatabricks.net").value();
  RestClient rest(config, scripted.http, scripted.clock);
  for (auto url : {"", "/x", "ftp://h/x", "https://", "https://u:p@h/x", "http://store.example.net/x"}) {
    CAPTURE(url);
    auto refused = rest.fetch(SignedLink{.url = core::SecretString(url)});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "https://adb-1.azuredatabricks.net named a storage whose address cannot be used.");
  }
}

TEST_CASE("what a storage answers") {
  struct Row {
    int status;
    ErrorCode means;
    int attempts;
  };
  auto row = GENERATE(Row{401, ErrorCode::PermissionDenied, 1}, Row{403, ErrorCode::PermissionDenied, 1},
                      Row{404, ErrorCode::NotFound, 1}, Row{400, ErrorCode::Unavailable, 1},
                      Row{429, ErrorCode::RateLimited, 3}, Row{408, ErrorCode::Unavailable, 3},
                      Row{502, ErrorCode::Unavailable, 3}, Row{504, ErrorCode::Unavailable, 3});
  CAPTURE(row.status);
  test::ScriptedWorkspace scripted;
  for (int i = 0; i < row.attempts; ++i) scripted.http.on("GET", "/x").reply(row.status, "", {{"Retry-After", "50"}});
  auto refused = scripted.rest.fetch(SignedLink{.url = core::SecretString("http://127.0.0.1:9/x")});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == row.means);
  CHECK(refused.error().httpStatus == row.status);
  CHECK(refused.error().message.starts_with("The storage http://127.0.0.1:9 "));
}
