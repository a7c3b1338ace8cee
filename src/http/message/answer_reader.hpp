// SPDX-License-Identifier: Apache-2.0
// Takes the bytes of one HTTP/1.1 answer apart (RFC 9112), however they are cut. Pure: no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "trowel/http/client.hpp"

namespace trowel::http {

class AnswerReader {
 public:
  static constexpr std::size_t kMaxHeadBytes = 256U << 10U;  // status line, headers and trailers of all heads together
  static constexpr int kMaxInterim = 16;                     // answers with a status of 1xx before the real one

  enum class State : std::uint8_t { Head, Body, Complete };

  // What may follow the head.
  enum class Expected : std::uint8_t {
    Body,
    NoBody,  // HEAD, and a CONNECT that succeeded: whatever the head says
  };

  explicit AnswerReader(Expected expected = Expected::Body) : expected_(expected) {}

  struct Step {
    std::size_t used = 0;        // bytes from the front of what was given; 0 only where none were given
    std::string_view body = {};  // of these, those that belong to the body
  };

  // One step; call again with the rest until it is used up or the answer is complete. The failure says in words why
  // the answer cannot be trusted ("its Content-Length is not a number"); the reader is of no more use then.
  std::expected<Step, std::string> take(std::string_view bytes);
  // The stream has ended: completes an answer that lasts until then, is a failure in any other.
  std::expected<void, std::string> end();

  State state() const { return state_; }
  // Status and headers: from the first step after which state() is not Head.
  HttpResponse& head() { return head_; }
  // Another exchange may follow on the connection once this one is complete.
  bool keepsAlive() const { return keepsAlive_; }

 private:
  enum class Framing : std::uint8_t { None, Length, UntilEnd, ChunkSize, ChunkData, ChunkEnd, Trailers };
  using Problem = std::expected<void, std::string>;

  Problem takeLine(std::string_view line);
  Problem statusLine(std::string_view line);
  Problem headerLine(std::string_view line);
  Problem headEnds();
  Problem chunkSize(std::string_view line);

  Expected expected_;
  State state_ = State::Head;
  Framing framing_ = Framing::None;
  HttpResponse head_ = {};
  std::string line_;  // the part of the present line that has come
  std::size_t headBytes_ = 0;
  std::uint64_t remaining_ = 0;  // of the body or the chunk
  int interim_ = 0;
  bool atStatus_ = true;
  bool keepsAlive_ = false;
  bool old_ = false;  // HTTP/1.0
};

}  // namespace trowel::http
