// SPDX-License-Identifier: Apache-2.0
// The bytes of one connection, plain or TLS, with a deadline on every wait.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "trowel/os/unique_fd.hpp"

namespace trowel::emulator {

using Deadline = std::chrono::steady_clock::time_point;

// One thread; shutDown() any.
class Stream {
 public:
  // `socket` is connected and does not block.
  explicit Stream(os::UniqueFd socket) : socket_(std::move(socket)) {}
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // What comes before requests: nothing, or the TLS handshake. False where it failed.
  virtual bool open(Deadline) { return true; }

  // `count` is 0 where the client has closed its end or is gone, and where nothing came in time.
  struct Received {
    std::size_t count = 0;
    bool timedOut = false;
  };
  Received receive(char* into, std::size_t room, Deadline deadline);

  // All of it, or false: the client is gone, or took nothing for a minute. `more`: the rest of the packet follows.
  bool send(std::string_view bytes, bool more = false);
  // The same for a part of a file. False as well where the file is shorter than that.
  virtual bool sendFile(int file, std::uint64_t offset, std::uint64_t length);

  // Says that nothing more will be sent.
  virtual void finish();
  // The end of the stream will be a reset instead of an orderly close: what is under way may be lost, and the client
  // sees an error.
  void resetAtEnd();
  // Whoever waits in a function above is woken, and nothing goes in or out any more.
  void shutDown();

 protected:
  enum class Step : std::uint8_t { Done, WantRead, WantWrite, Ended };
  struct Attempt {
    Step step = Step::Ended;
    std::size_t count = 0;
  };
  // None of them blocks.
  virtual Attempt tryReceive(char* into, std::size_t room) = 0;
  virtual Attempt trySend(std::string_view bytes, bool more) = 0;

  enum class Wait : std::uint8_t { Ready, TimedOut };
  Wait waitFor(Step step, Deadline deadline) const;
  static Deadline sendDeadline();
  int socket() const { return socket_.get(); }

 private:
  os::UniqueFd socket_;
};

class PlainStream final : public Stream {
 public:
  using Stream::Stream;
  bool sendFile(int file, std::uint64_t offset, std::uint64_t length) override;

 private:
  Attempt tryReceive(char* into, std::size_t room) override;
  Attempt trySend(std::string_view bytes, bool more) override;
};

}  // namespace trowel::emulator
