// SPDX-License-Identifier: Apache-2.0
#include "stdio.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "trowel/core/log.hpp"
#include "trowel/os/process.hpp"

namespace trowel::app {

namespace {

// A pipe that poll() calls writable takes this much without blocking (pipe(7)).
constexpr std::size_t kPipeChunk = 4096;

}  // namespace

rpc::Streams Stdio::streams() {
  return {.read = [this](char* buffer, std::size_t size) { return read(buffer, size); },
          .write = [this](std::string_view bytes) { return write(bytes); },
          .interrupt =
              [this](bool writes) {
                stopReading_.signal();
                if (writes) stopWriting_.signal();
              }};
}

void Stdio::watchSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = os::UniqueFd(signalfd(-1, &set, SFD_CLOEXEC));
}

void Stdio::watchParent(std::int64_t pid) {
  auto process = os::openProcess(static_cast<pid_t>(pid));
  if (!process) {
    core::logWarn("app", "the editor's process " + std::to_string(pid) + " is not there");
    ended_();
    return;
  }
  {
    std::lock_guard lock(mutex_);
    parent_ = *std::move(process);
  }
  parentKnown_.signal();
}

std::size_t Stdio::read(char* buffer, std::size_t size) {
  while (true) {
    int parent = -1;
    {
      std::lock_guard lock(mutex_);
      parent = parent_.get();
    }
    std::array<pollfd, 5> fds{{{in_, POLLIN, 0},
                               {stopReading_.fd(), POLLIN, 0},
                               {signals_.get(), POLLIN, 0},
                               {parent, POLLIN, 0},
                               {parentKnown_.fd(), POLLIN, 0}}};
    if (poll(fds.data(), fds.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return 0;
    }
    if (fds[1].revents != 0) return 0;
    if (fds[2].revents != 0 || fds[3].revents != 0) {
      core::logInfo("app", fds[2].revents != 0 ? "a signal asks Trowel to end" : "the editor's process has ended");
      ended_();
      return 0;
    }
    if (fds[4].revents != 0) parentKnown_.clear();
    if (fds[0].revents == 0) continue;
    auto got = ::read(in_, buffer, size);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    return 0;
  }
}

bool Stdio::write(std::string_view bytes) {
  while (!bytes.empty()) {
    std::array<pollfd, 2> fds{{{out_, POLLOUT, 0}, {stopWriting_.fd(), POLLIN, 0}}};
    if (poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return false;
    if (fds[1].revents != 0) return false;
    if (fds[0].revents == 0) continue;
    auto sent = send(out_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == ENOTSOCK) sent = ::write(out_, bytes.data(), std::min(bytes.size(), kPipeChunk));
    if (sent < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace trowel::app
