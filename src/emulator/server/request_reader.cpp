// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/request_reader.hpp"

#include <algorithm>
#include <charconv>

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxHead = 64UL * 1024;
constexpr std::size_t kHeadPiece = 8UL * 1024;
constexpr std::size_t kBodyPiece = 256UL * 1024;
constexpr std::size_t kChunkPiece = 16UL * 1024;  // small: what stands behind a chunk is moved to the front
constexpr std::uint64_t kMaxThrownAway = 64UL * 1024 * 1024;

Deadline in(std::chrono::milliseconds patience) { return std::chrono::steady_clock::now() + patience; }

std::unexpected<core::Error> clientIsGone() {
  return core::fail(core::ErrorCode::Unavailable, "The client went away before its request was whole.");
}

std::unexpected<core::Error> badFraming() {
  return core::fail(core::ErrorCode::InvalidParams, "The body of the request is not framed as HTTP asks.");
}

std::unexpected<ApiError> badRequest() {
  return malformedRequest("The request is not one of HTTP/1.1: see its first line and its headers.");
}

// What no request begins with: it is TLS, say, which would wait for an answer for ever.
bool isBinary(char c) { return (c >= 0 && c < ' ' && c != '\r' && c != '\n') || c < 0 || c == 0x7f; }

bool parseNumber(std::string_view text, std::uint64_t& number, int base) {
  auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return problem == std::errc() && rest == text.data() + text.size();
}

}  // namespace

Reply<std::optional<Request>> RequestReader::readHead() {
  auto deadline = in(buffer_.empty() ? patience_.idle : patience_.head);
  std::size_t end = 0;
  std::size_t length = 0;  // of the empty line
  scanned_ = 0;
  auto tooLarge = [] {
    return refuse(431, "MALFORMED_REQUEST", "The head of a request must not be longer than 65536 bytes.");
  };
  while (!findHeadEnd(end, length)) {
    if (buffer_.size() > kMaxHead) return tooLarge();
    bool began = !buffer_.empty();
    auto received = more(kHeadPiece, deadline);
    if (received.count == 0) {
      if (received.timedOut && began) return refuse(408, "MALFORMED_REQUEST", "The head of the request did not come.");
      return std::nullopt;
    }
    if (!began) deadline = in(patience_.head);
    if (isBinary(buffer_.front())) return badRequest();
  }
  if (end > kMaxHead) return tooLarge();
  auto parsed = parseHead(std::string_view(buffer_).substr(0, end));
  buffer_.erase(0, end + length);
  if (!parsed) return badRequest();
  if (auto framed = frame(*parsed); !framed) return std::unexpected(framed.error());
  return parsed;
}

// RFC 9112 6.3. What could be read in two ways is refused.
Reply<void> RequestReader::frame(const Request& request) {
  ended_ = broken_ = false;
  left_ = bodyBytes_ = 0;
  auto expectation = request.header("expect");
  continueAwaited_ = request.minorVersion >= 1 && core::equalsIgnoreCase(expectation, "100-continue");
  if (!expectation.empty() && !continueAwaited_ && request.minorVersion >= 1)
    return refuse(417, "MALFORMED_REQUEST", "The one expectation that can be met is 100-continue.");

  auto lengths = request.count("content-length");
  if (auto codings = request.count("transfer-encoding"); codings > 0) {
    if (codings > 1 || lengths > 0 || request.minorVersion == 0) return badRequest();
    if (!core::equalsIgnoreCase(request.header("transfer-encoding"), "chunked"))
      return refuse(501, "NOT_IMPLEMENTED", "The one transfer coding that is understood is chunked.");
    framing_ = Framing::Chunked;
    firstChunk_ = true;
    return {};
  }
  framing_ = Framing::Length;
  if (lengths > 1 || (lengths == 1 && !parseNumber(request.header("content-length"), left_, 10))) return badRequest();
  ended_ = left_ == 0;
  return {};
}

core::Result<std::string_view> RequestReader::next() {
  if (ended_) return std::string_view();
  if (broken_) return clientIsGone();
  if (continueAwaited_) {
    continueAwaited_ = false;
    // Who has begun to send does not wait.
    if (buffer_.empty() && !stream_.send("HTTP/1.1 100 Continue\r\n\r\n")) broken_ = true;
  }
  if (framing_ == Framing::Chunked && left_ == 0) {
    if (auto begun = beginChunk(); !begun) {
      broken_ = true;
      return std::unexpected(begun.error());
    }
    if (ended_) return std::string_view();
  }
  auto piece = take(static_cast<std::size_t>(std::min<std::uint64_t>(left_, kBodyPiece)));
  if (!piece) {
    broken_ = true;
    return piece;
  }
  left_ -= piece->size();
  bodyBytes_ += piece->size();
  if (framing_ == Framing::Length && left_ == 0) ended_ = true;
  return piece;
}

std::optional<std::uint64_t> RequestReader::announced() const {
  if (framing_ == Framing::Length) return left_;
  return std::nullopt;
}

core::Result<std::string_view> RequestReader::take(std::size_t wanted) {
  if (buffer_.empty()) {
    if (auto came = moreOfBody(); !came) return std::unexpected(came.error());
  }
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
  auto size = core::trim(std::string_view(line).substr(0, line.find(';')));
  if (!parseNumber(size, left_, 16)) return badFraming();
  if (left_ != 0) return {};
  std::size_t trailers = 0;
  while (true) {
    std::string trailer = TROWEL_TRY(readLine());
    if (trailer.empty()) break;
    trailers += trailer.size();
    if (trailers > kMaxHead) return badFraming();
  }
  ended_ = true;
  return {};
}

core::Result<std::string> RequestReader::readLine() {
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (buffer_.size() > kMaxHead) return badFraming();
    TROWEL_TRY(moreOfBody());
  }
  std::string line(core::trim(std::string_view(buffer_).substr(0, end)));
  buffer_.erase(0, end + 1);
  return line;
}

bool RequestReader::canFinish() const {
  if (broken_) return false;
  // A client that waits for our 100 Continue may send its body or may not, now that it has the answer.
  if (continueAwaited_ && !ended_) return false;
  return framing_ != Framing::Length || left_ <= kMaxThrownAway;
}

bool RequestReader::finishBody() {
  if (!canFinish()) return false;
  auto before = bodyBytes_;
  while (!ended_ && !broken_ && bodyBytes_ - before <= kMaxThrownAway) static_cast<void>(next());
  return ended_ && !broken_;
}

void RequestReader::linger() {
  // A client that only sends and never looks is cut off some time.
  std::uint64_t ignored = 0;
  auto last = in(patience_.body);
  while (ignored < kMaxThrownAway) {
    buffer_.clear();
    auto received = more(kBodyPiece, std::min(last, in(patience_.linger)));
    if (received.count == 0) return;
    ignored += received.count;
  }
}

// Lines may end without the carriage return (RFC 9112 2.2).
bool RequestReader::findHeadEnd(std::size_t& end, std::size_t& length) {
  while (buffer_.starts_with("\r\n")) buffer_.erase(0, 2);  // empty lines before a request
  for (std::size_t newline = 0; (newline = buffer_.find('\n', scanned_)) != std::string::npos;) {
    std::string_view rest = std::string_view(buffer_).substr(newline + 1);
    length = rest.starts_with('\n') ? 2 : rest.starts_with("\r\n") ? 3 : 0;
    if (length != 0) {
      end = newline;
      return true;
    }
    scanned_ = newline;
    if (rest.empty() || rest == "\r") return false;  // the rest of the empty line may come yet
    scanned_ = newline + 1;
  }
  scanned_ = buffer_.size();
  return false;
}

Stream::Received RequestReader::more(std::size_t room, Deadline deadline) {
  std::size_t had = buffer_.size();
  buffer_.resize(had + room);
  auto received = stream_.receive(buffer_.data() + had, room, deadline);
  buffer_.resize(had + received.count);
  return received;
}

core::Result<void> RequestReader::moreOfBody() {
  auto room =
      framing_ == Framing::Length ? static_cast<std::size_t>(std::min<std::uint64_t>(left_, kBodyPiece)) : kChunkPiece;
  auto received = more(room, in(patience_.body));
  if (received.timedOut) return core::fail(core::ErrorCode::DeadlineExceeded, "The body of the request did not come.");
  if (received.count == 0) return clientIsGone();
  return {};
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
    if (!piece && piece.error().code == core::ErrorCode::DeadlineExceeded)
      return refuse(408, "MALFORMED_REQUEST", piece.error().message);
    if (!piece) return malformedRequest(piece.error().message);
    if (piece->empty()) return whole;
    if (whole.size() + piece->size() > limit) return tooLarge();
    whole.append(*piece);
  }
}

}  // namespace trowel::emulator
