// SPDX-License-Identifier: Apache-2.0
// The server by itself, at the level of bytes.
#include <fcntl.h>

#include <atomic>
#include <future>

#include "emulator/server/http_server.hpp"
#include "raw_connection.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;

namespace {

// Says what it was asked, and the body; what is under /blind it does not read.
Response echo(Request& request, BodyReader& body) {
  if (request.path.starts_with("/blind")) return {.status = 403, .body = "no"};
  auto whole = readWhole(body, 10'000'000);
  if (!whole) return toResponse(whole.error());
  return {.body = request.method + " " + request.path + " " + *whole, .contentType = "text/plain"};
}

struct Server {
  explicit Server(Patience patience = {}, HttpServer::Handler handler = echo)
      : server(HttpServer::listen({.patience = patience}).value()) {
    server->serve(std::move(handler));
  }
  std::unique_ptr<HttpServer> server;
  RawConnection connect() const { return RawConnection(server->port()); }
  // The status of the answer to these bytes, after which the connection must end.
  std::string statusOf(const std::string& bytes) const {
    auto connection = connect();
    connection.send(bytes);
    auto answer = connection.readAll();
    return answer.substr(0, answer.find("\r\n"));
  }
};

bool endsWith(const std::string& text, std::string_view end) { return text.ends_with(end); }

}  // namespace

TEST_CASE("pipelined requests are answered in order, each in one packet") {
  Server server;
  auto connection = server.connect();
  connection.send(
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nxyz"
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nuv\r\n0\r\n\r\nHEAD /d HTTP/1.1\r\nHost: "
      "x\r\n\r\n");
  CHECK(endsWith(connection.readAnswer(), "\r\n\r\nGET /a "));
  CHECK(endsWith(connection.readAnswer(), "\r\n\r\nPOST /b xyz"));
  CHECK(endsWith(connection.readAnswer(), "\r\n\r\nPOST /c uv"));
  auto head = connection.readTo("\r\n\r\n");
  CHECK(head.find("Content-Length: 8\r\n") != std::string::npos);
  connection.send("GET /e HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  auto before = connection.reads();
  CHECK(endsWith(connection.readAll(), "\r\n\r\nGET /e "));
  CHECK(connection.reads() == before + 1);
}

TEST_CASE("requests that can be read in two ways, or in none, are refused") {
  Server server;
  auto get = [&](const std::string& headers, const std::string& body = "") {
    return server.statusOf("POST /a HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body);
  };
  CHECK(get("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd") == "HTTP/1.1 400 Bad Request");
  CHECK(get("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(get("Content-Length: -3\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(get("Content-Length: 3x\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(get("Content-Length: 99999999999999999999999\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(get("Transfer-Encoding: gzip, chunked\r\n") == "HTTP/1.1 501 Not Implemented");
  CHECK(get("Transfer-Encoding: chunked\r\n", "zz\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(get("Transfer-Encoding: chunked\r\n", "1\r\nabc\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(get("Expect: wonders\r\n") == "HTTP/1.1 417 Expectation Failed");
  CHECK(get("Host: y\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(get("Name : x\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(get("A: b\r\n folded\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(get(std::string("A: b\0c\r\n", 8)) == "HTTP/1.1 400 Bad Request");
  CHECK(get("A: " + std::string(70'000, 'x') + "\r\n") == "HTTP/1.1 431 Request Header Fields Too Large");
  CHECK(server.statusOf("GET /a HTTP/1.1\r\n\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(server.statusOf("GET a HTTP/1.1\r\nHost: x\r\n\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(server.statusOf("G(T /a HTTP/1.1\r\nHost: x\r\n\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(server.statusOf("GET /a HTTP/2.0\r\nHost: x\r\n\r\n") == "HTTP/1.1 400 Bad Request");
  auto connection = server.connect();
  connection.send("nonsense\r\n\r\n");
  CHECK(connection.readAll().find(R"({"error_code":"MALFORMED_REQUEST","message":)") != std::string::npos);
}

TEST_CASE("old and odd spellings of a request are understood") {
  Server server;
  auto answer = [&](const std::string& bytes) {
    auto connection = server.connect();
    connection.send(bytes);
    return connection.readAll();
  };
  auto old = answer("GET /a HTTP/1.0\r\n\r\n");
  CHECK(endsWith(old, "GET /a "));
  CHECK(old.find("Connection: close\r\n") != std::string::npos);
  CHECK(endsWith(answer("GET http://h:1/a%2Fb?c HTTP/1.0\r\n\r\n"), "GET /a%2Fb "));
  CHECK(endsWith(answer("GET HTTPS://h HTTP/1.0\r\n\r\n"), "GET / "));
  CHECK(endsWith(answer("GET /a HTTP/1.0\n\n"), "GET /a "));
  CHECK(endsWith(answer("\r\n\r\nGET /a HTTP/1.1\nHost:x\nConnection: x, close\n\r\n"), "GET /a "));

  auto kept = server.connect();
  kept.send("GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
  CHECK(kept.readAnswer().find("Connection: keep-alive\r\n") != std::string::npos);
  for (char c : std::string("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")) kept.send({&c, 1});
  CHECK(endsWith(kept.readAnswer(), "POST /b hi"));
}

TEST_CASE("100 Continue comes before the body, and only where somebody wants the body") {
  Server server;
  auto connection = server.connect();
  connection.send("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(connection.readTo("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send("ok");
  CHECK(endsWith(connection.readAnswer(), "PUT /a ok"));
  connection.send("PUT /blind HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(connection.readTo("\r\n\r\n").starts_with("HTTP/1.1 403"));  // and the end, for who knows what comes next?
  CHECK(connection.readAll() == "no");
  CHECK_FALSE(connection.wasReset());
}

TEST_CASE("an early error is answered while the body is still under way, and is not lost by it") {
  Server server;
  auto connection = server.connect();
  connection.send("PUT /blind HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  CHECK(connection.readAnswer().starts_with("HTTP/1.1 403"));
  connection.send(std::string(1'000'000, 'x'));
  connection.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(endsWith(connection.readAnswer(), "GET /next "));

  // A body that is too long to be thrown away ends the connection, but no sooner than the client has read why.
  auto large = server.connect();
  large.send("PUT /blind HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000000\r\n\r\n");
  for (int i = 0; i < 100; ++i) REQUIRE(large.send(std::string(100'000, 'x')));
  auto answer = large.readAll();
  CHECK(answer.starts_with("HTTP/1.1 403"));
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  CHECK_FALSE(large.wasReset());
}

TEST_CASE("slow clients are told, and stand in nobody's way") {
  Server server({.idle = 50ms, .head = 50ms, .body = 50ms, .linger = 50ms});
  auto idle = server.connect();
  auto head = server.connect();
  head.send("GET /a HTTP/1.1\r\n");
  auto body = server.connect();
  body.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  auto good = server.connect();
  good.send("GET /good HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(endsWith(good.readAnswer(), "GET /good "));
  CHECK(idle.readAll().empty());
  CHECK(head.readAll().starts_with("HTTP/1.1 408"));
  CHECK(body.readAll().starts_with("HTTP/1.1 408"));
}

TEST_CASE("files go out as they are, also to slow readers, and a file that has gone is an error") {
  trowel::test::TempDir folder;
  const std::filesystem::path place = folder.path();
  auto file = place / "large";
  std::string content(5'000'000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>('a' + i % 26);
  {
    os::UniqueFd out(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(::write(out.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  }
  Server server({}, [&](Request& request, BodyReader&) -> Response {
    if (request.path == "/gone") return {.file = FileBody{place / "gone", 0, 10}};
    if (request.path == "/short") return {.file = FileBody{file, content.size() - 5, 10}};
    if (request.path == "/empty") return {.file = FileBody{file, 0, 0}};
    return {.file = FileBody{file, 3, content.size() - 3}};
  });
  auto connection = server.connect();
  connection.send(
      "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /empty HTTP/1.1\r\nHost: x\r\n\r\nGET /gone HTTP/1.1\r\nHost: x\r\n\r\n");
  auto answer = connection.readAnswer();
  CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == content.substr(3));
  CHECK(connection.readAnswer().find("Content-Length: 0\r\n") != std::string::npos);
  CHECK(connection.readAnswer().starts_with("HTTP/1.1 500"));
  connection.send("GET /short HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(endsWith(connection.readAll(), content.substr(content.size() - 5)));
}

TEST_CASE("stop ends idle, sending, reading and waiting connections at once") {
  std::promise<void> entered;
  Server server({}, [&](Request& request, BodyReader& body) -> Response {
    if (request.path == "/body") {
      entered.set_value();
      static_cast<void>(readWhole(body, 100));
    }
    Response response{.body = std::string(50'000'000, 'x')};
    if (request.path == "/throttled") response.delivery.bytesPerSecond = 1;
    if (request.path == "/stalled") response.delivery = {.nothing = true, .end = FaultEnd::Stall};
    if (request.path == "/endless") response.delivery.end = FaultEnd::Endless;
    return response;
  });
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (std::string path : {"/", "/throttled", "/stalled", "/endless", "/body"}) {
    connections.push_back(std::make_unique<RawConnection>(server.server->port()));
    connections.back()->send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
  }
  connections.push_back(std::make_unique<RawConnection>(server.server->port()));
  entered.get_future().wait();
  server.server->stop();
  for (auto& connection : connections) connection->readAll();  // comes to an end
}
