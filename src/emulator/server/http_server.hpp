// SPDX-License-Identifier: Apache-2.0
// Accepts connections on 127.0.0.1 and hands whole requests to one handler.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "emulator/server/http_message.hpp"
#include "trowel/core/error.hpp"

namespace trowel::emulator {

class HttpServer {
 public:
  // Called on the connection's own thread, several at once, when the head of a request is there. Whoever wants the body
  // reads it; what nobody read is thrown away.
  using Handler = std::function<Response(Request& request, BodyReader& body)>;

  // Unavailable where the port (0: any) is taken.
  static core::Result<std::unique_ptr<HttpServer>> start(int port, Handler handler);

  ~HttpServer();  // stop()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }

  // Shuts every socket and joins every thread. A handler that waits for something must be woken before.
  void stop();

 private:
  struct Connection {
    int socket = -1;
    bool finished = false;
    std::thread thread;
  };

  HttpServer(int listener, int port, Handler handler);
  void acceptLoop();
  bool anyFinished() const;
  void reap();
  void serve(Connection& connection);

  const int listener_;
  const int port_;
  const Handler handler_;
  std::mutex mutex_;  // guards everything below
  std::list<Connection> connections_;
  std::condition_variable ended_;  // a connection, or everything
  bool stopping_ = false;
  std::thread acceptor_;
};

}  // namespace trowel::emulator
