// SPDX-License-Identifier: Apache-2.0
// Large files to and from DBFS.
#include <atomic>

#include "support/catch.hpp"
#include "trowel/databricks/dbfs.hpp"
#include "unit/databricks/tiny_dbfs.hpp"

using namespace trowel;
using namespace trowel::databricks;
using core::ErrorCode;

namespace {

constexpr std::int64_t kMiB = 1024L * 1024;
using test::numberIn;
using test::TinyDbfs;

http::HttpResponse lost() { return {}; }

}  // namespace

TEST_CASE("a large file comes out of DBFS in order, a block at a time in each hand") {
  TinyDbfs dbfs;
  dbfs.size = 12 * kMiB + 5;
  test::CheckedSink sink;
  REQUIRE(Dbfs(dbfs.rest).download("/f", std::ref(sink)));
  CHECK(sink.taken == static_cast<std::uint64_t>(dbfs.size));
  CHECK(sink.right);
  CHECK(dbfs.largestBlock == kMiB);
  CHECK(sink.largest == static_cast<std::size_t>(kMiB));
  CHECK(dbfs.log.size() == 13 + 2);  // a status before and one after
}

TEST_CASE("a slow sink stops the blocks behind it") {
  TinyDbfs dbfs;
  dbfs.size = 8 * kMiB;
  std::atomic<std::size_t> asked = 0;
  std::size_t most = 0;
  std::size_t taken = 0;
  dbfs.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target.find("/read?") != std::string::npos) ++asked;
    return std::nullopt;
  };
  auto slow = [&](std::string_view) -> core::Result<void> {
    most = std::max(most, asked - taken);
    ++taken;
    return {};
  };
  REQUIRE(Dbfs(dbfs.rest).download("/f", slow));
  CHECK(taken == 8);
  CHECK(most <= 4);
}

TEST_CASE("small files of DBFS, empty ones, and blocks that come in two") {
  for (std::int64_t size : {std::int64_t{0}, std::int64_t{1}, kMiB, kMiB + 1}) {
    TinyDbfs dbfs;
    dbfs.size = size;
    bool halved = false;
    dbfs.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
      if (size < 2 || request.target.find("/read?") == std::string::npos || std::exchange(halved, true))
        return std::nullopt;
      auto shorter = request;
      auto at = shorter.target.find("length=");
      shorter.target.replace(at, shorter.target.find('&', at) - at, "length=1");
      return dbfs.act(shorter);
    };
    test::CheckedSink sink;
    REQUIRE(Dbfs(dbfs.rest).download("/f", std::ref(sink)));
    CHECK(sink.taken == static_cast<std::uint64_t>(size));
    CHECK(sink.right);
  }
}

TEST_CASE("a file of DBFS that changes under a download is told") {
  TinyDbfs dbfs;
  dbfs.size = 8 * kMiB;
  int statuses = 0;
  dbfs.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target.find("/get-status") != std::string::npos && ++statuses == 2) dbfs.modifiedAt = 2;
    return std::nullopt;
  };
  test::CheckedSink sink;
  auto changed = Dbfs(dbfs.rest).download("/f", std::ref(sink));
  CHECK(changed.error().code == ErrorCode::Conflict);
  CHECK(changed.error().message == "The file /f was changed while it was read. Read it again.");

  TinyDbfs shrinking;
  shrinking.size = 8 * kMiB;
  shrinking.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target.find("/read?") != std::string::npos) shrinking.size = 2 * kMiB;
    return std::nullopt;
  };
  CHECK(Dbfs(shrinking.rest).download("/f", std::ref(sink)).error().code == ErrorCode::Conflict);
}

TEST_CASE("a lost block of DBFS is read again, and a refusal and a full sink stop all") {
  TinyDbfs dbfs;
  dbfs.size = 10 * kMiB;
  int reads = 0;
  dbfs.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (request.target.find("/read?") != std::string::npos && ++reads % 5 == 0) return lost();
    return std::nullopt;
  };
  test::CheckedSink sink;
  REQUIRE(Dbfs(dbfs.rest).download("/f", std::ref(sink)));
  CHECK(sink.taken == static_cast<std::uint64_t>(dbfs.size));
  CHECK(sink.right);

  dbfs.fault = [](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (numberIn(request.target, "offset=") == 4 * kMiB)
      return http::HttpResponse{.status = 403, .headers = {}, .body = R"({"error_code":"PERMISSION_DENIED"})"};
    return std::nullopt;
  };
  dbfs.log.clear();
  sink = {};
  CHECK(Dbfs(dbfs.rest).download("/f", std::ref(sink)).error().code == ErrorCode::PermissionDenied);
  CHECK(dbfs.log.size() <= 10);
  CHECK(sink.taken <= static_cast<std::uint64_t>(4 * kMiB));

  dbfs.fault = {};
  auto full = Dbfs(dbfs.rest).download("/f", [](std::string_view) -> core::Result<void> {
    return core::fail(ErrorCode::Unavailable, "The disk is full.");
  });
  CHECK(full.error().message == "The disk is full.");
}

TEST_CASE("a cancelled download from DBFS ends with all its threads") {
  TinyDbfs dbfs;
  dbfs.size = 8 * kMiB;
  core::CancelSource source;
  auto cancelled = Dbfs(dbfs.rest).download("/f",
                                            [&](std::string_view) -> core::Result<void> {
                                              source.cancel(core::CancelReason::Client);
                                              return {};
                                            },
                                            {.cancel = source.token()});
  CHECK(cancelled.error().code == ErrorCode::Cancelled);
}

TEST_CASE("a large file goes into DBFS by blocks, in order") {
  TinyDbfs dbfs;
  test::GeneratedSource source(12 * kMiB + 5);
  REQUIRE(Dbfs(dbfs.rest).upload("/f", source, true));
  CHECK(dbfs.uploaded == 12 * kMiB + 5);
  CHECK(dbfs.right);
  CHECK(dbfs.largestBlock == kMiB);
  CHECK(source.largestRead() <= static_cast<std::size_t>(kMiB));
  CHECK(dbfs.log.front() == "/api/2.0/dbfs/create");
  CHECK(dbfs.log.back() == "/api/2.0/dbfs/close");
}

TEST_CASE("what fits into a block goes into DBFS as one call") {
  for (std::uint64_t size : {0UL, 5UL, 1024UL * 1024}) {
    TinyDbfs dbfs;
    test::GeneratedSource source(size);
    REQUIRE(Dbfs(dbfs.rest).upload("/f", source, false));
    CHECK(dbfs.log == std::vector<std::string>{"/api/2.0/dbfs/put"});
    CHECK(dbfs.uploaded == static_cast<std::int64_t>(size));
  }
}

TEST_CASE("a block whose answer is lost begins the upload anew, never appends it twice") {
  for (std::string_view where : {"/add-block", "/close"}) {
    TinyDbfs dbfs;
    int seen = 0;
    std::vector<bool> overwrites;
    dbfs.fault = [&](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
      if (request.target.ends_with("/create"))
        overwrites.push_back(core::boolAt(core::parseJson(request.body).value(), "overwrite"));
      if (!request.target.ends_with(where) || ++seen != (where == "/close" ? 1 : 2)) return std::nullopt;
      dbfs.act(request);  // it did arrive
      return lost();
    };
    test::GeneratedSource source(3 * kMiB);
    REQUIRE(Dbfs(dbfs.rest).upload("/f", source, false));
    CHECK(dbfs.uploaded == 3 * kMiB);
    CHECK(dbfs.right);
    CHECK(source.rewound() == 1);
    CHECK(overwrites == std::vector<bool>{false, true});
  }
}

TEST_CASE("an upload to DBFS that cannot begin anew, or has done so in vain, says why") {
  auto loseBlocks = [](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    return request.target.ends_with("/add-block") ? std::optional(lost()) : std::nullopt;
  };
  TinyDbfs dbfs;
  dbfs.fault = loseBlocks;
  test::GeneratedSource once(3 * kMiB, false);
  CHECK(Dbfs(dbfs.rest).upload("/f", once, true).error().code == ErrorCode::Unavailable);
  CHECK(dbfs.log.size() == 2);

  dbfs.log.clear();
  test::GeneratedSource source(3 * kMiB);
  CHECK(Dbfs(dbfs.rest).upload("/f", source, true).error().code == ErrorCode::Unavailable);
  CHECK(dbfs.log.size() == 6);

  dbfs.fault = [](const http::HttpRequest& request) -> std::optional<http::HttpResponse> {
    if (!request.target.ends_with("/create")) return std::nullopt;
    return http::HttpResponse{
        .status = 400,
        .headers = {},
        .body = R"({"error_code":"RESOURCE_ALREADY_EXISTS","message":"A file or directory already exists."})"};
  };
  dbfs.log.clear();
  test::GeneratedSource again(3 * kMiB);
  CHECK(Dbfs(dbfs.rest).upload("/f", again, false).error().code == ErrorCode::AlreadyExists);
  CHECK(dbfs.log.size() == 1);
}
