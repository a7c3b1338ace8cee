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
#include "emulator/server/request_reader.hpp"
#include "emulator/server/stream.hpp"
#include "emulator/server/tls.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"
#include "trowel/core/error.hpp"

namespace trowel::emulator {

struct ServerSettings {
  int port = 0;                                // 0: any
  std::shared_ptr<const TlsContext> tls = {};  // null: plain
  Patience patience = {};
  core::Clock& clock = core::systemClock();  // of throttled bodies; outlives the server
};

class HttpServer {
 public:
  // Called on the connection's own thread, several at once, when the head of a request is there. Whoever wants the body
  // reads it; what nobody read is thrown away.
  using Handler = std::function<Response(Request& request, BodyReader& body)>;

  // Unavailable where the port is taken. Clients can connect, and wait for serve().
  static core::Result<std::unique_ptr<HttpServer>> listen(ServerSettings settings);
  // Once.
  void serve(Handler handler);

  ~HttpServer();  // stop()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }

  // Shuts every socket and joins every thread. A handler that waits for something must be woken before.
  void stop();

 private:
  struct Connection {
    std::unique_ptr<Stream> stream;  // null: finished
    std::thread thread;
  };

  HttpServer(os::UniqueFd listener, int port, ServerSettings settings);
  void acceptLoop();
  bool anyFinished() const;
  void reap();
  void run(Connection& connection);
  void talk(Stream& stream);

  const os::UniqueFd listener_;
  const int port_;
  const ServerSettings settings_;
  Handler handler_;  // set before any thread
  core::CancelSource stopped_;
  std::mutex mutex_;  // guards everything below; a stream is used by its own thread without it
  std::list<Connection> connections_;
  std::condition_variable ended_;  // a connection, or everything
  bool stopping_ = false;
  std::thread acceptor_;
};

}  // namespace trowel::emulator
