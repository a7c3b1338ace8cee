// SPDX-License-Identifier: Apache-2.0
// A server on a raw socket that does exactly what a script says, connection by connection: for clients that must
// survive servers which break the rules.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace trowel::test {

//   FaultServer server({
//       {readRequest(), send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), close(), mark("closed")},
//       {readRequest(), reset()},
//   });
//   client.send(server.origin() …);
//   server.await("closed");
class FaultServer {
 public:
  struct Step {
    enum class Kind : std::uint8_t { ReadRequest, ReadSome, Send, Close, Reset, AwaitClose, Mark, Await };
    Kind kind;
    std::string text = {};  // what to send, or the name of the mark
  };
  using Connection = std::vector<Step>;

  // Listens on a free port of 127.0.0.1. The n-th connection plays the n-th script; further ones are closed at once.
  // A script that has run out keeps its connection open until the server ends.
  explicit FaultServer(std::vector<Connection> connections);
  // Ends all connections, whatever they wait for.
  ~FaultServer();

  std::string origin() const;
  // Head and body of each request as it came.
  std::vector<std::string> requests() const;

  // Blocks until a script has come to that mark; sets one that a script waits for.
  void await(const std::string& mark);
  void set(const std::string& mark);

 private:
  void accept();
  void play(int socket, const Connection& steps);
  bool readRequest(int socket, std::string& pending);
  bool reached(const std::string& mark) const { return marks_.contains(mark) || stopping_; }

  std::vector<Connection> scripts_;
  int listener_ = -1;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::set<std::string> marks_;
  std::set<int> open_;
  std::vector<std::string> requests_;
  bool stopping_ = false;
  std::vector<std::thread> players_;

  std::thread acceptor_;
};

// Reads a head and the body that its Content-Length announces.
FaultServer::Step readRequest();
// The first bytes of something, thrown away.
FaultServer::Step readSome();
// All of the bytes, and waits until the other side's kernel has them.
FaultServer::Step send(std::string bytes);
// An answer with status 200, kept connection and this body.
FaultServer::Step answer(std::string body);
// FIN; like send, it waits until it has arrived.
FaultServer::Step close();
// RST.
FaultServer::Step reset();
// Until the other side closes.
FaultServer::Step awaitClose();
// For FaultServer::await in the test.
FaultServer::Step mark(std::string name);
// Until FaultServer::set in the test.
FaultServer::Step until(std::string name);

}  // namespace trowel::test
