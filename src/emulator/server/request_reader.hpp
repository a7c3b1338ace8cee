// SPDX-License-Identifier: Apache-2.0
// Reads requests from a connection: heads whole, bodies as they arrive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/server/api_error.hpp"
#include "emulator/server/http_message.hpp"

namespace trowel::emulator {

// One connection, one thread. Keeps what came too early.
class RequestReader : private BodyReader {
 public:
  explicit RequestReader(int socket) : socket_(socket) {}

  enum class Outcome : std::uint8_t { Ok, Closed, Bad, HeadTooLarge };
  Outcome readHead(Request& request);

  // Of the request whose head was read last.
  BodyReader& body() { return *this; }
  // Throws away what nobody read of the body; false where the connection is of no further use.
  bool finishBody();

 private:
  enum class Framing : std::uint8_t { Length, Chunked };

  core::Result<std::string_view> next() override;
  std::optional<std::uint64_t> announced() const override;
  core::Result<std::string_view> take(std::size_t wanted);
  core::Result<void> beginChunk();
  core::Result<std::string> readLine();
  bool findHeadEnd(std::size_t& end, std::size_t& length);
  bool more();

  int socket_;
  std::string buffer_;
  std::string piece_;  // what next() has handed out
  Framing framing_ = Framing::Length;
  std::size_t left_ = 0;  // of the body, or of the chunk
  bool ended_ = true;
  bool broken_ = false;
  bool firstChunk_ = true;
  bool continueAwaited_ = false;  // the client waits for 100 Continue
};

// The whole body. 413 where it is longer than `limit`, 400 where it does not come as announced.
Reply<std::string> readWhole(BodyReader& body, std::size_t limit);

}  // namespace trowel::emulator
