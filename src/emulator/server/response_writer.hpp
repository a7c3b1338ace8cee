// SPDX-License-Identifier: Apache-2.0
// Writes answers to a connection: plainly, or as wrongly as a fault wants them.
#pragma once

#include "emulator/server/http_message.hpp"
#include "emulator/server/stream.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/clock.hpp"

namespace trowel::emulator {

// Of one connection, on its thread.
class ResponseWriter {
 public:
  // Throttled bodies wait by `clock`, until `stopped`.
  ResponseWriter(Stream& stream, core::Clock& clock, core::CancelToken stopped)
      : stream_(stream), clock_(clock), stopped_(std::move(stopped)) {}

  enum class Next : std::uint8_t { Continue, Close, Abandon };
  // Continue: the connection is ready for the next answer. Close: the client shall read to the end. Abandon: it is to
  // be closed at once.
  Next send(const Response& response, const Request& request, bool keepAlive);

 private:
  bool sendBody(const Response& response, int file, std::string head, std::uint64_t length, bool chunked);
  bool sendThrottled(const Response& response, int file, std::uint64_t length, bool chunked);
  bool sendPiece(std::string_view piece, bool chunked);
  Next end(const Response& response, FaultEnd end, bool chunked);

  Stream& stream_;
  core::Clock& clock_;
  core::CancelToken stopped_;
};

}  // namespace trowel::emulator
