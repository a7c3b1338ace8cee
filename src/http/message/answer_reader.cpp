// SPDX-License-Identifier: Apache-2.0
// Where two readings of a head are possible, the answer is refused: a guess would take the rest of one answer for the
// start of the next.
#include "http/message/answer_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "trowel/core/text.hpp"

namespace trowel::http {

namespace {

std::unexpected<std::string> problem(std::string text) { return std::unexpected(std::move(text)); }

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool names(std::string_view list, std::string_view wanted) {
  return std::ranges::any_of(core::split(list, ','),
                             [&](std::string_view one) { return core::equalsIgnoreCase(core::trim(one), wanted); });
}

}  // namespace

std::expected<AnswerReader::Step, std::string> AnswerReader::take(std::string_view bytes) {
  if (state_ == State::Complete || bytes.empty()) return Step{};
  if (state_ == State::Body && (framing_ == Framing::Length || framing_ == Framing::ChunkData)) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), remaining_));
    remaining_ -= count;
    if (remaining_ == 0) {
      if (framing_ == Framing::Length) state_ = State::Complete;
      framing_ = Framing::ChunkEnd;
    }
    return Step{.used = count, .body = bytes.substr(0, count)};
  }
  if (state_ == State::Body && framing_ == Framing::UntilEnd) return Step{.used = bytes.size(), .body = bytes};

  const auto newline = bytes.find('\n');
  const auto used = newline == std::string_view::npos ? bytes.size() : newline + 1;
  const bool counted = framing_ != Framing::ChunkSize && framing_ != Framing::ChunkEnd;
  if (counted) headBytes_ += used;
  if (headBytes_ > kMaxHeadBytes || line_.size() + used > kMaxHeadBytes)
    return problem(fmt::format("its head is larger than {} KiB", kMaxHeadBytes >> 10U));
  line_.append(bytes.substr(0, used));
  if (newline == std::string_view::npos) return Step{.used = used};

  std::string_view line(line_);
  line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
  if (line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos)
    return problem("its head contains control characters");
  if (auto taken = takeLine(line); !taken) return std::unexpected(std::move(taken).error());
  line_.clear();
  return Step{.used = used};
}

std::expected<void, std::string> AnswerReader::end() {
  if (state_ == State::Complete) return {};
  if (state_ == State::Head) return problem("it broke off in its head");
  if (framing_ != Framing::UntilEnd) return problem("it broke off in the middle");
  state_ = State::Complete;
  return {};
}

AnswerReader::Problem AnswerReader::takeLine(std::string_view line) {
  if (state_ == State::Head) {
    if (atStatus_) return statusLine(line);
    return line.empty() ? headEnds() : headerLine(line);
  }
  switch (framing_) {
    case Framing::ChunkSize:
      return chunkSize(line);
    case Framing::ChunkEnd:
      if (!line.empty()) return problem("a chunk is longer than it says");
      framing_ = Framing::ChunkSize;
      return {};
    default:  // trailers, which nobody needs
      if (line.empty()) state_ = State::Complete;
      return {};
  }
}

AnswerReader::Problem AnswerReader::statusLine(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.";
  if (!line.starts_with(kVersion) || line.size() < 12 || !isDigit(line[7]) || line[8] != ' ' ||
      !std::ranges::all_of(line.substr(9, 3), isDigit) || (line.size() > 12 && line[12] != ' '))
    return problem("it is not HTTP/1.1");
  old_ = line[7] == '0';
  head_ = {.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0')};
  if (head_.status < 100 || head_.status > 599) return problem(fmt::format("it has the status {}", head_.status));
  atStatus_ = false;
  return {};
}

AnswerReader::Problem AnswerReader::headerLine(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos ||
      line.substr(0, colon).find_first_of(" \t") != std::string_view::npos)
    return problem("it has a malformed header");
  head_.headers.emplace_back(line.substr(0, colon), core::trim(line.substr(colon + 1)));
  return {};
}

AnswerReader::Problem AnswerReader::headEnds() {
  if (head_.status < 200) {
    if (head_.status == 101) return problem("it changes to another protocol");
    if (++interim_ > kMaxInterim) return problem("it never comes to an end");
    atStatus_ = true;
    return {};
  }
  std::optional<std::uint64_t> length;
  bool chunked = false;
  keepsAlive_ = !old_;
  for (const auto& [name, value] : head_.headers) {
    if (core::equalsIgnoreCase(name, "Content-Length")) {
      auto said = number(value, 10);
      if (!said) return problem("its Content-Length is not a number");
      if (length && *length != *said) return problem("it has two different Content-Lengths");
      length = said;
    } else if (core::equalsIgnoreCase(name, "Transfer-Encoding")) {
      if (chunked || !core::equalsIgnoreCase(value, "chunked")) return problem("it has an unknown Transfer-Encoding");
      chunked = true;
    } else if (core::equalsIgnoreCase(name, "Connection")) {
      if (names(value, "close")) keepsAlive_ = false;
      if (old_ && names(value, "keep-alive")) keepsAlive_ = true;
    }
  }
  const bool none = expected_ == Expected::NoBody || head_.status == 204 || head_.status == 304;
  if (!none && chunked && length) return problem("it has both a Content-Length and a Transfer-Encoding");
  state_ = none || (!chunked && length == 0) ? State::Complete : State::Body;
  if (none) return {};
  remaining_ = length.value_or(0);
  framing_ = chunked ? Framing::ChunkSize : length ? Framing::Length : Framing::UntilEnd;
  if (framing_ == Framing::UntilEnd) keepsAlive_ = false;
  return {};
}

AnswerReader::Problem AnswerReader::chunkSize(std::string_view line) {
  auto size = number(core::trim(line.substr(0, line.find(';'))), 16);
  if (!size) return problem("a chunk has no valid size");
  remaining_ = *size;
  framing_ = *size == 0 ? Framing::Trailers : Framing::ChunkData;
  return {};
}

}  // namespace trowel::http
