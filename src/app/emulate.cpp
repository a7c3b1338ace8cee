// SPDX-License-Identifier: Apache-2.0
// `trowel emulator`: runs until a signal, or until nobody uses the demo any more.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "options.hpp"
#include "trowel/connection/demo_workspace.hpp"
#include "trowel/core/cancel.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/log.hpp"
#include "trowel/emulator/emulator.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/poll.hpp"
#include "trowel/os/unique_fd.hpp"

namespace trowel::app {

namespace {

// Many connections and uploads at once need more descriptors than a desktop's usual limit of 1,024 lets a process have.
void allowManyFiles() {
  constexpr rlim_t kWanted = 16'384;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kWanted) return;
  limit.rlim_cur = std::min(limit.rlim_max, kWanted);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

os::UniqueFd blockSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return os::UniqueFd(signalfd(-1, &set, SFD_CLOEXEC));
}

// A window that is reloaded, or whose daemon crashed, is back within this time and finds everything as it was.
constexpr auto kLinger = std::chrono::seconds(5);

// Signals `unused` when no process has held the lock for a while. The thread ends with the process, and keeps the lock
// until then: whoever comes in between waits for the end, and starts a new emulator.
void watchUsers(const std::string& lockFile, const os::WakeFd& unused) {
  std::thread([lockFile, &unused] {
    int fd = open(lockFile.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return unused.signal();
    do {
      while (flock(fd, LOCK_EX) != 0 && errno == EINTR) continue;
      flock(fd, LOCK_UN);
      core::CancelToken().waitFor(core::systemClock(), kLinger);
    } while (flock(fd, LOCK_EX | LOCK_NB) != 0);
    unused.signal();
  }).detach();
}

void greet(const emulator::Emulator& emulator) {
  std::printf(
      "A local workspace listens on %s\n\n"
      "To connect, put this into ~/.databrickscfg and choose the profile:\n\n"
      "  [emulator]\n  host = %s\n  token = %s\n\n"
      "Code that you run there runs on this machine, as you. Ctrl+C ends it.\n",
      emulator.host().c_str(), emulator.host().c_str(), emulator.token().reveal().c_str());
}

constexpr std::size_t kMaxFaultFile = 16UL * 1024 * 1024;

// Appends the faults of one JSON text: an object, or an array of them. `place` is where the user wrote it.
core::Result<void> readFaults(const std::string& text, const std::string& place, std::vector<emulator::Fault>& faults) {
  auto json = core::parseJson(text);
  if (!json) return core::failBecause(json.error(), place + " is no JSON: " + json.error().message);
  for (const auto& each : json->is_array() ? *json : core::Json::array({*json})) {
    auto fault = emulator::readFault(each);
    if (!fault) return core::failBecause(fault.error(), place + ": " + fault.error().message);
    faults.push_back(*std::move(fault));
  }
  return {};
}

core::Result<emulator::Options> emulatorOptions(const EmulateOptions& options) {
  emulator::Options emulation;
  emulation.port = options.port;
  emulation.seedFile = options.seedFile;
  emulation.demo = options.demo;
  emulation.dataDir = options.dataDir;
  if (options.clusterStartMilliseconds)
    emulation.clusterStartTime = std::chrono::milliseconds(*options.clusterStartMilliseconds);
  emulation.autoSignIn = options.autoSignIn;
  emulation.accessTokenLifetime = std::chrono::seconds(options.accessTokenSeconds);
  emulation.smallIds = options.smallIds;
  emulation.pageCap = options.pageCap;
  emulation.rateLimits = options.rateLimits;
  emulation.requestLog = options.requestLog;
  emulation.tlsCert = options.tlsCert;
  emulation.tlsKey = options.tlsKey;
  for (const auto& fault : options.faults) TROWEL_TRY(readFaults(fault, "--fault", emulation.faults));
  if (!options.faultFile.empty()) {
    auto text = TROWEL_TRY(os::readFile(options.faultFile, kMaxFaultFile));
    TROWEL_TRY(readFaults(text, options.faultFile, emulation.faults));
  }
  return emulation;
}

}  // namespace

int emulate(const CommonOptions& common, const EmulateOptions& options) {
  auto signals = blockSignals();
  allowManyFiles();
  if (!startLog(common, false)) return 2;
  auto emulation = emulatorOptions(options);
  if (!emulation) {
    complain(emulation.error().message);
    return 2;
  }
  auto emulator = emulator::Emulator::start(*std::move(emulation));
  if (!emulator) {
    complain(emulator.error().message);
    return 1;
  }
  std::optional<os::FileLock> living;
  if (options.endpointFile.empty()) {
    greet(**emulator);
  } else {
    auto written = connection::writeEndpointFile(options.endpointFile, {(*emulator)->host(), (*emulator)->token()});
    if (!written) {
      complain(written.error().message);
      return 1;
    }
    living = *std::move(written);
    std::printf("listening on %s\n", (*emulator)->host().c_str());
  }
  std::fflush(stdout);

  // Never destroyed: the thread that signals it ends with the process.
  static const auto& unused = *new os::WakeFd;
  if (!options.whileUsed.empty()) watchUsers(options.whileUsed, unused);
  os::waitReadable({signals.get(), unused.fd()}, os::kForever);
  if (living) static_cast<void>(os::removeFile(options.endpointFile));
  living.reset();  // the next one need not wait for our end
  (*emulator)->stop();
  return 0;
}

}  // namespace trowel::app
