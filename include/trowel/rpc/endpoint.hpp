// SPDX-License-Identifier: Apache-2.0
// One conversation: reads messages, dispatches them, answers each request exactly once, asks the editor in turn.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "trowel/core/cancel.hpp"
#include "trowel/core/worker_pool.hpp"
#include "trowel/rpc/binder.hpp"
#include "trowel/rpc/outgoing.hpp"

namespace trowel::rpc {

// Where the bytes come from and go to.
struct Streams {
  // Blocks; bytes read, 0 at the end of input or after interrupt().
  std::function<std::size_t(char* buffer, std::size_t size)> read;
  // Blocks; false where nobody reads any more, or after interrupt().
  std::function<bool(std::string_view bytes)> write;
  // Any thread: makes read (and, with `writes`, write) return from now on.
  std::function<void(bool writes)> interrupt;
};

struct EndpointLimits {
  std::size_t pendingBytes = 128UL * 1024 * 1024;  // of requests read and not yet dispatched; above, Overloaded
  std::size_t backlogBytes = 4UL * 1024 * 1024;    // unwritten output above which droppable notifications are dropped
};

enum class Ending : std::uint8_t {
  Exit,        // the `exit` notification
  EndOfInput,  // the editor closed the stream
  Stopped,     // stop(): a signal, or the editor's process is gone
};

// Threads: rpc-read (frames and JSON only), rpc-write (sole writer), and the caller of run(), which dispatches and owns
// the life cycle. Handlers run on it (lane inline) or on the pool.
class Endpoint {
 public:
  Endpoint(Streams streams, core::WorkerPool& pool, core::Clock& clock, EndpointLimits limits = {});
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  // To be filled before run().
  Binder& binder();
  Outgoing& outgoing();

  // Dispatches until the conversation ends. Then every call is cancelled and calls to the editor fail, but workers may
  // still run: stop the pool, then close().
  Ending run();

  // Any thread, also before run().
  void stop(core::CancelReason reason);

  // Whether `shutdown` came before the end: the exit status depends on it.
  bool shutDown() const;

  // Writes out what waits, for at most two seconds, and joins the threads.
  void close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trowel::rpc
