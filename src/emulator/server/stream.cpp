// SPDX-License-Identifier: Apache-2.0
// Sockets never block here: a wait is always a poll, so that it ends at its deadline or when another thread shuts the
// socket down, also in the middle of a TLS record.
#include "emulator/server/stream.hpp"

#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace trowel::emulator {

namespace {

constexpr auto kSendPatience = std::chrono::seconds(60);
constexpr std::size_t kFilePiece = 64UL * 1024;

}  // namespace

Stream::Received Stream::receive(char* into, std::size_t room, Deadline deadline) {
  while (true) {
    auto attempt = tryReceive(into, room);
    if (attempt.step == Step::Done) return {.count = attempt.count};
    if (attempt.step == Step::Ended) return {};
    if (waitFor(attempt.step, deadline) == Wait::TimedOut) return {.timedOut = true};
  }
}

bool Stream::send(std::string_view bytes, bool more) {
  while (!bytes.empty()) {
    auto attempt = trySend(bytes, more);
    if (attempt.step == Step::Ended) return false;
    if (attempt.step != Step::Done && waitFor(attempt.step, sendDeadline()) == Wait::TimedOut) return false;
    bytes.remove_prefix(attempt.count);
  }
  return true;
}

bool Stream::sendFile(int file, std::uint64_t offset, std::uint64_t length) {
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(length, kFilePiece)), '\0');
  while (length > 0) {
    auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length, piece.size()));
    auto count = ::pread(file, piece.data(), wanted, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    if (!send(std::string_view(piece).substr(0, static_cast<std::size_t>(count)))) return false;
    offset += static_cast<std::uint64_t>(count);
    length -= static_cast<std::uint64_t>(count);
  }
  return true;
}

void Stream::finish() { ::shutdown(socket(), SHUT_WR); }

void Stream::resetAtEnd() {
  linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

void Stream::shutDown() { ::shutdown(socket(), SHUT_RDWR); }

Stream::Wait Stream::waitFor(Step step, Deadline deadline) const {
  pollfd waiting{.fd = socket(), .events = static_cast<short>(step == Step::WantRead ? POLLIN : POLLOUT), .revents = 0};
  while (true) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return Wait::TimedOut;
    auto found = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (found > 0) return Wait::Ready;
  }
}

Deadline Stream::sendDeadline() { return std::chrono::steady_clock::now() + kSendPatience; }

Stream::Attempt PlainStream::tryReceive(char* into, std::size_t room) {
  while (true) {
    auto count = ::recv(socket(), into, room, 0);
    if (count > 0) return {Step::Done, static_cast<std::size_t>(count)};
    if (count == 0) return {};
    if (errno == EAGAIN) return {Step::WantRead};
    if (errno != EINTR) return {};
  }
}

Stream::Attempt PlainStream::trySend(std::string_view bytes, bool more) {
  while (true) {
    auto count = ::send(socket(), bytes.data(), bytes.size(), MSG_NOSIGNAL | (more ? MSG_MORE : 0));
    if (count >= 0) return {Step::Done, static_cast<std::size_t>(count)};
    if (errno == EAGAIN) return {Step::WantWrite};
    if (errno != EINTR) return {};
  }
}

bool PlainStream::sendFile(int file, std::uint64_t offset, std::uint64_t length) {
  auto at = static_cast<off_t>(offset);
  while (length > 0) {
    auto count = ::sendfile(socket(), file, &at, static_cast<std::size_t>(length));
    if (count > 0) {
      length -= static_cast<std::uint64_t>(count);
    } else if (count < 0 && errno == EAGAIN) {
      if (waitFor(Step::WantWrite, sendDeadline()) == Wait::TimedOut) return false;
    } else if (count == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace trowel::emulator
