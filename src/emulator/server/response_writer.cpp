// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/response_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "emulator/server/api_error.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::emulator {

namespace {

// What is copied behind the head, so that both go out in one packet. With two, a client that acknowledges late and
// writes at once waits 40 ms for nothing.
constexpr std::size_t kOnePacket = 64UL * 1024;
constexpr std::size_t kPiece = 16UL * 1024;
constexpr int kStepsPerSecond = 20;  // of a throttled body

}  // namespace

ResponseWriter::Next ResponseWriter::send(const Response& response, const Request& request, bool keepAlive) {
  const Delivery& delivery = response.delivery;
  if (delivery.nothing) return end(response, delivery.end.value_or(FaultEnd::Close), false);
  os::UniqueFd file;
  if (response.file) {
    file = os::UniqueFd(::open(response.file->file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return send(toResponse({500, "INTERNAL_ERROR", "The content has gone."}), request, keepAlive);
  }

  bool endless = delivery.end == FaultEnd::Endless;
  BodyEnd bodyEnd = !endless ? BodyEnd::Length : request.minorVersion >= 1 ? BodyEnd::Chunked : BodyEnd::Close;
  // An answer that the fault breaks looks like any other until it breaks.
  std::string head = serializeHead(response, bodyEnd, keepAlive && bodyEnd != BodyEnd::Close);
  bool headOnly = request.method == "HEAD" || !response.hasBody();
  std::uint64_t length = headOnly ? 0 : std::min(response.length(), delivery.bodyBytes.value_or(response.length()));
  bool chunked = bodyEnd == BodyEnd::Chunked;
  if (!sendBody(response, file.get(), std::move(head), length, chunked)) return Next::Abandon;
  if (delivery.end) return end(response, *delivery.end, chunked);
  return keepAlive ? Next::Continue : Next::Close;
}

bool ResponseWriter::sendBody(const Response& response, int file, std::string head, std::uint64_t length,
                              bool chunked) {
  if (response.delivery.bytesPerSecond > 0) return stream_.send(head) && sendThrottled(response, file, length, chunked);
  if (response.file) return stream_.send(head, length > 0) && stream_.sendFile(file, response.file->offset, length);
  auto body = std::string_view(response.body).substr(0, static_cast<std::size_t>(length));
  if (chunked) return stream_.send(head, !body.empty()) && sendPiece(body, true);
  if (body.size() <= kOnePacket) return stream_.send(head.append(body));
  return stream_.send(head, true) && stream_.send(body);
}

bool ResponseWriter::sendThrottled(const Response& response, int file, std::uint64_t length, bool chunked) {
  using namespace std::chrono;
  std::uint64_t rate = response.delivery.bytesPerSecond;
  std::uint64_t step = std::clamp<std::uint64_t>(rate / kStepsPerSecond, 1, kPiece);
  std::array<char, kPiece> buffer{};
  auto begin = clock_.now();
  for (std::uint64_t sent = 0; sent < length;) {
    auto wanted = static_cast<std::size_t>(std::min(step, length - sent));
    std::string_view piece;
    if (response.file) {
      auto count = ::pread(file, buffer.data(), wanted, static_cast<off_t>(response.file->offset + sent));
      if (count <= 0) return false;
      piece = {buffer.data(), static_cast<std::size_t>(count)};
    } else {
      piece = std::string_view(response.body).substr(static_cast<std::size_t>(sent), wanted);
    }
    if (!sendPiece(piece, chunked)) return false;
    sent += piece.size();
    auto due =
        begin + duration_cast<core::Duration>(duration<double>(static_cast<double>(sent) / static_cast<double>(rate)));
    if (auto wait = due - clock_.now(); wait.count() > 0 && !stopped_.waitFor(clock_, wait)) return false;
  }
  return true;
}

bool ResponseWriter::sendPiece(std::string_view piece, bool chunked) {
  if (!chunked) return stream_.send(piece);
  return piece.empty() || stream_.send(fmt::format("{:x}\r\n{}\r\n", piece.size(), piece));
}

ResponseWriter::Next ResponseWriter::end(const Response& response, FaultEnd end, bool chunked) {
  switch (end) {
    case FaultEnd::Close:
      return Next::Close;
    case FaultEnd::Reset:
      stream_.resetAtEnd();
      return Next::Abandon;
    case FaultEnd::Stall: {
      std::array<char, kPiece> ignored{};
      while (stream_.receive(ignored.data(), ignored.size(), Deadline::max()).count > 0) continue;
      return Next::Abandon;
    }
    case FaultEnd::Endless: {
      const std::string blanks(kPiece, ' ');
      std::uint64_t rate = response.delivery.bytesPerSecond;
      std::size_t step = rate == 0 ? kPiece : std::clamp<std::size_t>(rate / kStepsPerSecond, 1, kPiece);
      while (sendPiece(std::string_view(blanks).substr(0, step), chunked)) {
        if (rate == 0) continue;
        auto pause = std::chrono::nanoseconds(1'000'000'000 * step / rate);
        if (!stopped_.waitFor(clock_, pause)) break;
      }
      return Next::Abandon;
    }
  }
  return Next::Close;
}

}  // namespace trowel::emulator
