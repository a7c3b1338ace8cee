// SPDX-License-Identifier: Apache-2.0
#include "http/net/tunnel.hpp"

#include <fmt/format.h>

#include <array>

#include "http/message/answer_reader.hpp"
#include "http/message/request_writer.hpp"
#include "http/transport_error.hpp"

namespace trowel::http {

namespace {

std::unexpected<TransportError> broken(const Proxy& proxy, std::string_view what, std::string detail = {}) {
  return transportFailure(Stage::Proxy, core::ErrorCode::Unavailable,
                          fmt::format("The proxy {} (from {}) {}. Check that the address is that of an HTTP proxy.",
                                      proxy.origin.text(), proxy.from, what),
                          std::move(detail));
}

std::unexpected<TransportError> stoppedAt(const Proxy& proxy) {
  return stopped(fmt::format("The proxy {} (from {}) had not opened a way to the server. Check the proxy.",
                             proxy.origin.text(), proxy.from));
}

}  // namespace

std::expected<void, TransportError> openTunnel(Stream& stream, const Proxy& proxy, const Origin& server,
                                               const Interrupt& interrupt) {
  const auto head = connectHead(server, proxy.authorization);
  std::string_view left = head.reveal();
  auto blocked = [&](const Moved& moved) {
    return interrupt.wait(stream.descriptor(), moved.events) == Interrupt::Wake::Ready;
  };
  while (!left.empty()) {
    auto moved = stream.write(left);
    if (moved.kind == Moved::Kind::Blocked) {
      if (!blocked(moved)) return stoppedAt(proxy);
    } else if (moved.kind == Moved::Kind::Bytes) {
      left.remove_prefix(moved.count);
    } else {
      return broken(proxy, "broke off the connection", moved.problem);
    }
  }

  AnswerReader reader(AnswerReader::Expected::NoBody);
  // One byte at a time would be slow, more than the head belongs to the server: it speaks only after us, so that
  // whatever follows the head at once is not its.
  std::array<char, 4096> buffer;
  while (reader.state() == AnswerReader::State::Head) {
    auto moved = stream.read(buffer);
    if (moved.kind == Moved::Kind::Blocked) {
      if (!blocked(moved)) return stoppedAt(proxy);
      continue;
    }
    if (moved.kind != Moved::Kind::Bytes) return broken(proxy, "broke off the connection", moved.problem);
    std::string_view bytes(buffer.data(), moved.count);
    while (!bytes.empty() && reader.state() == AnswerReader::State::Head) {
      auto step = reader.take(bytes);
      if (!step) return broken(proxy, fmt::format("answers in a way that cannot be used: {}", step.error()));
      bytes.remove_prefix(step->used);
    }
    const int status = reader.state() == AnswerReader::State::Head ? 0 : reader.head().status;
    if (status >= 300) return proxyRefusal(proxy, server, status);
    if (!bytes.empty()) return broken(proxy, "sent something before the server was asked");
  }
  return {};
}

}  // namespace trowel::http
