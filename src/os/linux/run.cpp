// SPDX-License-Identifier: Apache-2.0
#include "trowel/os/run.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "trowel/os/poll.hpp"

namespace trowel::os {

namespace {

enum class Read : unsigned char { More, End, TooMuch };

// What can be read now.
Read drain(UniqueFd& fd, std::string& into, std::size_t limit) {
  std::array<char, 16UL * 1024> piece;
  for (;;) {
    const auto count = ::read(fd.get(), piece.data(), piece.size());
    if (count > 0) {
      into.append(piece.data(), static_cast<std::size_t>(count));
      if (into.size() > limit) return Read::TooMuch;
    } else if (count == 0) {
      fd.reset();
      return Read::End;
    } else if (errno != EINTR) {
      if (errno != EAGAIN) fd.reset();
      return Read::More;
    }
  }
}

}  // namespace

core::Result<RunOutput> run(const RunOptions& options, const core::CancelToken& cancel) {
  const auto deadline = std::chrono::steady_clock::now() + options.timeout;
  const auto& name = options.argv.front();
  SpawnOptions child;
  child.argv = options.argv;
  child.out = Stream::Pipe;
  child.err = Stream::Pipe;
  auto process = TROWEL_TRY(Process::spawn(child));
  for (const auto* pipe : {&process.out, &process.err}) ::fcntl(pipe->get(), F_SETFL, O_NONBLOCK);
  auto wake = std::make_shared<WakeFd>();
  auto registration = cancel.onCancel([wake] { wake->signal(); });

  RunOutput output;
  for (bool ended = false;;) {
    if (cancel.cancelled()) return std::unexpected(cancel.error("The program " + name));
    for (auto [pipe, text] : {std::pair(&process.out, &output.out), std::pair(&process.err, &output.err)})
      if (*pipe && drain(*pipe, *text, options.maxOutput) == Read::TooMuch)
        return core::fail(core::ErrorCode::DataLoss,
                          "The program " + name + " printed far more than it should and was stopped.");
    // What it left running may hold the pipes open for ever; nobody waits for that.
    if (ended) break;
    if (auto status = process.poll()) {
      output.status = *status;
      ended = true;
      continue;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0)
      return core::fail(core::ErrorCode::DeadlineExceeded,
                        "The program " + name + " did not end in time and was stopped. Run it by hand to see why.");
    std::array<pollfd, 4> fds{{{.fd = process.out.get(), .events = POLLIN, .revents = 0},
                               {.fd = process.err.get(), .events = POLLIN, .revents = 0},
                               {.fd = process.exitFd(), .events = POLLIN, .revents = 0},
                               {.fd = wake->fd(), .events = POLLIN, .revents = 0}}};
    ::poll(fds.data(), fds.size(), static_cast<int>(std::min<std::int64_t>(left + 1, 60'000)));
  }
  return output;
}

}  // namespace trowel::os
