// SPDX-License-Identifier: Apache-2.0
#include "trowel/rpc/framing.hpp"

#include <charconv>

#include "trowel/core/text.hpp"

namespace trowel::rpc {

namespace {

constexpr std::string_view kContentLength = "content-length:";

// Above this a length is taken for nonsense, not for a message whose bytes will really come.
constexpr std::size_t kAbsurdLength = 4UL * 1024 * 1024 * 1024;

}  // namespace

void FrameReader::feed(std::string_view bytes) {
  if (skip_ > 0) {
    auto skipped = std::min(skip_, bytes.size());
    skip_ -= skipped;
    bytes.remove_prefix(skipped);
  }
  if (inBody_ && consumed_ == buffer_.size()) {
    // Straight into the body: a large message is copied once.
    auto taken = std::min(*length_ - body_.size(), bytes.size());
    body_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
  }
  compact();
  buffer_.append(bytes);
}

void FrameReader::compact() {
  if (consumed_ == buffer_.size()) {
    buffer_.clear();
    consumed_ = 0;
  } else if (consumed_ > 64UL * 1024) {
    buffer_.erase(0, consumed_);
    consumed_ = 0;
  }
}

std::optional<Frame> FrameReader::next() {
  while (true) {
    if (inBody_) {
      auto taken = std::min(*length_ - body_.size(), buffer_.size() - consumed_);
      body_.append(buffer_, consumed_, taken);
      consumed_ += taken;
      if (body_.size() < *length_) return std::nullopt;
      Frame frame{std::move(body_), {}};
      body_.clear();
      inBody_ = false;
      length_.reset();
      return frame;
    }
    auto line = takeLine();
    if (!line) {
      if (buffer_.size() - consumed_ <= kMaxHeader) return std::nullopt;
      consumed_ = buffer_.size();
      return lost("A header is longer than 16 KiB; it was dropped.");
    }
    if (auto frame = headerLine(*line)) return frame;
  }
}

std::optional<std::string_view> FrameReader::takeLine() {
  auto end = buffer_.find('\n', consumed_);
  if (end == std::string::npos) return std::nullopt;
  std::string_view line(buffer_.data() + consumed_, end - consumed_);
  consumed_ = end + 1;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<Frame> FrameReader::headerLine(std::string_view line) {
  if (line.empty()) return endOfHeader();
  headerBytes_ += line.size();
  auto lower = core::toLower(line);
  auto at = lower.find(kContentLength);
  if (searching_) {
    if (at == std::string::npos) return std::nullopt;
    searching_ = false;
  } else if (at != 0) {
    if (headerBytes_ > kMaxHeader) return lost("A header block is longer than 16 KiB; it was dropped.");
    if (line.find(':') == std::string_view::npos || at != std::string::npos) {
      auto problem = lost("A header line is not 'Name: value'.");
      // The line may hold the next message's header behind the rest of a lost one.
      if (at != std::string::npos) headerLine(line);
      return problem;
    }
    return std::nullopt;
  }
  auto digits = core::trim(line.substr(at + kContentLength.size()));
  std::size_t value = 0;
  auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || stop != digits.data() + digits.size() || value > kAbsurdLength)
    return lost("Content-Length '" + core::toValidUtf8(digits.substr(0, 40)) + "' is not a usable length.");
  if (length_ && *length_ != value) return lost("Two Content-Length headers contradict each other.");
  length_ = value;
  return std::nullopt;
}

std::optional<Frame> FrameReader::endOfHeader() {
  if (searching_) return std::nullopt;
  if (!length_) {
    if (headerBytes_ == 0) return std::nullopt;  // stray blank lines between messages
    return lost("A header has no Content-Length.");
  }
  headerBytes_ = 0;
  if (*length_ > kMaxMessage) {
    std::string problem = "A message of " + std::to_string(*length_) + " bytes is over the limit of " +
                          std::to_string(kMaxMessage) + " bytes; it was skipped.";
    auto buffered = std::min(*length_, buffer_.size() - consumed_);
    consumed_ += buffered;
    skip_ = *length_ - buffered;
    length_.reset();
    return Frame{{}, std::move(problem)};
  }
  inBody_ = true;
  body_.reserve(*length_);
  return std::nullopt;
}

Frame FrameReader::lost(std::string problem) {
  searching_ = true;
  length_.reset();
  headerBytes_ = 0;
  return Frame{{}, std::move(problem)};
}

std::string encodeFrame(std::string_view body) {
  std::string frame;
  appendFrame(frame, body);
  return frame;
}

void appendFrame(std::string& out, std::string_view body) {
  out += "Content-Length: ";
  out += std::to_string(body.size());
  out += "\r\n\r\n";
  out += body;
}

}  // namespace trowel::rpc
