// SPDX-License-Identifier: Apache-2.0
// Our child is the keeper (keeper/main.cpp), python3 is the keeper's: a signal to the keeper reaches what user code
// started as well, and nothing of that outlives it. It speaks over a socket that its own children do not inherit: user
// code may print, close or redirect whatever it likes. It ends with us in three ways: on request, when its socket
// closes, and by the kernel, which tells the keeper where we were killed.
#include "emulator/execution/python_process.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "trowel/os/poll.hpp"

namespace trowel::emulator {

namespace {

constexpr std::size_t kMaxLine = 64UL * 1024 * 1024;
constexpr auto kKeeperPatience = std::chrono::seconds(10);  // twice its own
constexpr auto kInterruptAgain = std::chrono::milliseconds(200);
// The socket is descriptor 3. The configuration comes as a file, because everybody on the machine may read arguments.
constexpr const char* kBootstrap =
    "import os, sys; sys.path.insert(0, sys.argv[1]); from trowel_cluster.driver import main; "
    "main(os.fdopen(4, encoding='utf-8').read())";

core::Result<os::UniqueFd> fileOf(std::string_view text) {
  os::UniqueFd file(::memfd_create("configuration", MFD_CLOEXEC));
  while (file && !text.empty()) {
    auto count = ::write(file.get(), text.data(), text.size());
    if (count <= 0) file.reset();
    text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
  }
  if (!file || ::lseek(file.get(), 0, SEEK_SET) != 0)
    return core::fail(core::ErrorCode::Internal, "A python3 process cannot be told its configuration.",
                      std::strerror(errno));
  return file;
}

}  // namespace

core::Result<std::unique_ptr<PythonProcess>> PythonProcess::start(const PythonSetup& setup) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return core::fail(core::ErrorCode::Internal, "No socket for a python3 process can be made.", std::strerror(errno));
  os::UniqueFd ours(ends[0]);
  os::UniqueFd theirs(ends[1]);
  auto configuration = TROWEL_TRY(fileOf(setup.configuration));
  os::SpawnOptions options;
  // -E: our user's PYTHON* settings are for our user's Python.
  options.argv = {setup.modules + "/keeper", setup.interpreter, "-E", "-B", "-c", kBootstrap, setup.modules};
  options.environment = {
      {"MPLBACKEND", "module://trowel_cluster.plots"}, {"DATABRICKS_RUNTIME_VERSION", "15.4"}, {"LC_ALL", "C.UTF-8"}};
  options.environment.insert(options.environment.end(), setup.environment.begin(), setup.environment.end());
  options.cwd = setup.work;
  options.err = os::Stream::Null;
  options.fds = {theirs.get(), configuration.get()};
  auto process = TROWEL_TRY(os::Process::spawn(options));
  return std::unique_ptr<PythonProcess>(new PythonProcess(std::move(process), std::move(ours)));
}

bool PythonProcess::request(std::string_view line) {
  interrupted_ = false;
  return answer(line);
}

bool PythonProcess::answer(std::string_view line) {
  std::string bytes = std::string(line) + "\n";
  std::string_view rest = bytes;
  while (!rest.empty()) {
    auto count = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::optional<std::string> PythonProcess::receive() {
  std::size_t searched = 0;
  while (true) {
    auto end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    searched = buffer_.size();
    if (searched > kMaxLine || !readMore()) {
      kill();  // children of the process that hold its socket, and a driver that talks nonsense
      return std::nullopt;
    }
  }
}

// Waits for bytes or the end of the process: a forked child may keep the socket open after it.
bool PythonProcess::readMore() {
  char block[64 * 1024];
  while (true) {
    bool again = interrupted_;
    bool woken = os::waitReadable({socket_.get(), process_.exitFd(), again ? -1 : wake_.fd()},
                                  again ? core::Duration(kInterruptAgain) : os::kForever);
    if (!woken) sendInterrupt();
    wake_.clear();
    bool ended = os::waitReadable({process_.exitFd()}, core::Duration::zero());
    auto count = ::recv(socket_.get(), block, sizeof block, MSG_DONTWAIT);
    if (count > 0) {
      buffer_.append(block, static_cast<std::size_t>(count));
      return true;
    }
    if (count == 0 || ended || (errno != EAGAIN && errno != EINTR)) return false;
  }
}

PythonProcess::~PythonProcess() {
  kill();
  process_.wait(kKeeperPatience);
}

std::string PythonProcess::ending() {
  std::lock_guard lock(mutex_);
  auto status = process_.wait(os::kForever);
  if (!status) return "it ended";
  if (status->signal != 0) return std::string("it was killed by the signal ") + ::sigabbrev_np(status->signal);
  return "it exited with status " + std::to_string(status->code);
}

void PythonProcess::interrupt() {
  interrupted_ = true;
  sendInterrupt();
  wake_.signal();
}

void PythonProcess::sendInterrupt() {
  std::lock_guard lock(mutex_);
  process_.kill(SIGINT);
}

void PythonProcess::kill() {
  std::lock_guard lock(mutex_);
  process_.kill(SIGTERM);
}

}  // namespace trowel::emulator
