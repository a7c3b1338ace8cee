// SPDX-License-Identifier: Apache-2.0
// One transfer, measured:  transfer_bench up|down TREE HOST TOKEN REMOTE LOCAL STATE [KILL_AFTER [LISTED]]
//                          transfer_bench bare-up|bare-down TREE HOST TOKEN REMOTE LOCAL CONCURRENCY
// TREE is workspace, dbfs or volumes. Prints names and numbers, a pair a line; with KILL_AFTER it kills itself, as kill
// -9 does, when so many items are through, and has printed "done NAME" for each of them. The bare ones move the same
// files by so many threads that do nothing else: no gate, no journal, no file written. LISTED is a folder that is
// listed before, so that the host's gate is as open as in a daemon that has been at work. tests/bench/run transfer is
// who calls it.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "features/files/remote_dbfs.hpp"
#include "features/files/remote_volumes.hpp"
#include "features/files/remote_workspace.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/http/host_gate.hpp"
#include "trowel/http/transport.hpp"
#include "trowel/sync/transfer.hpp"

using namespace trowel;

namespace {

template <typename T>
T must(core::Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "%s\n", core::describe(result.error()).c_str());
  std::exit(1);
}

class Observer final : public sync::TransferObserver {
 public:
  explicit Observer(std::size_t killAfter) : killAfter_(killAfter) {}

  void finished(const sync::CopyStep& step, sync::ItemState state, const core::Error* error) override {
    if (error != nullptr) std::fprintf(stderr, "%s: %s\n", step.remote.c_str(), error->message.c_str());
    if (killAfter_ == 0 || state == sync::ItemState::Failed) return;
    std::printf("done %s\n", step.remote.c_str());
    if (++done_ < killAfter_) return;
    std::fflush(stdout);
    ::kill(::getpid(), SIGKILL);
  }
  core::Result<sync::Resolution> resolve(const sync::CopyStep&, const core::CancelToken&) override {
    return core::fail(core::ErrorCode::Internal, "Nothing here is a conflict.");
  }

 private:
  const std::size_t killAfter_;
  std::size_t done_ = 0;
};

double seconds(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// In MB; what the parent had before it became this process does not count.
double peakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  return 0;
}

// Seconds.
double bare(sync::RemoteTree& tree, bool down, const std::string& remote, const std::string& local, int concurrency) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(local)) {
    const auto path = fs::relative(entry.path(), local).string();
    if (entry.is_directory() && !down) must(tree.makeFolder(remote + "/" + path, {}));
    if (entry.is_regular_file()) files.push_back(path);
  }
  std::atomic<std::size_t> next = 0;
  const auto move = [&] {
    for (auto at = next++; at < files.size(); at = next++) {
      const auto path = remote + "/" + files[at];
      std::ifstream file(local + "/" + files[at], std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      sync::TextSource source(bytes);
      std::size_t come = 0;
      const auto count = [&](std::string_view piece) -> core::Result<void> {
        come += piece.size();
        return {};
      };
      const auto done = down ? tree.read(path, {}, 0, count, {}) : tree.put(path, {}, source, false, {});
      if (!done || (down && come != bytes.size())) std::fprintf(stderr, "%s did not move\n", path.c_str());
    }
  };
  const auto begin = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(concurrency));
    for (int i = 0; i < concurrency; ++i) threads.emplace_back(move);
  }
  return seconds(begin);
}

std::unique_ptr<sync::RemoteTree> treeOf(const std::string& kind, const features::Connect& connect) {
  if (kind == "dbfs") return std::make_unique<features::RemoteDbfs>(connect);
  if (kind == "volumes") return std::make_unique<features::RemoteVolumes>(connect);
  return std::make_unique<features::RemoteWorkspace>(connect);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) {
    std::fprintf(stderr, "usage: transfer_bench up|down TREE HOST TOKEN REMOTE LOCAL STATE [KILL_AFTER]\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  core::Timer timer(core::systemClock());
  http::HttpTransport transport(timer, http::NetworkOptions{});
  databricks::RestConfig config;
  config.host = must(http::parseOrigin(argv[3]));
  config.credentials = http::bearer(core::SecretString(argv[4]));
  const bool isBare = std::strncmp(argv[1], "bare-", 5) == 0;
  http::GateTable gates(core::systemClock());
  if (!isBare) config.gate = gates.gateOf(config.host);
  auto connection = std::make_shared<connection::Connection>(connection::Connection{
      "", "", "", "", "", "", "", {}, databricks::RestClient(config, transport, core::systemClock()), nullptr, {}, 0});
  const auto tree = treeOf(argv[2], [&](const core::CancelToken&) { return connection; });

  if (isBare) {
    const bool goesDown = std::strcmp(argv[1], "bare-down") == 0;
    std::printf("seconds %f\n",
                bare(*tree, goesDown, argv[5], argv[6], static_cast<int>(std::strtol(argv[7], nullptr, 10))));
    return 0;
  }

  sync::Transfer transfer(*tree, core::systemClock(), {.identity = argv[3], .stateDir = argv[7]});
  const bool down = std::strcmp(argv[1], "down") == 0;
  const sync::TransferRequest request{.direction = down ? sync::Direction::Down : sync::Direction::Up,
                                      .folders = {{argv[5], argv[6]}}};
  if (argc > 9)
    must(transfer.plan({.direction = sync::Direction::Down, .folders = {{argv[9], std::string(argv[7]) + "/none"}}},
                       {}));
  auto begin = std::chrono::steady_clock::now();
  const auto plan = must(transfer.plan(request, {}));
  std::printf("plan_seconds %f\ncopies %zu\nequal %zu\n", seconds(begin), plan.copies.size(), plan.equal);
  Observer observer(argc > 8 ? std::strtoul(argv[8], nullptr, 10) : 0);
  begin = std::chrono::steady_clock::now();
  const auto report = transfer.run(plan, observer, {});
  std::printf("seconds %f\ncopied %zu\nrss_mb %f\n", seconds(begin), report.copied, peakMemory());
  if (report.stopped) std::fprintf(stderr, "%s\n", core::describe(*report.stopped).c_str());
  return report.stopped || !report.failures.empty() ? 1 : 0;
}
