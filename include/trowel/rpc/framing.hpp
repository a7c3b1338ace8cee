// SPDX-License-Identifier: Apache-2.0
// LSP's base protocol: bytes to messages and back. Pure: no I/O, no lock, no clock.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trowel::rpc {

inline constexpr std::size_t kMaxMessage = 64UL * 1024 * 1024;  // bytes of a body; larger ones are refused
inline constexpr std::size_t kMaxHeader = 16UL * 1024;          // bytes of a header block

// What came in: a body, or words about what is wrong (the sender should hear them; the reader goes on).
struct Frame {
  std::string body;
  std::string problem;  // empty for a good frame
};

// Takes bytes as they come, in any pieces. Lines may end with \n alone, unknown headers are skipped. After a bad header
// it looks for the next Content-Length, wherever it stands; the body of a message that is too large is skipped unread.
class FrameReader {
 public:
  void feed(std::string_view bytes);

  // The next message, or nothing until more bytes come.
  std::optional<Frame> next();

  // Bytes of an unfinished message: not 0 at the end of input means that it was cut off.
  std::size_t pending() const { return buffer_.size() - consumed_ + body_.size(); }
  // Bytes of its body, once its header is read.
  std::optional<std::size_t> expected() const { return inBody_ ? length_ : std::nullopt; }

 private:
  // One header line, without its end; nothing while it is incomplete.
  std::optional<std::string_view> takeLine();
  std::optional<Frame> headerLine(std::string_view line);
  std::optional<Frame> endOfHeader();
  Frame lost(std::string problem);
  void compact();

  std::string buffer_;
  std::size_t consumed_ = 0;  // bytes of buffer_ that are done with

  std::optional<std::size_t> length_;  // as the header says
  std::size_t headerBytes_ = 0;
  bool searching_ = false;  // after nonsense: until the next Content-Length
  bool inBody_ = false;
  std::size_t skip_ = 0;  // bytes of a refused body still to come
  std::string body_;
};

// The message with its header, ready for the wire.
std::string encodeFrame(std::string_view body);
void appendFrame(std::string& out, std::string_view body);

}  // namespace trowel::rpc
