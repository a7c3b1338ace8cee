// SPDX-License-Identifier: Apache-2.0
#include "trowel/http/loopback_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <future>

#include "support/catch.hpp"
#include "trowel/os/unique_fd.hpp"

using namespace trowel;
using namespace trowel::http;

namespace {

[[maybe_unused]] const auto kIgnored = std::signal(SIGPIPE, SIG_IGN);

os::UniqueFd connectTo(std::uint16_t port) {
  os::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return socket;
}

std::string readAll(const os::UniqueFd& socket) {
  std::string all;
  char piece[4096];
  for (ssize_t count = 0; (count = ::recv(socket.get(), piece, sizeof piece, 0)) > 0;)
    all.append(piece, static_cast<std::size_t>(count));
  return all;
}

std::string ask(std::uint16_t port, const std::string& bytes) {
  auto socket = connectTo(port);
  static_cast<void>(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  return readAll(socket);
}

std::string get(std::uint16_t port, const std::string& target, const std::string& host) {
  return ask(port, "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
}

HttpResponse echo(const std::string& method, const std::string& target, const Headers& headers,
                  const core::CancelToken& /*stopped*/) {
  return {
      .status = 200, .headers = {{"X-Seen", std::string(headerOf(headers, "x-asked"))}}, .body = method + " " + target};
}

}  // namespace

TEST_CASE("a loopback server answers what is asked and closes") {
  auto server = LoopbackServer::start({}, echo).value();
  auto answer = ask(server->port(), "GET /a?b=c HTTP/1.1\r\nHost: localhost:" + std::to_string(server->port()) +
                                        "\r\nX-Asked:  yes \r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nX-Seen: yes\r\nContent-Length: 10\r\n"));
  CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(answer.find("\r\nCache-Control: no-store\r\n") != std::string::npos);
  CHECK(answer.ends_with("\r\n\r\nGET /a?b=c"));
  CHECK(ask(server->port(), "HEAD / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server->port()) + "\r\n\r\n")
            .ends_with("\r\n\r\n"));
}

TEST_CASE("a loopback server answers to no name but this machine's") {
  auto server = LoopbackServer::start({}, echo).value();
  auto port = ":" + std::to_string(server->port());
  for (const auto& host : {"localhost" + port, "127.0.0.1" + port, "[::1]" + port})
    CHECK(get(server->port(), "/", host).starts_with("HTTP/1.1 200 "));
  for (const auto& host : {std::string("localhost"), "evil.example.com" + port, std::string(),
                           std::string("127.0.0.1:1"), std::string("localhost@evil.example.com") + port})
    CHECK(get(server->port(), "/", host).starts_with("HTTP/1.1 403 "));
  CHECK(ask(server->port(), "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 403 "));
}

TEST_CASE("what is no request of HTTP is refused, however long") {
  auto server = LoopbackServer::start({}, echo).value();
  CHECK(ask(server->port(), "nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(ask(server->port(), "GET http://x/ HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(ask(server->port(), "GET / HTTP/1.1\r\n: x\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(ask(server->port(), "GET / HTTP/1.1\r\nX: " + std::string(40000, 'x')).starts_with("HTTP/1.1 400 "));
}

TEST_CASE("a client that says nothing is left after a while, and keeps nobody waiting") {
  auto server = LoopbackServer::start({.headTime = std::chrono::milliseconds(50)}, echo).value();
  auto silent = connectTo(server->port());
  CHECK(get(server->port(), "/", "localhost:" + std::to_string(server->port())).starts_with("HTTP/1.1 200 "));
  CHECK(readAll(silent).empty());
}

TEST_CASE("a port has one server, and is free again when that ends") {
  auto first = LoopbackServer::start({.ipv6 = true}, echo).value();
  auto port = first->port();
  auto second = LoopbackServer::start({.port = port}, echo);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == core::ErrorCode::Conflict);
  CHECK(second.error().message == "Port " + std::to_string(port) + " of this machine is in use by another program.");
  first.reset();
  CHECK(LoopbackServer::start({.port = port}, echo));
}

TEST_CASE("a loopback server ends with clients that say nothing and handlers that wait") {
  std::promise<void> waiting;
  auto server = LoopbackServer::start({}, [&](const auto&, const auto&, const auto&, const auto& stopped) {
    std::promise<void> over;
    auto registration = stopped.onCancel([&] { over.set_value(); });
    waiting.set_value();
    over.get_future().wait();
    return HttpResponse{.status = 503};
  });
  auto silent = connectTo((*server)->port());
  auto asking = connectTo((*server)->port());
  auto request = "GET / HTTP/1.1\r\nHost: localhost:" + std::to_string((*server)->port()) + "\r\n\r\n";
  REQUIRE(::send(asking.get(), request.data(), request.size(), 0) > 0);
  waiting.get_future().wait();
  server->reset();
  CHECK(readAll(silent).empty());
}
