// SPDX-License-Identifier: Apache-2.0
// Large files that go on after a failure: nothing that has arrived travels a second time, and no two versions are
// mixed.
#include <atomic>

#include "support/catch.hpp"
#include "trowel/databricks/dbfs.hpp"
#include "trowel/databricks/files.hpp"
#include "unit/databricks/tiny_dbfs.hpp"
#include "unit/databricks/tiny_volume.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;
using test::TinyDbfs;
using test::TinyVolume;

namespace {

constexpr std::uint64_t kMiB = 1024UL * 1024;
constexpr const char* kPath = TinyVolume::kPath;

http::HttpResponse refusal(int status, std::string body = "{}") {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

// Away from a given request on, until the test says so.
struct Network {
  std::string last = {};  // what of the target stands in the request that still arrives
  int skip = 0;           // of those
  bool away = false;
  http::HttpResponse instead = {};  // of an answer; a status of 0 is a lost connection

  std::optional<http::HttpResponse> operator()(const http::HttpRequest& request) {
    if (away) return instead;
    if (!last.empty() && request.target.find(last) != std::string::npos && skip-- == 0) away = true;
    return std::nullopt;
  }
  void back() {
    last.clear();
    away = false;
  }
};

struct Target {
  test::CheckedSink sink;
  int restarts = 0;

  Sink take() {
    return [this](std::string_view bytes) { return sink(bytes); };
  }
  Restart restart() {
    return [this]() -> core::Result<void> {
      sink = {};
      ++restarts;
      return {};
    };
  }
};

}  // namespace

TEST_CASE("an upload to a volume over a network that is away for three minutes goes on where it was") {
  TinyVolume volume;
  Network network{.last = "/part/", .skip = 11};
  volume.fault = std::ref(network);
  test::GeneratedSource source(300 * kMiB + 5, false);  // cannot even begin anew
  auto upload = Files(volume.rest).startUpload(kPath, source, true);
  auto failed = upload->run();
  CHECK(failed.error().code == ErrorCode::Unavailable);
  const auto arrived = upload->arrived();
  CHECK(arrived == 120 * kMiB);
  CHECK(volume.stored == arrived);

  CHECK_FALSE(upload->run());  // still away
  volume.clock.advance(std::chrono::minutes(3));
  network.back();
  REQUIRE(upload->run());
  CHECK(upload->arrived() == source.size());
  CHECK(volume.stored == source.size());
  CHECK(volume.completed == source.size());
  CHECK(volume.right);
  CHECK_FALSE(volume.aborted);
  CHECK(std::ranges::count(volume.log, std::string("POST ") + TinyVolume::kFile) == 2);  // one begin, one end
}

TEST_CASE("a cancelled upload to a volume goes on, too") {
  TinyVolume volume;
  core::CancelSource cancel;
  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target == "/part/7") cancel.cancel(core::CancelReason::Client);
    return std::nullopt;
  };
  test::GeneratedSource source(200 * kMiB, false);
  auto upload = Files(volume.rest).startUpload(kPath, source, true);
  CHECK(upload->run({.cancel = cancel.token()}).error().code == ErrorCode::Cancelled);
  volume.fault = {};
  REQUIRE(upload->run());
  CHECK(volume.stored == source.size());
  CHECK(volume.completed == source.size());
  CHECK(volume.right);
}

TEST_CASE("a token that ends in mid-upload to a volume costs no part") {
  TinyVolume volume;
  struct Renewing final : http::Credentials {
    core::Result<http::Authorization> authorize(const core::CancelToken&) override {
      return http::Authorization{.value = core::SecretString("Bearer " + std::to_string(number.load()))};
    }
    bool refused(const http::Authorization& used) override {
      if (used.value.reveal() == "Bearer " + std::to_string(number.load())) ++number;
      return true;
    }
    std::atomic<int> number = 1;
  };
  auto config = test::ScriptedWorkspace::config();
  config.credentials = std::make_shared<Renewing>();
  RestClient rest(config, volume.http, volume.clock);
  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    const bool ended = volume.stored > 30 * kMiB && request.authorization.reveal() == "Bearer 1";
    return ended ? std::optional(refusal(401)) : std::nullopt;
  };
  test::GeneratedSource source(100 * kMiB);
  REQUIRE(Files(rest).upload(kPath, source, true));
  CHECK(volume.stored == source.size());
  CHECK(volume.completed == source.size());
  CHECK(volume.right);
  CHECK_FALSE(volume.leaked);
}

TEST_CASE("an upload that the workspace has forgotten begins anew") {
  TinyVolume volume;
  Network network{.last = "/part/", .skip = 3};
  volume.fault = std::ref(network);
  test::GeneratedSource source(60 * kMiB);
  auto upload = Files(volume.rest).startUpload(kPath, source, true);
  CHECK_FALSE(upload->run());
  int forgotten = 0;
  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target != "/api/2.0/fs/create-upload-part-urls" || forgotten++ > 0) return std::nullopt;
    return refusal(404, R"({"error_code":"NOT_FOUND","message":"There is no such upload."})");
  };
  SECTION("by itself") {
    REQUIRE(upload->run());
    CHECK(source.rewound() == 1);
    CHECK(volume.completed == source.size());
    CHECK(volume.right);
    CHECK(upload->arrived() == source.size());
  }
  SECTION("or is given up, and nothing is left of it") {
    volume.fault = {};
    upload->abandon();
    CHECK(volume.aborted);
    CHECK(upload->arrived() == 0);
    REQUIRE(upload->run());
    CHECK(source.rewound() == 1);
    CHECK(volume.completed == source.size());
  }
}

TEST_CASE("the end of an upload whose answer was lost is looked for in the volume") {
  TinyVolume volume;
  volume.size = 7;  // of the file that is replaced
  test::GeneratedSource source(60 * kMiB);
  bool acts = GENERATE(true, false);
  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target.find("complete-upload") == std::string::npos) return std::nullopt;
    if (acts) {
      volume.act(request);
      volume.size = volume.completed;
      volume.modified = "Mon, 07 Nov 1994 08:49:37 GMT";
    }
    return refusal(504);
  };
  auto upload = Files(volume.rest).startUpload(kPath, source, true);
  auto done = upload->run();
  CHECK(done.has_value() == acts);
  if (acts) return;
  CHECK(done.error().httpStatus == 504);
  volume.fault = {};
  REQUIRE(upload->run());
  CHECK(volume.stored == source.size());
  CHECK(volume.completed == source.size());
}

TEST_CASE("a file of the same size that was there before is not taken for the upload") {
  TinyVolume volume;
  volume.size = 60 * kMiB;
  volume.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    return request.target.find("complete-upload") != std::string::npos ? std::optional(refusal(504)) : std::nullopt;
  };
  test::GeneratedSource source(60 * kMiB);
  CHECK(Files(volume.rest).upload(kPath, source, true).error().httpStatus == 504);
}

TEST_CASE("a source that could not be read once is read from its start, whatever other threads have read of it since") {
  // Loses what it was at, once, as a network folder does.
  struct Stumbling final : http::BodySource {
    std::uint64_t size() const override { return inner.size(); }
    core::Result<std::size_t> read(std::span<char> into) override {
      if (++reads == 2) return core::fail(ErrorCode::DataLoss, "The folder is away.");
      return inner.read(into);
    }
    core::Result<void> rewind() override { return inner.rewind(); }
    test::GeneratedSource inner{100 * kMiB};
    int reads = 0;
  };
  TinyVolume volume;
  Stumbling source;
  auto upload = Files(volume.rest).startUpload(kPath, source, true);
  auto failed = upload->run();
  CHECK(failed.error().message == "The folder is away.");
  CHECK(source.reads == 2);  // nobody reads on
  volume.parts.clear();
  volume.right = true;
  REQUIRE(upload->run());
  CHECK(volume.completed == source.size());
  CHECK(volume.right);
}

TEST_CASE("an upload as one request begins anew") {
  TinyVolume volume;
  Network network{.away = true};
  volume.fault = std::ref(network);
  test::GeneratedSource source(3 * kMiB);
  auto upload = Files(volume.rest).startUpload(kPath, source, true);
  CHECK_FALSE(upload->run());
  CHECK(upload->arrived() == 0);
  network.back();
  REQUIRE(upload->run());
  CHECK(volume.wholeUpload == source.size());
  CHECK(upload->arrived() == source.size());
}

TEST_CASE("a download from a volume over a network that is away for three minutes goes on where it was") {
  TinyVolume volume;
  volume.size = 300 * kMiB + 5;
  Network network{.last = TinyVolume::kFile, .skip = 12};
  volume.fault = std::ref(network);
  Target target;
  auto download = Files(volume.rest).startDownload(kPath, target.take(), target.restart());
  CHECK(download->run().error().code == ErrorCode::Unavailable);
  const auto arrived = download->arrived();
  CHECK(arrived == target.sink.taken);
  CHECK(volume.served == 96 * kMiB);  // a look at the file came before
  CHECK(arrived <= volume.served);

  volume.clock.advance(std::chrono::minutes(3));
  network.back();
  REQUIRE(download->run());
  CHECK(target.restarts == 0);
  CHECK(target.sink.taken == volume.size);
  CHECK(target.sink.right);
  CHECK(volume.served == volume.size);
  CHECK(download->arrived() == volume.size);
}

TEST_CASE("a file of a volume that was changed between two attempts comes anew") {
  TinyVolume volume;
  volume.size = 100 * kMiB;
  volume.etag = "\"1\"";
  Network network{.last = TinyVolume::kFile, .skip = 6};
  volume.fault = std::ref(network);
  Target target;
  const bool canRestart = GENERATE(true, false);
  auto download = Files(volume.rest).startDownload(kPath, target.take(), canRestart ? target.restart() : Restart());
  CHECK_FALSE(download->run());
  CHECK(target.sink.taken > 0);
  SECTION("by its time") { volume.modified = "Mon, 07 Nov 1994 08:49:37 GMT"; }
  SECTION("by its size") { volume.size = 90 * kMiB; }
  SECTION("by its ETag, within one second") { volume.etag = "\"2\""; }
  network.back();
  auto done = download->run();
  if (canRestart) {
    REQUIRE(done);
    CHECK(target.restarts == 1);
    CHECK(target.sink.taken == volume.size);
    CHECK(target.sink.right);
  } else {
    CHECK(done.error().code == ErrorCode::Conflict);
    CHECK(done.error().message == "The file /Volumes/m/d/v/größe 1 was changed while it was read. Read it again.");
  }
}

TEST_CASE("a download as one stream drops what it has already got") {
  TinyVolume volume;
  volume.size = 3 * kMiB;
  test::CheckedSink sink;
  bool full = true;
  auto download = Files(volume.rest).startDownload(kPath, [&](std::string_view bytes) -> core::Result<void> {
    if (full && sink.taken == kMiB) return core::fail(ErrorCode::Unavailable, "The disk is full.");
    return sink(bytes);
  });
  CHECK(download->run().error().message == "The disk is full.");
  CHECK(download->arrived() == kMiB);
  full = false;
  REQUIRE(download->run());
  CHECK(sink.taken == volume.size);
  CHECK(sink.right);
}

TEST_CASE("a disk that is full is no change of the file: what has arrived is not thrown away") {
  TinyVolume volume;
  volume.size = GENERATE(60 * kMiB, 3 * kMiB);  // in ranges, and as one stream
  TinyDbfs dbfs;
  dbfs.size = 9 * static_cast<std::int64_t>(kMiB);
  Target target;
  bool full = true;
  // As the operating system says it.
  Sink sink = [&](std::string_view bytes) -> core::Result<void> {
    if (full && target.sink.taken > 0) return core::fail(ErrorCode::Conflict, "Cannot write: No space left on device.");
    return target.sink(bytes);
  };
  const bool ofDbfs = GENERATE(true, false);
  auto download = ofDbfs ? Dbfs(dbfs.rest).startDownload("/f", sink, target.restart())
                         : Files(volume.rest).startDownload(kPath, sink, target.restart());
  CHECK(download->run().error().message == "Cannot write: No space left on device.");
  CHECK(download->arrived() == target.sink.taken);
  full = false;
  REQUIRE(download->run());
  CHECK(target.restarts == 0);
  CHECK(target.sink.taken == (ofDbfs ? static_cast<std::uint64_t>(dbfs.size) : volume.size));
  CHECK(target.sink.right);
}

TEST_CASE("a download that began in ranges goes on as one stream where there are none any more") {
  TinyVolume volume;
  volume.size = 60 * kMiB;
  Network network{.last = TinyVolume::kFile, .skip = 6};
  volume.fault = std::ref(network);
  Target target;
  auto download = Files(volume.rest).startDownload(kPath, target.take(), target.restart());
  CHECK_FALSE(download->run());
  CHECK(target.sink.taken > 0);
  network.back();
  volume.servesRanges = false;
  REQUIRE(download->run());
  CHECK(target.restarts == 0);
  CHECK(target.sink.taken == volume.size);
  CHECK(target.sink.right);
}

TEST_CASE("a sink that fails gets the same range again") {
  TinyVolume volume;
  volume.size = 60 * kMiB;
  test::CheckedSink sink;
  bool full = true;
  auto download = Files(volume.rest).startDownload(kPath, [&](std::string_view bytes) -> core::Result<void> {
    if (full && sink.taken == 24 * kMiB) return core::fail(ErrorCode::Unavailable, "The disk is full.");
    return sink(bytes);
  });
  CHECK(download->run().error().message == "The disk is full.");
  full = false;
  REQUIRE(download->run());
  CHECK(sink.taken == volume.size);
  CHECK(sink.right);
}

TEST_CASE("a download from DBFS goes on where it was, and anew where the file was changed") {
  TinyDbfs dbfs;
  dbfs.size = 12 * static_cast<std::int64_t>(kMiB);
  Network network{.last = "/read?", .skip = 5};
  dbfs.fault = std::ref(network);
  Target target;
  auto download = Dbfs(dbfs.rest).startDownload("/f", target.take(), target.restart());
  CHECK_FALSE(download->run());
  CHECK(download->arrived() == target.sink.taken);
  const auto before = dbfs.log.size();
  network.back();
  SECTION("it was not") {
    REQUIRE(download->run());
    CHECK(target.restarts == 0);
    CHECK(dbfs.log.size() - before == 6 + 2);  // the other blocks, and a status before and after
  }
  SECTION("it was") {
    dbfs.modifiedAt = 2;
    dbfs.size = 11 * static_cast<std::int64_t>(kMiB);
    REQUIRE(download->run());
    CHECK(target.restarts == 1);
  }
  CHECK(target.sink.taken == static_cast<std::uint64_t>(dbfs.size));
  CHECK(target.sink.right);
}

TEST_CASE("an upload to DBFS goes on where a refusal leaves no doubt, and begins anew where one does") {
  TinyDbfs dbfs;
  Network network{.last = "/add-block", .skip = 4};
  int creates = 1;
  SECTION("the workspace had too much to do") {
    network.instead = refusal(429, R"({"error_code":"REQUEST_LIMIT_EXCEEDED"})");
  }
  SECTION("the sign-in has ended") { network.instead = refusal(401); }
  SECTION("the connection was lost") { creates = 2; }
  dbfs.fault = std::ref(network);
  test::GeneratedSource source(7 * kMiB + 5);
  auto upload = Dbfs(dbfs.rest).startUpload("/f", source, true);
  CHECK_FALSE(upload->run());
  CHECK(upload->arrived() == (creates == 1 ? 5 * kMiB : 0));
  network.back();
  REQUIRE(upload->run());
  CHECK(dbfs.uploaded == 7 * static_cast<std::int64_t>(kMiB) + 5);
  CHECK(dbfs.right);
  CHECK(dbfs.created == creates);
  CHECK(upload->arrived() == source.size());
}

TEST_CASE("an upload to DBFS whose handle has expired, or that was cancelled, begins anew") {
  TinyDbfs dbfs;
  core::CancelSource cancel;
  Network network{.last = "/add-block", .skip = 4, .instead = refusal(429)};
  test::GeneratedSource source(8 * kMiB);
  auto upload = Dbfs(dbfs.rest).startUpload("/f", source, true);
  bool expired = false;
  SECTION("expired") {
    dbfs.fault = std::ref(network);
    CHECK(upload->run().error().code == ErrorCode::RateLimited);
    dbfs.clock.advance(std::chrono::minutes(11));
    dbfs.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
      if (!request.target.ends_with("/add-block") || std::exchange(expired, true)) return std::nullopt;
      return refusal(404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No open stream for handle 7"})");
    };
  }
  SECTION("cancelled") {
    dbfs.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
      if (request.target.ends_with("/add-block")) cancel.cancel(core::CancelReason::Client);
      return std::nullopt;
    };
    CHECK(upload->run({.cancel = cancel.token()}).error().code == ErrorCode::Cancelled);
    dbfs.fault = {};
  }
  REQUIRE(upload->run());
  CHECK(source.rewound() == 1);
  CHECK(dbfs.uploaded == 8 * static_cast<std::int64_t>(kMiB));
  CHECK(dbfs.right);
}
