// SPDX-License-Identifier: Apache-2.0
// A two-way flow of bytes that never blocks: a socket, or TLS over another stream. Whoever uses it waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "trowel/os/unique_fd.hpp"

namespace trowel::http {

// What one call to a stream came to.
struct Moved {
  enum class Kind : std::uint8_t {
    Bytes,    // `count` of them, at least one
    Blocked,  // nothing now; again when the descriptor is ready for `events`
    End,      // the other side has said that no more come
    Failed,   // the stream is lost; `problem` says why
  };
  Kind kind = Kind::Bytes;
  std::size_t count = 0;
  short events = 0;
  std::string problem = {};

  static Moved bytes(std::size_t count) { return {.kind = Kind::Bytes, .count = count}; }
  static Moved blocked(short events) { return {.kind = Kind::Blocked, .events = events}; }
  static Moved end() { return {.kind = Kind::End}; }
  static Moved failed(std::string problem) { return {.kind = Kind::Failed, .problem = std::move(problem)}; }
};

class Stream {
 public:
  virtual ~Stream() = default;

  virtual Moved read(std::span<char> into) = 0;
  virtual Moved write(std::string_view bytes) = 0;
  // A read would not block: something came, or the stream has ended.
  virtual bool hasInput() = 0;
  // Says to the other side that no more comes; never waits.
  virtual void finish() {}
  virtual int descriptor() const = 0;
};

// Over a connected socket that does not block.
std::unique_ptr<Stream> socketStream(os::UniqueFd socket);

}  // namespace trowel::http
