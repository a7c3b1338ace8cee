// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

std::string gzip(const std::string& bytes) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, bytes.size()) + 64, '\0');
  std::string input = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// Asks without unpacking what comes.
struct Packed {
  httplib::Client client{sharedEmulator().host()};
  Packed() { client.set_decompress(false); }

  httplib::Result get(const std::string& path, const std::string& accepted) {
    return client.Get(path, {{"Accept-Encoding", accepted}, authorization()});
  }
  httplib::Result mkdirs(const std::string& coding, const std::string& body) {
    return client.Post("/api/2.0/workspace/mkdirs", {{"Content-Encoding", coding}, authorization()}, body,
                       "application/json");
  }
  static std::pair<std::string, std::string> authorization() {
    return {"Authorization", "Bearer " + sharedEmulator().token().reveal()};
  }
};

}  // namespace

TEST_CASE("long answers are packed for whom it suits") {
  WorkspaceClient client(sharedEmulator());
  Packed packed;
  auto folder = freshFolder(client);
  for (int i = 0; i < 20; ++i) client.post("/api/2.0/workspace/mkdirs", {{"path", folder + "/" + std::to_string(i)}});
  const std::string list = "/api/2.0/workspace/list?path=" + folder;
  const std::string plain = packed.get(list, "identity")->body;
  REQUIRE(plain.size() > 1024);

  for (const char* accepted : {"gzip", "br, GZIP", "gzip;q=0.5", "*", "x-gzip"}) {
    INFO(accepted);
    auto answer = packed.get(list, accepted);
    CHECK(answer->get_header_value("Content-Encoding") == "gzip");
    CHECK(answer->get_header_value("Vary") == "Accept-Encoding");
    CHECK(answer->body.size() < plain.size());
  }
  for (const char* accepted : {"", "br", "gzip;q=0", "gzip; q=0.0, *", "identity, *;q=0"}) {
    INFO(accepted);
    auto answer = packed.get(list, accepted);
    CHECK_FALSE(answer->has_header("Content-Encoding"));
    CHECK(answer->body == plain);
  }
  CHECK_FALSE(packed.get("/api/2.0/preview/scim/v2/Me", "gzip")->has_header("Content-Encoding"));  // short

  packed.client.set_decompress(true);
  CHECK(packed.get(list, "gzip")->body == plain);
}

TEST_CASE("packed requests are understood, and only whole ones") {
  WorkspaceClient client(sharedEmulator());
  Packed packed;
  auto folder = freshFolder(client);
  const std::string body = Json{{"path", folder + "/packed"}, {"filler", std::string(300'000, 'x')}}.dump();
  CHECK(packed.mkdirs("gzip", gzip(body))->status == 200);
  CHECK(client.get("/api/2.0/workspace/get-status?path=" + folder + "/packed").status == 200);
  CHECK(packed.mkdirs("X-Gzip", gzip(body.substr(0, 10)) + gzip(body.substr(10)))->status == 200);
  CHECK(packed.mkdirs("identity", body)->status == 200);

  auto cut = packed.mkdirs("gzip", gzip(body).substr(0, 100));
  CHECK(cut->status == 400);
  CHECK(Json::parse(cut->body).at("message") == "The gzip body of the request is cut off.");
  CHECK(packed.mkdirs("gzip", "no gzip at all")->status == 400);
  CHECK(packed.mkdirs("br", body)->status == 415);
  // 100 MB of blanks in 100 kB.
  CHECK(packed.mkdirs("gzip", gzip(body + std::string(100'000'000, ' ')))->status == 413);
}
