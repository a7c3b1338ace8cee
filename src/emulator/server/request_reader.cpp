// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/request_reader.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxHead = 64UL * 1024;
constexpr std::size_t kPiece = 256UL * 1024;
constexpr std::size_t kMaxThrownAway = 64UL * 1024 * 1024;
constexpr int kIdleMilliseconds = 120'000;

std::unexpected<core::Error> clientIsGone() {
  return core::fail(core::ErrorCode::Unavailable, "The client went away before its request was whole.");
}

std::unexpected<core::Error> badFraming() {
  return core::fail(core::ErrorCode::InvalidParams, "The body of the request is not framed as HTTP asks.");
}

}  // namespace

RequestReader::Outcome RequestReader::readHead(Request& request) {
  std::size_t end = 0;
  std::size_t length = 0;  // of the empty line
  while (!findHeadEnd(end, length)) {
    if (buffer_.size() > kMaxHead) return Outcome::HeadTooLarge;
    if (!more()) return Outcome::Closed;
  }
  auto parsed = parseHead(std::string_view(buffer_).substr(0, end));
  buffer_.erase(0, end + length);
  if (!parsed) return Outcome::Bad;
  request = std::move(*parsed);

  continueAwaited_ = core::equalsIgnoreCase(request.header("expect"), "100-continue");
  ended_ = broken_ = false;
  left_ = 0;
  if (core::toLower(request.header("transfer-encoding")).find("chunked") != std::string::npos) {
    framing_ = Framing::Chunked;
    firstChunk_ = true;
    return Outcome::Ok;
  }
  framing_ = Framing::Length;
  auto announced = request.header("content-length");
  if (!announced.empty()) {
    auto [rest, problem] = std::from_chars(announced.data(), announced.data() + announced.size(), left_);
    if (problem != std::errc() || rest != announced.data() + announced.size()) return Outcome::Bad;
  }
  ended_ = left_ == 0;
  return Outcome::Ok;
}

core::Result<std::string_view> RequestReader::next() {
  if (ended_) return std::string_view();
  if (broken_) return clientIsGone();
  if (continueAwaited_) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    continueAwaited_ = false;
    if (::send(socket_, kContinue.data(), kContinue.size(), MSG_NOSIGNAL) < 0) broken_ = true;
  }
  if (framing_ == Framing::Chunked && left_ == 0) {
    if (auto begun = beginChunk(); !begun) {
      broken_ = true;
      return std::unexpected(begun.error());
    }
    if (ended_) return std::string_view();
  }
  auto piece = take(std::min(left_, kPiece));
  if (!piece) {
    broken_ = true;
    return piece;
  }
  left_ -= piece->size();
  if (framing_ == Framing::Length && left_ == 0) ended_ = true;
  return piece;
}

std::optional<std::uint64_t> RequestReader::announced() const {
  if (framing_ == Framing::Length) return left_;
  return std::nullopt;
}

core::Result<std::string_view> RequestReader::take(std::size_t wanted) {
  if (buffer_.empty() && !more()) return clientIsGone();
  if (buffer_.size() <= wanted) {
    piece_.swap(buffer_);
    buffer_.clear();
  } else {
    piece_.assign(buffer_, 0, wanted);
    buffer_.erase(0, wanted);
  }
  return std::string_view(piece_);
}

// Reads the line in front of a chunk, and the end of the one before; at the last one the trailers as well.
core::Result<void> RequestReader::beginChunk() {
  if (!std::exchange(firstChunk_, false))
    if (!TROWEL_TRY(readLine()).empty()) return badFraming();
  std::string line = TROWEL_TRY(readLine());
  auto [rest, problem] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
  if (problem != std::errc() || (rest != line.data() + line.size() && *rest != ';')) return badFraming();
  if (left_ != 0) return {};
  while (true) {
    std::string trailer = TROWEL_TRY(readLine());
    if (trailer.empty()) break;
  }
  ended_ = true;
  return {};
}

core::Result<std::string> RequestReader::readLine() {
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (buffer_.size() > kMaxHead) return badFraming();
    if (!more()) return clientIsGone();
  }
  std::string line(core::trim(std::string_view(buffer_).substr(0, end)));
  buffer_.erase(0, end + 1);
  return line;
}

bool RequestReader::finishBody() {
  // A client that waits for our 100 Continue may send its body or may not, now that it has the answer.
  if (continueAwaited_ && !ended_) return false;
  if (framing_ == Framing::Length && left_ > kMaxThrownAway) return false;
  while (!ended_ && !broken_) static_cast<void>(next());
  return !broken_;
}

bool RequestReader::findHeadEnd(std::size_t& end, std::size_t& length) {
  while (buffer_.starts_with("\r\n")) buffer_.erase(0, 2);  // RFC 9112 2.2: empty lines before a request
  auto crlf = buffer_.find("\r\n\r\n");
  auto bare = buffer_.find("\n\n");
  if (crlf == std::string::npos && bare == std::string::npos) return false;
  end = std::min(crlf, bare);
  length = crlf < bare ? 4 : 2;
  return true;
}

bool RequestReader::more() {
  pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, kIdleMilliseconds) <= 0) return false;
  std::size_t had = buffer_.size();
  buffer_.resize(had + kPiece);
  auto count = ::recv(socket_, buffer_.data() + had, kPiece, 0);
  buffer_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return count > 0 || (count < 0 && errno == EINTR);
}

Reply<std::string> readWhole(BodyReader& body, std::size_t limit) {
  auto tooLarge = [&] {
    return refuse(413, "MALFORMED_REQUEST",
                  "The request body must not be larger than " + std::to_string(limit) + " bytes.");
  };
  if (body.announced().value_or(0) > limit) return tooLarge();
  std::string whole;
  while (true) {
    auto piece = body.next();
    if (!piece) return malformedRequest(piece.error().message);
    if (piece->empty()) return whole;
    if (whole.size() + piece->size() > limit) return tooLarge();
    whole.append(*piece);
  }
}

}  // namespace trowel::emulator
