// SPDX-License-Identifier: Apache-2.0
// Large files of volumes as clients send them: in parts to links that need no sign-in.
#include "command_context.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct Upload {
  TemporaryFolder data;
  trowel::test::ManualClock clock;
  std::unique_ptr<Emulator> emulator = Emulator::start({.dataDir = data.path}, clock).value();
  WorkspaceClient client{*emulator};
  WorkspaceClient storage{*emulator};
  std::string path = "/Volumes/main/default/data/dir/large.bin";
  std::string file = "/api/2.0/fs/files" + path;

  Upload() { storage.setToken(""); }
  std::string begin(const std::string& query = "&overwrite=true") {
    auto begun = client.post(file + "?action=initiate-upload" + query, Json::object());
    INFO(begun.text);
    REQUIRE(begun.status == 200);
    return begun.body.at("multipart_upload").at("session_token");
  }
  Json links(const std::string& token, int first, int count, Json more = Json::object()) {
    more.update({{"path", path}, {"session_token", token}, {"start_part_number", first}, {"count", count}});
    return client.post("/api/2.0/fs/create-upload-part-urls", more).body.at("upload_part_urls");
  }
  std::string local(const Json& link) {
    std::string url = link.at("url");
    REQUIRE(url.starts_with(emulator->host()));
    return url.substr(emulator->host().size());
  }
  std::string put(const Json& link, const std::string& content) {
    auto reply = storage.send("PUT", local(link), {}, content);
    CHECK(reply.status == 200);
    return reply.header("ETag");
  }
  Reply complete(const std::string& token, const Json& parts) {
    return client.post(file + "?action=complete-upload&upload_type=multipart&session_token=" + token,
                       {{"parts", parts}});
  }
  Reply download() { return client.get(file); }
  bool nothingIncoming() { return std::filesystem::is_empty(data.path / "incoming"); }
};

}  // namespace

TEST_CASE_METHOD(Upload, "uploads: parts in any order make one file") {
  auto token = begin();
  auto urls = links(token, 1, 3);
  REQUIRE(urls.size() == 3);
  CHECK(urls[2].at("part_number") == 3);
  CHECK(urls[0].at("headers") == Json::array());
  auto third = put(urls[2], "c");
  auto first = put(urls[0], "wrong");
  first = put(urls[0], "aaa");  // again, as after a lost answer
  auto second = put(links(token, 2, 1)[0], "bb");
  CHECK(download().status == 404);

  CHECK(complete(token, {{{"part_number", 1}, {"etag", "\"other\""}}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(complete(token, {{{"part_number", 2}, {"etag", second}}, {{"part_number", 1}, {"etag", first}}}).errorCode() ==
        "INVALID_PARAMETER_VALUE");
  CHECK(complete(token, Json::array()).errorCode() == "INVALID_PARAMETER_VALUE");
  Json parts{{{"part_number", 1}, {"etag", first}},
             {{"part_number", 2}, {"etag", second}},
             {{"part_number", 3}, {"etag", third}}};
  CHECK(complete(token, parts).status == 200);
  CHECK(download().text == "aaabbc");
  CHECK(complete(token, parts).status == 404);
  CHECK(storage.send("PUT", local(urls[0]), {}, "late").status == 404);
  CHECK(nothingIncoming());
}

TEST_CASE_METHOD(Upload, "uploads: an abort leaves nothing") {
  auto token = begin();
  put(links(token, 1, 1)[0], "part");
  CHECK_FALSE(nothingIncoming());
  auto abort = client.post("/api/2.0/fs/create-abort-upload-url", {{"path", path}, {"session_token", token}})
                   .body.at("abort_upload_url");
  CHECK(storage.send("DELETE", local(abort)).status == 204);
  CHECK(nothingIncoming());
  CHECK(complete(token, {{{"part_number", 1}, {"etag", "x"}}}).status == 404);
}

TEST_CASE_METHOD(Upload, "uploads: links expire, and lead only where they were made for") {
  auto token = begin();
  auto url = links(token, 1, 1)[0];
  clock.advance(std::chrono::minutes(61));
  auto late = storage.send("PUT", local(url), {}, "x");
  CHECK(late.status == 403);
  CHECK(late.text.find("Request has expired") != std::string::npos);
  auto shortLived = links(token, 1, 1, {{"expire_time", "2026-01-01T01:01:10Z"}})[0];
  CHECK(storage.send("PUT", local(shortLived), {}, "x").status == 200);
  clock.advance(std::chrono::seconds(30));
  CHECK(storage.send("PUT", local(shortLived), {}, "x").status == 403);
  CHECK(storage.send("PUT", "/storage/0123", {}, "x").status == 403);
  CHECK(storage.send("GET", local(links(token, 1, 1)[0])).status == 405);
  clock.advance(std::chrono::hours(25));
  CHECK(client
            .post("/api/2.0/fs/create-upload-part-urls",
                  {{"path", path}, {"session_token", token}, {"start_part_number", 1}, {"count", 1}})
            .status == 404);
}

TEST_CASE_METHOD(Upload, "uploads: what stands there is kept unless told otherwise") {
  REQUIRE(client.send("PUT", file, {}, "old").status == 204);
  auto refused = client.post(file + "?action=initiate-upload&overwrite=false", Json::object());
  CHECK(refused.status == 409);
  CHECK(refused.errorCode() == "ALREADY_EXISTS");
  CHECK(client.post(file + "?action=nonsense", Json::object()).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.post("/api/2.0/fs/create-upload-part-urls", {{"path", path}, {"session_token", "x"}}).status == 404);
  CHECK(client
            .post("/api/2.0/fs/create-upload-part-urls",
                  {{"path", path}, {"session_token", begin()}, {"start_part_number", 0}, {"count", 1}})
            .errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Upload, "downloads: a link for one file, in parts as well") {
  REQUIRE(client.send("PUT", file, {}, "0123456789").status == 204);
  auto link =
      client.post("/api/2.0/fs/create-download-url?path=" + path + "&expire_time=2026-01-01T00:30:00Z", Json::object());
  REQUIRE(link.status == 200);
  CHECK(storage.get(local(link.body)).text == "0123456789");
  CHECK(storage.send("GET", local(link.body), {{"Range", "bytes=3-4"}}).text == "34");
  CHECK(storage.send("PUT", local(link.body), {}, "x").status == 405);
  clock.advance(std::chrono::hours(1));
  CHECK(storage.get(local(link.body)).status == 403);
  CHECK(client.post("/api/2.0/fs/create-download-url?path=" + path + "x", Json::object()).status == 404);
}

TEST_CASE_METHOD(Upload, "a large body goes to the disk as it comes") {
  std::string large(40UL * 1024 * 1024, 'x');
  CHECK(client.send("PUT", file, {}, large).status == 204);
  CHECK(std::filesystem::file_size(data.path / "root/Volumes/main/default/data/dir/large.bin") == large.size());
  CHECK(download().text.size() == large.size());
}

TEST_CASE_METHOD(Upload, "uploads: parts that wait hold no descriptors, and links come quickly") {
  auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  auto token = begin();
  auto urls = links(token, 1, 10'000);
  REQUIRE(urls.size() == 10'000);
  auto before = descriptors();
  Json parts = Json::array();
  for (int i = 0; i < 100; ++i) parts.push_back({{"part_number", i + 1}, {"etag", put(urls[std::size_t(i)], "x")}});
  CHECK(descriptors() < before + 50);
  CHECK(complete(token, parts).status == 200);
  CHECK(download().text == std::string(100, 'x'));
}

TEST_CASE_METHOD(Upload, "uploads: values of the wrong type are refused") {
  auto token = begin();
  auto refused = [&](const Json& more) {
    Json body{{"path", path}, {"session_token", token}, {"start_part_number", 1}, {"count", 1}};
    body.update(more);
    return client.post("/api/2.0/fs/create-upload-part-urls", body).errorCode();
  };
  CHECK(refused({{"start_part_number", "x"}}) == "MALFORMED_REQUEST");
  CHECK(refused({{"count", Json::array()}}) == "MALFORMED_REQUEST");
  CHECK(refused({{"expire_time", "tomorrow"}}) == "INVALID_PARAMETER_VALUE");
  CHECK(client.send("PUT", file + "?overwrite=maybe", {}, "x").errorCode() == "MALFORMED_REQUEST");
}
