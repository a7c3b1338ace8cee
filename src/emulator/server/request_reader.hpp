// SPDX-License-Identifier: Apache-2.0
// Reads requests from a connection: heads whole, bodies as they arrive.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/server/api_error.hpp"
#include "emulator/server/http_message.hpp"
#include "emulator/server/stream.hpp"

namespace trowel::emulator {

// How long a client may take.
struct Patience {
  std::chrono::milliseconds idle{120'000};  // between two requests
  std::chrono::milliseconds head{30'000};   // from the first byte of a request to the end of its head
  std::chrono::milliseconds body{60'000};   // for the next bytes of a body
  std::chrono::milliseconds linger{2'000};  // for closing its end when we have closed ours
};

// One connection, one thread. Keeps what came too early.
class RequestReader : private BodyReader {
 public:
  RequestReader(Stream& stream, const Patience& patience) : stream_(stream), patience_(patience) {}

  // The next request, whose body may not have been read to its end before: finishBody() does that. Nothing where the
  // client has left, or said nothing for long. An error where the request cannot be served; the connection is then of
  // no further use.
  Reply<std::optional<Request>> readHead();

  // Of the request whose head was read last.
  BodyReader& body() { return *this; }
  // Whether another request can be read behind the body as far as is known by now.
  bool canFinish() const;
  // Throws away what nobody read of the body; false where the connection is of no further use.
  bool finishBody();
  // Throws away all that comes until the client closes its end. To close a socket before would be a reset to a client
  // that still sends, and would take the answer away from it.
  void linger();

 private:
  enum class Framing : std::uint8_t { Length, Chunked };

  core::Result<std::string_view> next() override;
  std::optional<std::uint64_t> announced() const override;
  std::uint64_t received() const override { return bodyBytes_; }
  Reply<void> frame(const Request& request);
  core::Result<std::string_view> take(std::size_t wanted);
  core::Result<void> beginChunk();
  core::Result<std::string> readLine();
  bool findHeadEnd(std::size_t& end, std::size_t& length);
  Stream::Received more(std::size_t room, Deadline deadline);
  core::Result<void> moreOfBody();

  Stream& stream_;
  const Patience patience_;
  std::string buffer_;       // has arrived, is not used yet
  std::size_t scanned_ = 0;  // of buffer_, without the end of a head
  std::string piece_;        // what next() has handed out
  Framing framing_ = Framing::Length;
  std::uint64_t left_ = 0;  // of the body, or of the chunk
  std::uint64_t bodyBytes_ = 0;
  bool ended_ = true;
  bool broken_ = false;
  bool firstChunk_ = true;
  bool continueAwaited_ = false;  // the client waits for 100 Continue
};

// The whole body. 413 where it is longer than `limit`, 400 where it does not come as announced, 408 where it does not
// come.
Reply<std::string> readWhole(BodyReader& body, std::size_t limit);

}  // namespace trowel::emulator
